package replica

import (
	"maps"
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
	silent          // none came
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
// a growing pause, until they agree or the next round begins. A round waits for the first
// reply of each, be it none.
func (r *Replica) greet(now chord.Time, pause time.Duration) {
	rd, p := &r.round, &r.place
	left := false
	for k, cell := range p.cells() {
		to, known := p.displaced(k)
		g := greeting{cell, to.Peer}
		if !known || p.arc.Whole() || r.completeOn(cell) || p.greeted[g] == agrees {
			continue
		}
		left = true
		if !rd.awaited[g] {
			r.greetOne(now, g)
		}
	}
	rd.chain++
	number, chain := rd.number, rd.chain
	if left {
		r.after(now.Add(pause), func(now chord.Time) {
			if rd.number == number && rd.chain == chain {
				r.greet(now, min(2*pause, r.cfg.RoundEvery))
			}
		})
	}
}

func (r *Replica) greetOne(now chord.Time, g greeting) {
	rd, first := &r.round, r.place.greeted[g] == noReply
	if first {
		rd.greetings++
	}
	if rd.awaited == nil {
		rd.awaited = map[greeting]bool{}
	}
	rd.awaited[g] = true
	number := rd.number
	r.request(now, g.to, r.comparing([]Range{r.rangeOf(g.cell)}), func(now chord.Time, m Message, ok bool) {
		if rd.number != number {
			return
		}
		delete(rd.awaited, g)
		r.place.greeted[g] = replyOf(m, ok)
		if first {
			r.heardFirst(now)
		}
	})
}

func replyOf(m Message, ok bool) reply {
	switch {
	case !ok:
		return silent
	case m.Stranger:
		return disagrees
	}
	return agrees
}

// heardFirst goes on with a round that waits for nothing else than the first replies.
func (r *Replica) heardFirst(now chord.Time) {
	rd := &r.round
	if rd.greetings--; rd.greetings == 0 && rd.awaitsReplies {
		rd.awaitsReplies = false
		r.nextShare(now)
	}
}

// keepHeard notes that those whose place we took have heard of us where we are complete.
func (p *place) keepHeard() {
	for k, cell := range p.cells() {
		if to, known := p.displaced(k); known && p.complete != nil && covers(*p.complete, cell) {
			p.greeted[greeting{cell, to.Peer}] = agrees
		}
	}
}

// greetAnew forgets all replies but those that agree.
func (p *place) greetAnew() {
	maps.DeleteFunc(p.greeted, func(_ greeting, how reply) bool { return how != agrees })
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
