package replica

import "peal/chord"

// A cell is a stretch of the arc, and how many have vouched for it.
type cell struct {
	arc     chord.Arc
	sources int
	since   uint64 // of the best informed one's Presence
}

// vouch counts a source for each cell that a share covered.
func (r *Replica) vouch(s share, end ending) {
	rd, source := &r.round, false
	rd.walk.idle++
	for i := range rd.cells {
		c := &rd.cells[i]
		if !end.ok || end.source == nil || !covers(s.arc, c.arc) || !covers(*end.source, c.arc) {
			continue
		}
		source, rd.walk.idle = true, 0
		if c.sources++; c.sources == 1 || end.since < c.since {
			c.since = end.since
		}
	}
	if s.way == onlyTake {
		rd.walk.passed(&r.place, s.with.ID, end, source)
	}
}

// enough is how many of those who were there for the writes it takes to meet one
// of any W that acknowledged.
func (r *Replica) enough() int { return r.cfg.N - r.cfg.W + 1 }

// vouched reports whether every cell was complete here before, or has been
// reconciled with enough who were there for its writes.
func (r *Replica) vouched(enough int) bool {
	for _, c := range r.round.cells {
		if c.sources < enough && !r.completeOn(c.arc) {
			return false
		}
	}
	return true
}

// completeOn reports whether an arc was complete here before this round.
func (r *Replica) completeOn(arc chord.Arc) bool {
	return r.place.complete != nil && covers(*r.place.complete, arc)
}
