package replica

import (
	"fmt"

	"peal/chord"
)

// Kind says what a message is. Every request is answered by the kind behind it.
type Kind uint8

// The kinds of messages. The last never travels: a driver steps it when its
// transport learns that a peer cannot be reached.
const (
	Write    Kind = iota + 1 // Records to be merged
	Written                  // they are durable, unless Refused says why not; Complete, Unheard; Records they replace
	Read                     // Key; Digest: the version is enough
	Answer                   // Records, or Items for a digest; none if the key is unknown; Complete
	List                     // items of Arc whose key begins with Key, at most Limit
	Listed                   // Items; Arc, the part of the one asked for that was read; Complete
	Compare                  // Ranges with the asker's summaries
	Compared                 // Ranges that differ; Source
	Pull                     // Items whose records are wanted; without any, all those of Arc
	Pulled                   // their Records, as many as fit; of an Arc also how far they reach, Items that cannot be read, and Source

	Unreachable // a message to From could not be delivered
)

var kindNames = [...]string{"invalid", "write", "written", "read", "answer", "list", "listed", "compare", "compared", "pull", "pulled", "unreachable"}

// String is the kind's name.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return fmt.Sprintf("kind %d", uint8(k))
}

// Refusal says why a write was not stored, or a read not answered.
type Refusal uint8

// The reasons to refuse.
const (
	ClockAhead  Refusal = iota + 1 // the version lies more than MaxSkew in the future
	StoreFailed                    // the store did not take it
	IsLeaving                      // the peer gives its records away, and takes no more
	LacksValue                     // it does not hold the value that a touch is to keep
	Elsewhere                      // a Guess was wrong
)

// A Message travels between two peers. Which fields are set depends on Kind.
// From and To come from the transport.
type Message struct {
	Kind     Kind         `cbor:"1,keyasint"`
	From     chord.PeerID `cbor:"-"`
	To       chord.PeerID `cbor:"-"`
	Seq      uint64       `cbor:"2,keyasint"`
	Key      string       `cbor:"3,keyasint,omitempty"`
	Digest   bool         `cbor:"4,keyasint,omitempty"`
	Complete bool         `cbor:"6,keyasint,omitempty"` // the answerer knows what was written there
	Limit    int          `cbor:"8,keyasint,omitempty"`
	Refused  Refusal      `cbor:"9,keyasint,omitempty"`
	Arc      chord.Arc    `cbor:"10,keyasint,omitzero"`
	Records  []Record     `cbor:"11,keyasint,omitempty"`
	Items    []Item       `cbor:"12,keyasint,omitempty"` // Written: versions newer than those sent
	Ranges   []Range      `cbor:"13,keyasint,omitempty"`
	Source   *chord.Arc   `cbor:"14,keyasint,omitempty"` // the answerer has everything written here
	Bare     bool         `cbor:"15,keyasint,omitempty"` // Write: the record comes without the value, which is to be kept
	Presence Presence     `cbor:"16,keyasint,omitzero"`  // Compared: of the answerer
	Stale    bool         `cbor:"17,keyasint,omitempty"` // Compared: the answerer is
	Busy     bool         `cbor:"18,keyasint,omitempty"` // Compared: the answerer has yet to catch up, and takes what it lacks by itself
	Replaced bool         `cbor:"19,keyasint,omitempty"` // Write of one record: the manifest that it takes the place of is wanted
	Barren   *chord.Arc   `cbor:"20,keyasint,omitempty"` // Compared: nobody behind the answerer up to To has strays, or is a source of all from its own arc's From on
	Strays   bool         `cbor:"21,keyasint,omitempty"` // Compared: the answerer holds what belongs to others
	Guess    bool         `cbor:"22,keyasint,omitempty"` // Read, Write: only a replica of the key is to serve it
	Stranger bool         `cbor:"23,keyasint,omitempty"` // Compared: the answerer, a replica there, has not heard of the asker yet; or it knows one beside it that the asker does not
	Beside   []chord.ID   `cbor:"24,keyasint,omitempty"` // Compare: the positions around the asker's own that it knows, clockwise
	Unheard  bool         `cbor:"25,keyasint,omitempty"` // Written: another, that has not heard of the answerer, may still answer in its place
	Mends    bool         `cbor:"-"`                     // Write: of what was written before, for the sender's accounts
}

// Repairs tells whether a message is there to repair replicas, and not to serve a client.
func (m *Message) Repairs() bool { return m.Kind >= Compare && m.Kind <= Pulled || m.Mends }

// Served tells whether a message shows that its sender serves keys, as members of the ring
// do.
func (m *Message) Served() bool { return (m.Kind == Written || m.Kind == Answer) && m.Refused == 0 }

// A Range is an arc with a summary of what somebody holds on it, or the list.
type Range struct {
	Arc    chord.Arc   `cbor:"1,keyasint"`
	Count  int         `cbor:"2,keyasint,omitempty"`
	Sum    Fingerprint `cbor:"3,keyasint,omitzero"`
	Listed bool        `cbor:"4,keyasint,omitempty"` // Items is all there is
	Items  []Item      `cbor:"5,keyasint,omitempty"`
}

// Bounds of one message.
const (
	maxRanges   = batchRanges * splitInto
	maxItems    = 1000 // also the longest page of a listing
	listBelow   = 16   // an arc with at most so many items is listed, not split
	splitInto   = 8
	batchBytes  = 512 << 10 // of values in one Write or Pulled, unless a single one is larger
	batchItems  = 256
	batchRanges = 32
	listBytes   = 256 << 10 // of keys in the lists of one Compared
	scanItems   = 10_000    // read for one Listed
	maxBeside   = 2*MaxN + 2
)

// Valid says what is wrong with a message from a stranger, nil if nothing is.
func (m *Message) Valid() error {
	switch {
	case m.Kind < Write || m.Kind > Pulled:
		return fmt.Errorf("replica: message of unknown %v", m.Kind)
	case len(m.Ranges) > maxRanges || len(m.Items) > maxItems || len(m.Records) > maxItems:
		return fmt.Errorf("replica: %v with too many parts", m.Kind)
	case len(m.Beside) > maxBeside:
		return fmt.Errorf("replica: %v that names %d peers", m.Kind, len(m.Beside))
	case len(m.Key) > MaxKeyLen || (m.Kind == Read && m.Key == ""):
		return fmt.Errorf("replica: %v with a key of %d bytes", m.Kind, len(m.Key))
	}
	items := 0
	for i := range m.Ranges {
		items += len(m.Ranges[i].Items)
	}
	if items > maxRanges*listBelow {
		return fmt.Errorf("replica: %v with too many items", m.Kind)
	}
	for i := range m.Records {
		if err := m.Records[i].Valid(); err != nil {
			return fmt.Errorf("replica: %v: %w", m.Kind, err)
		}
	}
	return nil
}
