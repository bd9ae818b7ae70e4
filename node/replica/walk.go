package replica

import "peal/chord"

// A cell is a stretch of the arc, and how many have vouched for it.
type cell struct {
	arc     chord.Arc
	sources int
	since   uint64 // of the best informed one's Presence
}

// A walk goes on along the ring, behind the partners, in search of sources. Those who
// were a position's replicas before newcomers came in between lie somewhere there,
// possibly beyond the successors that we know.
type walk struct {
	ahead  []chord.Contact // to be asked next
	at     chord.ID        // of the last one known
	ended  bool            // all of the ring was asked
	barren int             // peers in a row that vouched for nothing
}

// walk begins where the partners end.
func (p *place) walk() walk {
	w := walk{ahead: p.succ[min(p.n-1, len(p.succ)):], at: p.self.ID, ended: p.whole}
	if len(p.succ) > 0 {
		w.at = p.succ[len(p.succ)-1].ID
	}
	return w
}

// goOn takes the next step of the walk, if one is needed: until every cell has enough
// sources, or until it has one, so that the others cannot be far, and as many peers
// behind have turned out to be none as we know successors.
func (r *Replica) goOn(now chord.Time) bool {
	w := &r.round.walk
	switch {
	case r.vouched(r.enough()), r.vouched(1) && w.barren >= len(r.place.succ):
		return false
	case len(w.ahead) > 0:
		r.round.shares = append(r.round.shares, share{w.ahead[0], r.place.arc, onlyTake})
		w.ahead = w.ahead[1:]
		r.nextShare(now)
		return true
	case !w.ended:
		r.lookAhead(now)
		return true
	}
	return false
}

// lookAhead finds the peers behind those that have been asked.
func (r *Replica) lookAhead(now chord.Time) {
	number, w := r.round.number, &r.round.walk
	left := chord.Arc{From: w.at, To: r.place.self.ID.Prev()}
	w.ended = true
	r.locate(w.at.Next(), func(now chord.Time, found chord.Result) {
		if r.round.number != number {
			return
		}
		if len(found.Owners) == 0 {
			r.fails("the peers farther along could not be located")
		}
		for _, c := range found.Owners {
			if left.Contains(c.ID) {
				w.ahead, w.at, w.ended = append(w.ahead, c), c.ID, false
				left.From = c.ID
			}
		}
		r.nextShare(now)
	})
}

// vouch counts a source for each cell that a share covered.
func (r *Replica) vouch(s share, end ending) {
	rd := &r.round
	rd.walk.barren++
	for i := range rd.cells {
		c := &rd.cells[i]
		if !end.ok || end.source == nil || !covers(s.arc, c.arc) || !covers(*end.source, c.arc) {
			continue
		}
		rd.walk.barren = 0
		if c.sources++; c.sources == 1 || end.since < c.since {
			c.since = end.since
		}
	}
}

// enough is how many of those who were there for the writes it takes to meet one
// of any W that acknowledged.
func (r *Replica) enough() int { return r.cfg.N - r.cfg.W + 1 }

// vouched reports whether every cell was complete here before, or has been
// reconciled with enough who were there for its writes.
func (r *Replica) vouched(enough int) bool {
	for _, c := range r.round.cells {
		if c.sources < enough && (r.place.complete == nil || !covers(*r.place.complete, c.arc)) {
			return false
		}
	}
	return true
}
