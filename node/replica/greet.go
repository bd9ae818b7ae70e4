package replica

import (
	"time"

	"peal/chord"
)

// A greeting asks the peer whose place we take on a cell whether it has heard of us: until
// then it answers reads there. Where our arc has only grown, since somebody died, it asks one
// who is no replica there anyway.
type greeting struct {
	cell chord.Arc
	to   chord.PeerID
}

// A reply to a greeting.
type reply uint8

const (
	noReply   reply = iota
	disagrees       // it has not heard of us, or knows somebody beside us that we do not
	agrees
)

// displaced is whose place we take on the k-th of our cells: those that lie between share it
// with us. It is unknown where we know too few successors.
func (p *place) displaced(k int) (c chord.Contact, known bool) {
	if i := p.n - 1 - k; i < len(p.succ) {
		return p.succ[i], true
	}
	return chord.Contact{}, false
}

// greet greets those whose place we take on cells where we are not complete, and again after
// a growing pause, until they agree or the next round begins.
func (r *Replica) greet(now chord.Time, pause time.Duration) {
	rd, p := &r.round, &r.place
	number, left := rd.number, false
	for k, cell := range p.cells() {
		to, known := p.displaced(k)
		g := greeting{cell, to.Peer}
		if !known || p.arc.Whole() || r.completeOn(cell) || p.greeted[g] == agrees {
			continue
		}
		left = true
		rd.greetings++
		r.request(now, to.Peer, r.comparing([]Range{r.rangeOf(cell)}), func(now chord.Time, m Message, ok bool) {
			if rd.number == number {
				r.replied(now, g, m, ok)
			}
		})
	}
	if left {
		r.after(now.Add(pause), func(now chord.Time) {
			if rd.number == number {
				r.greet(now, min(2*pause, r.cfg.RoundEvery))
			}
		})
	}
}

// replied takes in the reply to a greeting. A lost one is repeated.
func (r *Replica) replied(now chord.Time, g greeting, m Message, ok bool) {
	switch {
	case !ok:
	case m.Stranger:
		r.place.greeted[g] = disagrees
	default:
		r.place.greeted[g] = agrees
	}
	rd := &r.round
	if rd.greetings--; rd.greetings == 0 && rd.awaitsReplies {
		rd.awaitsReplies = false
		r.nextShare(now)
	}
}

// disagreed reports whether somebody whose place we take does not agree, and will soon. One
// that is silent holds the round up no longer than for a reply.
func (r *Replica) disagreed() bool {
	for k, cell := range r.place.cells() {
		if to, known := r.place.displaced(k); known && !r.completeOn(cell) && r.place.greeted[greeting{cell, to.Peer}] == disagrees {
			r.stranger(to)
		}
	}
	return r.round.awaitsNews()
}

// heardAt reports whether nobody answers in our place any more at a position, as far as we
// know: we are a replica there, and whose place we take agrees. In a ring of so few that all
// are replicas of everything it is nobody's.
func (p *place) heardAt(pos chord.ID) bool {
	if !p.known || p.arc.Whole() || p.completeAt(pos) {
		return p.known
	}
	for k, cell := range p.cells() {
		if cell.Contains(pos) {
			to, known := p.displaced(k)
			return known && p.greeted[greeting{cell, to.Peer}] == agrees
		}
	}
	return false
}
