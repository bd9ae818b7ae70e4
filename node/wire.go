package node

import (
	"errors"
	"fmt"

	"github.com/fxamacker/cbor/v2"

	"peal/chord"
	"peal/node/replica"
)

// An envelope is the body of every message between peers; one field is set.
type envelope struct {
	Chord   *chord.Message   `cbor:"1,keyasint,omitempty"`
	Replica *replica.Message `cbor:"2,keyasint,omitempty"`
	Inquiry uint64           `cbor:"3,keyasint,omitempty"` // asks for the peer's Info, by a number
	Reply   uint64           `cbor:"4,keyasint,omitempty"` // the inquiry that Info answers
	Info    []byte           `cbor:"5,keyasint,omitempty"` // as the API gives it, in JSON
}

// maxInfo bounds an Info in bytes: the longest lists of contacts take about 50 KiB. A walk
// keeps those of thousands of peers.
const maxInfo = 64 << 10

// Keys and peer IDs are Go strings that hold any bytes, so strings travel as
// byte strings. The limits bound what a stranger can make us allocate before a
// message is looked at: no list of ours is longer than a page of items.
var (
	wireEncoding, _ = cbor.EncOptions{String: cbor.StringToByteString}.EncMode()
	wireDecoding, _ = cbor.DecOptions{
		ByteStringToString: cbor.ByteStringToStringAllowed,
		MaxNestedLevels:    8,
		MaxArrayElements:   1 << 10,
		MaxMapPairs:        64,
	}.DecMode()
)

func encode(e envelope) ([]byte, error) { return wireEncoding.Marshal(e) }

// decode reads what one peer sent another. Nobody can send in the name of a third.
func decode(body []byte, from, to chord.PeerID) (envelope, error) {
	var e envelope
	if err := wireDecoding.Unmarshal(body, &e); err != nil {
		return envelope{}, err
	}
	switch {
	case e.Chord != nil:
		e.Chord.From, e.Chord.To = chord.NewContact(from, 0), chord.NewContact(to, 0)
		return e, e.Chord.Valid()
	case e.Replica != nil:
		e.Replica.From, e.Replica.To = from, to
		return e, e.Replica.Valid()
	case len(e.Info) > maxInfo:
		return e, fmt.Errorf("what a peer says of itself takes %d bytes: at most %d are allowed", len(e.Info), maxInfo)
	case e.Inquiry != 0, e.Reply != 0 && len(e.Info) > 0:
		return e, nil
	}
	return e, errors.New("an envelope without a message")
}

// about lists the peers named in a message to one of them.
func about(m *chord.Message) []chord.PeerID {
	contacts := m.Contacts(nil)
	peers := make([]chord.PeerID, 0, len(contacts))
	for _, c := range contacts {
		if !c.IsZero() && c.Peer != m.To.Peer && c.Peer != m.From.Peer {
			peers = append(peers, c.Peer)
		}
	}
	return peers
}
