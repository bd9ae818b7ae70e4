package replica

import (
	"slices"

	"peal/chord"
)

// A walk goes on along the ring in search of sources, after the partners were asked.
// Those who were a position's replicas before newcomers came in between lie somewhere
// behind it, possibly beyond the successors that we know.
//
// It need not ask everybody. A source's arc ends at itself, so one that reaches back to
// our arc reaches back over all that lies between. If the newcomers farther along have
// found none there for the beginning of their arcs, there is none for ours. So where a
// whole ring has nobody who could vouch, its peers find out in a few steps each. Only
// those that hold strays are asked by everybody: some may be ours.
type walk struct {
	ahead   []chord.Contact // to be asked next
	asked   int             // peers
	at      chord.ID        // of the last one known
	ended   bool            // nobody is left to ask
	idle    int             // peers in a row that vouched for nothing
	barren  *chord.Arc      // for the others; see Message
	stopped bool            // it reaches no farther
}

// walk begins with the successors, of which the first are partners for a part of the
// arc only.
func (p *place) walk() walk {
	w := walk{ahead: slices.Clone(p.succ), at: p.self.ID, ended: p.whole}
	if len(p.succ) > 0 {
		w.at = p.succ[len(p.succ)-1].ID
	}
	if p.arc.Whole() {
		w.asked = min(p.n-1, len(p.succ))
		w.ahead = w.ahead[w.asked:]
	}
	return w
}

// meet adds the successors that have come in where the walk may have passed: others may have
// handed them what it is in search of.
func (w *walk) meet(p *place, before []chord.Contact) {
	for _, c := range p.succ {
		if !slices.Contains(before, c) && chord.Between(p.self.ID, c.ID, w.at) {
			w.ahead = append(w.ahead, c)
		}
	}
}

// remainder is the part of the arc that is not shared with the k-th peer behind us.
func (p *place) remainder(k int) chord.Arc {
	if k >= p.n {
		return p.arc
	}
	return chord.Arc{From: p.arc.From, To: p.boundary(p.n - k)}
}

// goOn takes the next step of the walk, if one is needed: until every cell has enough
// sources, or nobody farther along can be one that counts; or until it has one, so that
// the others cannot be far, and as many peers in a row have turned out to be none as we
// know successors.
func (r *Replica) goOn(now chord.Time) bool {
	w := &r.round.walk
	switch {
	case r.searched(r.enough()), r.vouched(1) && w.idle >= len(r.place.succ):
		return false
	case len(w.ahead) > 0:
		r.probe(now)
		return true
	case !w.ended:
		r.lookAhead(now)
		return true
	}
	return false
}

// A probe asks one peer for a summary of a share.
type probe struct {
	share
	answer Message
	ok     bool
}

// probe asks all who are known ahead at once whether they have anything for us.
func (r *Replica) probe(now chord.Time) {
	number, w := r.round.number, &r.round.walk
	probes := make([]probe, len(w.ahead))
	waiting := len(probes)
	for i, c := range w.ahead {
		w.asked++
		p := &probes[i]
		p.share = share{with: c, arc: r.place.remainder(w.asked), way: onlyTake}
		r.request(now, c.Peer, r.comparing([]Range{r.rangeOf(p.arc)}), func(now chord.Time, m Message, ok bool) {
			p.answer, p.ok = m, ok
			if waiting--; waiting == 0 && r.round.number == number {
				r.probed(now, probes)
			}
		})
	}
	w.ahead = nil
}

// probed goes on with a session with each that holds something here, or did not answer,
// or may know what of ours is deleted.
func (r *Replica) probed(now chord.Time, probes []probe) {
	for _, p := range probes {
		holds := slices.ContainsFunc(p.answer.Ranges, func(rg Range) bool { return rg.Count+len(rg.Items) > 0 })
		old := len(p.answer.Ranges) > 0 && r.standing(now, p.arc).stale
		if holds || old || !p.ok || p.answer.Stranger {
			r.round.walk.stopped = true
			p.source = p.answer.Source
			r.round.shares = append(r.round.shares, p.share)
			continue
		}
		r.vouch(p.share, r.ending(now, p.answer))
	}
	r.nextShare(now)
}

// lookAhead finds the peers behind those that have been asked.
func (r *Replica) lookAhead(now chord.Time) {
	number, w := r.round.number, &r.round.walk
	w.ended = true
	r.locate(w.at.Next(), 0, func(now chord.Time, found chord.Result) {
		if r.round.number != number {
			return
		}
		if len(found.Owners) == 0 {
			w.stopped, r.round.unasked = true, true
			r.fails("the peers farther along could not be located")
		}
		for _, c := range found.Owners {
			if chord.Between(w.at, c.ID, r.place.self.ID) {
				w.ahead, w.at, w.ended = append(w.ahead, c), c.ID, false
			}
		}
		if w.ended && !w.stopped {
			w.barren = &chord.Arc{From: r.place.arc.From, To: r.place.self.ID}
		}
		r.nextShare(now)
	})
}

// passed notes that a peer was asked, and takes over what it knows of those behind it
// if its arc lies behind ours.
func (w *walk) passed(p *place, peer chord.ID, end ending, source bool) {
	w.stopped = w.stopped || source || !end.ok || end.strays
	self, to := p.self.ID, peer
	if b := end.barren; end.ok && b != nil && (b.From == self || chord.Between(self, b.From, peer)) {
		all := (chord.Arc{From: peer, To: b.To}).Contains(self)
		if to = b.To; all {
			to = self
		}
		w.skip(chord.Arc{From: peer, To: to}, all)
	}
	if !w.stopped {
		w.barren = &chord.Arc{From: p.arc.From, To: to}
	}
}

// skip goes on behind an arc, which may be all that is left.
func (w *walk) skip(arc chord.Arc, all bool) {
	w.ended = w.ended || all
	w.ahead = slices.DeleteFunc(w.ahead, func(c chord.Contact) bool { return all || arc.Contains(c.ID) })
	if arc.Contains(w.at) {
		w.at = arc.To
	}
}
