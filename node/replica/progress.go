package replica

import "peal/chord"

// A Transfer is a reconciliation that is going on.
type Transfer struct {
	With    chord.PeerID
	Arc     chord.Arc
	Moved   int    // records so far
	Bytes   int64  // of their values
	Left    int    // records known to differ, and not moved yet
	Waiting string // what for, in words; empty while it goes on
}

// A Repair tells how far a replica is with having what it should, and nothing else.
type Repair struct {
	Complete bool      // it has caught up with its whole arc, and its answers count
	Settled  bool      // the last round went well, and no neighbour has changed since
	Strays   int       // records that belong to others
	Damaged  int       // records that the store could not give back
	Transfer *Transfer // nil while none is going on
	Reason   string    // why the last round did not go well, in words
}

// Repair tells what reconciliation is doing.
func (r *Replica) Repair() Repair {
	p := Repair{
		Complete: r.place.complete != nil && *r.place.complete == r.place.arc,
		Settled:  r.round.settled, Damaged: len(r.damaged), Strays: r.strays(), Reason: r.reason,
	}
	if s := r.session; s != nil && s.round == r.round.number {
		p.Transfer = &Transfer{With: s.with, Arc: s.arc, Moved: s.moved, Bytes: s.bytes, Left: s.left(), Waiting: s.waiting}
	}
	return p
}

// left is how many records are known to differ, and not moved yet.
func (s *session) left() int {
	n := len(s.pulls) + len(s.pushes)
	for _, rg := range s.empty {
		n += rg.Count
	}
	for _, rg := range s.listed {
		n += max(0, int(s.r.index.Summary(rg.Arc).Count)-len(rg.Items))
	}
	return n
}

// fails notes why a round will not end well.
func (r *Replica) fails(reason string) {
	r.round.failed = true
	r.reason = reason
}
