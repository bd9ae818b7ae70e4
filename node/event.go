package node

import (
	"time"

	"peal/chord"
)

// An Event is something that happened at a peer. Its JSON form is one line of
// a recording and one entry of the dashboard's log.
type Event struct {
	Time  time.Time     `json:"time"`
	Peer  chord.Contact `json:"peer,omitzero"`   // the one that observed it; nobody where no peer did
	Kind  EventKind     `json:"kind"`            // what happened
	About chord.Contact `json:"about,omitzero"`  // the peer that it happened to, if another
	Text  string        `json:"text,omitempty"`  // details for a person
	Count int           `json:"count,omitempty"` // how many, where the kind counts
	Route *Route        `json:"route,omitempty"` // of a lookup; nobody may change it

	Logged bool `json:"-"` // the peer's log has it already
}

// EventKind names what happened.
type EventKind string

// The kinds of events.
const (
	Started     EventKind = "started"     // the peer serves
	Joined      EventKind = "joined"      // the peer became a member of the ring
	Met         EventKind = "met"         // an address or the LAN led to a peer of this ring
	Successor   EventKind = "successor"   // its first successor is now About
	Predecessor EventKind = "predecessor" // its predecessor is now About, or nobody
	Suspected   EventKind = "suspected"   // About did not answer in time
	Dead        EventKind = "dead"        // About was given up
	Departed    EventKind = "departed"    // About said goodbye
	Left        EventKind = "left"        // the peer has left the ring
	Killed      EventKind = "killed"      // the testnet killed the peer
	Paused      EventKind = "paused"      // the testnet paused the peer
	Resumed     EventKind = "resumed"     // the testnet let the peer go on
	Fault       EventKind = "fault"       // something was done to the network or to peers; Text says what
	Reconciled  EventKind = "reconciled"  // all its arcs agree with its replicas; Count records moved
	Stored      EventKind = "stored"      // a put or del that entered here is durable on Count replicas
	LookedUp    EventKind = "lookup"      // a lookup that entered here is answered; Count hops
	Rejected    EventKind = "rejected"    // About sent what no correct peer sends; it was ignored
	Failed      EventKind = "failed"      // the store or the network refused something
)
