package replica

import "peal/chord"

// An Event tells what happened.
type Event struct {
	Kind  EventKind
	About chord.Contact
	Count int
}

// EventKind names what happened.
type EventKind uint8

// The kinds of events.
const (
	Reconciled EventKind = iota + 1 // a round ended well; Count records were moved
	RoundFell                       // a round ended early, since About did not answer
	HandedOff                       // Count records outside the arc went to their replicas and were dropped
	ReadFailed                      // the store could not read a record
)
