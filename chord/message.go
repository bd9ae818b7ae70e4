package chord

import (
	"fmt"
	"slices"
)

// MaxContacts bounds each list of contacts in a message.
const MaxContacts = 64

// Kind says what a message is.
type Kind uint8

// The kinds of messages. The last two never travel: a driver steps them when
// its transport learns something about a peer.
const (
	Query   Kind = iota + 1 // asks for a State; any member answers
	State                   // answers Query: Preds and Succ, or Same
	Find                    // asks for the owner of Target
	Found                   // answers Find: Done with Succ as the owners, or Closer, and Succ as hearsay
	Notify                  // the sender takes the receiver for its successor
	Leaving                 // the sender has left the ring
	PingReq                 // asks to make sure whether About lives
	Ack                     // answers PingReq once About was heard from
	Changed                 // the sender, a neighbour of the receiver, has another list that the receiver's is made of
	Meet                    // About belongs to a part of the ring that the sender had lost sight of
	Doubted                 // About, which is beside the receiver, is late to answer the sender

	Unreachable  // a message to From could not be delivered
	Disconnected // the connection to From closed; it may be dead
)

var kindNames = [...]string{"invalid", "query", "state", "find", "found", "notify", "leaving", "ping-req", "ack", "changed", "meet", "doubted", "unreachable", "disconnected"}

// String is the kind's name.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return fmt.Sprintf("kind %d", uint8(k))
}

// A Message travels between two nodes. Which fields are set depends on Kind. From
// and To are known from the connection that it travels on.
type Message struct {
	Kind   Kind      `cbor:"1,keyasint"`
	From   Contact   `cbor:"-"`
	To     Contact   `cbor:"-"`
	Member bool      `cbor:"4,keyasint,omitempty"`  // the sender is a member of the ring
	Seq    uint64    `cbor:"5,keyasint,omitempty"`  // a request's number, repeated in its answer
	Target ID        `cbor:"6,keyasint,omitzero"`   // Find
	Done   bool      `cbor:"7,keyasint,omitempty"`  // Found: Succ has the owner and those that follow it
	Preds  []Contact `cbor:"8,keyasint,omitempty"`  // State, Notify, Leaving: nearest first; the first is nobody if unknown
	Succ   []Contact `cbor:"9,keyasint,omitempty"`  // State, Found, Leaving: nearest first, in Found from Target
	Closer []Contact `cbor:"10,keyasint,omitempty"` // Found: contacts nearer to Target; Find: those known already
	Whole  bool      `cbor:"11,keyasint,omitempty"` // State, Found: Succ has all members of the ring, but perhaps the sender
	About  Contact   `cbor:"12,keyasint,omitzero"`  // PingReq, Ack, Meet, Doubted
	Agreed uint64    `cbor:"13,keyasint,omitempty"` // Query to a neighbour: what both should agree on, as a digest
	Same   bool      `cbor:"14,keyasint,omitempty"` // State: we do agree, or Query: the lists do not matter; then it has none
}

// Contacts appends the contacts that the message is about to list.
func (m *Message) Contacts(list []Contact) []Contact {
	list = slices.Grow(list, 1+len(m.Preds)+len(m.Succ)+len(m.Closer))
	if !m.About.IsZero() {
		list = append(list, m.About)
	}
	list = append(list, m.Preds...)
	list = append(list, m.Succ...)
	return append(list, m.Closer...)
}

// Size is about how many bytes the message takes on a stream, with its frame, when
// package node encodes it and the peers have Ed25519 keys.
func (m *Message) Size() int {
	const frame, flag, number, position, list, contact = 13, 2, 6, 35, 2, 41
	size := frame + flag // of Member
	for _, set := range [...]bool{m.Done, m.Whole, m.Same} {
		if set {
			size += flag
		}
	}
	if m.Seq != 0 {
		size += number
	}
	if m.Agreed != 0 {
		size += number + 4
	}
	if m.Target != (ID{}) {
		size += position
	}
	for _, l := range [...][]Contact{m.Preds, m.Succ, m.Closer} {
		if len(l) > 0 {
			size += list + contact*len(l)
		}
	}
	if !m.About.IsZero() {
		size += contact
	}
	return size
}

// Valid says what is wrong with a message from a stranger, nil if nothing is.
func (m *Message) Valid() error {
	switch {
	case m.Kind < Query || m.Kind > Doubted:
		return fmt.Errorf("chord: message of unknown %v", m.Kind)
	case m.From.IsZero() || m.To.IsZero():
		return fmt.Errorf("chord: %v without sender or receiver", m.Kind)
	case len(m.Preds) > MaxContacts || len(m.Succ) > MaxContacts || len(m.Closer) > MaxContacts:
		return fmt.Errorf("chord: %v with more than %d contacts", m.Kind, MaxContacts)
	case m.Done && len(m.Succ) == 0:
		return fmt.Errorf("chord: %v that names no owner", m.Kind)
	}
	for _, list := range [...][]Contact{tail(m.Preds), m.Succ, m.Closer} { // only the predecessor may be unknown
		if slices.ContainsFunc(list, Contact.IsZero) {
			return fmt.Errorf("chord: %v with nobody in a list", m.Kind)
		}
	}
	for _, c := range m.Contacts([]Contact{m.From, m.To}) {
		if c.Index != 0 { // else a peer could choose among four billion places
			return fmt.Errorf("chord: %v with a position of index %d: virtual nodes are not in use", m.Kind, c.Index)
		}
	}
	return nil
}
