package replica

import (
	"fmt"

	"peal/chord"
)

// A newcomer takes somebody's place as a replica. Until that one and those beside it have
// heard of it they go on answering for its keys, with each other, whatever it is told
// meanwhile. So it does not count before they know it.

// newsTakes is how many rounds may end before all have heard of us: about six seconds.
// Whoever has not by then is taken for one that does not answer.
const newsTakes = 7

// awaitsNews reports whether a replica that has not heard of us will soon have.
func (rd *round) awaitsNews() bool { return rd.stranger && rd.unheard < newsTakes }

// stranger takes note of one that has not heard of us.
func (r *Replica) stranger(to chord.Contact) {
	r.round.stranger = true
	r.fails(fmt.Sprintf("%v has not heard of this peer yet", to))
}

// greet asks the peer whose place we take at the nearest positions whether it has heard of
// us, once a round, until we are complete there. Where that lies farther back it is a
// partner, or asked for what it has. If it is silent, it answers nobody else either.
func (r *Replica) greet(now chord.Time) bool {
	p := &r.place
	nearest := chord.Arc{From: p.boundary(1), To: p.self.ID}
	if r.round.greeted || p.arc.Whole() || len(p.succ) < p.n || r.completeOn(nearest) {
		return false
	}
	r.round.greeted = true
	displaced, number := p.succ[p.n-1], r.round.number
	r.request(now, displaced.Peer, Message{Kind: Compare, Ranges: []Range{r.rangeOf(nearest)}}, func(now chord.Time, m Message, _ bool) {
		if r.round.number != number {
			return
		}
		if m.Stranger {
			r.stranger(displaced)
		}
		r.nextShare(now)
	})
	return true
}

// overlooks reports whether we take ourselves for a replica on some of an arc, and have not
// heard of a peer that does so as well.
func (p *place) overlooks(peer chord.PeerID, arc chord.Arc) bool {
	return p.known && overlap(p.arc, arc) && !hasPeer(p.preds, peer) && !hasPeer(p.succ, peer)
}

// overlap reports whether two arcs have positions in common.
func overlap(a, b chord.Arc) bool { return a.Contains(b.To) || b.Contains(a.To) }
