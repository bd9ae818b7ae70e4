package replica

import (
	"slices"

	"peal/chord"
)

// A place is what a replica knows of its own surroundings on the ring: which
// arc it is responsible for, with whom it shares it, and how far it has caught
// up with that.
type place struct {
	self    chord.Contact
	n       int
	known   bool               // the arc is; otherwise the predecessors are not known far enough
	arc     chord.Arc          // (N-th predecessor, self]
	preds   []chord.Contact    // the N-1 before us, nearest first
	succ    []chord.Contact    // all successors known, nearest first
	whole   bool               // they are all other peers of the ring
	greeted map[greeting]reply // what came of our greetings

	coverage
}

// A coverage says where we have everything: complete is the part of our arc on
// which we have what was written before we became responsible for it, nil if
// there is none; answers from it count towards quorums. source reaches further:
// what has moved to others stays a source for them until it is handed over.
type coverage struct{ complete, source *chord.Arc }

// A standpoint is what holds only once the store has carried out what led to it.
type standpoint struct {
	coverage
	presence, away Presence
}

// set takes in the neighbours, and reports whether it made a difference.
func (p *place) set(v chord.Neighbourhood) bool {
	next := place{self: p.self, n: p.n, succ: v.Succ, whole: v.Whole, greeted: map[greeting]reply{}}
	preds := slices.DeleteFunc(slices.Clone(v.Preds), chord.Contact.IsZero)
	if v.Whole {
		preds = slices.Clone(v.Succ)
		slices.Reverse(preds)
	}
	next.known = v.Member && (v.Whole || len(preds) >= p.n)
	next.arc = chord.Arc{From: p.self.ID, To: p.self.ID}
	if len(preds) >= p.n {
		next.arc.From = preds[p.n-1].ID
	}
	next.preds = preds[:min(len(preds), p.n-1)]
	if next.known == p.known && next.arc == p.arc && slices.Equal(next.preds, p.preds) &&
		slices.Equal(next.partners(), p.partners()) {
		p.succ, p.whole = v.Succ, v.Whole
		return false
	}
	next.coverage = p.coverage
	*p = next
	p.shrink()
	return true
}

// shrink gives up completeness where the arc does not reach any more.
func (p *place) shrink() {
	if p.complete == nil {
		return
	}
	if !p.known {
		p.complete = nil
		return
	}
	if !within(p.arc.From, *p.complete, p.self.ID) {
		return
	}
	cut := p.arc
	p.complete = &cut
}

// within reports whether an arc that ends at self and starts at from is a part
// of another one that ends there too.
func within(from chord.ID, arc chord.Arc, self chord.ID) bool {
	return arc.Whole() || from == arc.From || chord.Between(arc.From, from, self)
}

// covers reports whether an arc that ends at end holds the whole of part.
func covers(arc, part chord.Arc) bool {
	if arc.Whole() {
		return true
	}
	if part.Whole() {
		return false
	}
	return arc.Contains(part.To) && (part.From == arc.From || chord.Between(arc.From, part.From, part.To))
}

func (p *place) completeAt(pos chord.ID) bool { return p.complete != nil && p.complete.Contains(pos) }

// caughtUp notes that the whole arc is reconciled.
func (p *place) caughtUp() {
	arc := p.arc
	p.complete = &arc
	if p.source == nil || !within(arc.From, *p.source, p.self.ID) {
		p.source = &arc
	}
}

// reachesBeyond reports whether we are a source of more than our arc.
func (p *place) reachesBeyond() bool {
	return p.source != nil && *p.source != p.arc && within(p.arc.From, *p.source, p.self.ID)
}

// dropped notes that not all that lies outside the arc is held any more.
func (p *place) dropped() {
	if p.source != nil && within(p.arc.From, *p.source, p.self.ID) {
		arc := p.arc
		p.source = &arc
	}
}

// A share is an arc to reconcile with a peer, usually one that holds it as well.
type share struct {
	with   chord.Contact
	arc    chord.Arc
	way    direction
	source *chord.Arc // where it was one when it was probed
}

// partners are the N-1 peers on either side with what we share with each: the
// k-th successor what lies behind our (N-k)-th predecessor, the k-th
// predecessor what lies before it.
func (p *place) partners() []share {
	var shares []share
	for k := 1; k < p.n && k <= len(p.succ); k++ {
		shares = append(shares, share{with: p.succ[k-1], arc: chord.Arc{From: p.boundary(p.n - k), To: p.self.ID}})
	}
	for k := 1; k < p.n && k <= len(p.preds); k++ {
		c := p.preds[k-1]
		if p.arc.Whole() && slices.Contains(p.succ[:min(p.n-1, len(p.succ))], c) {
			continue // everybody holds everything
		}
		shares = append(shares, share{with: c, arc: chord.Arc{From: p.arc.From, To: c.ID}})
	}
	return shares
}

// boundary is the position of the k-th predecessor, or ours where the ring is
// so small that the arc comes round.
func (p *place) boundary(k int) chord.ID {
	switch {
	case p.arc.Whole():
		return p.self.ID
	case k <= len(p.preds):
		return p.preds[k-1].ID
	}
	return p.arc.From
}

// cells are the stretches of the arc between predecessors: on each, the set of
// replicas is the same.
func (p *place) cells() []chord.Arc {
	if p.arc.Whole() {
		return []chord.Arc{p.arc}
	}
	var cells []chord.Arc
	to := p.self.ID
	for k := 1; k <= p.n; k++ {
		from := p.boundary(k)
		cells = append(cells, chord.Arc{From: from, To: to})
		to = from
	}
	return cells
}
