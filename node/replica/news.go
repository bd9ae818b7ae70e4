package replica

import (
	"fmt"
	"slices"

	"peal/chord"
)

// A newcomer takes somebody's place as a replica. Until that one and those beside it have
// heard of it they go on answering for its keys, with each other, whatever it is told
// meanwhile. So it does not count before they know it. Nor does it before it knows whom
// they know: of several that enter through the same peer, each may take itself for the
// only one.

// newsTakes is how many rounds may end before all agree on who is beside us: about six
// seconds. What those say who do not by then counts all the same.
const newsTakes = 7

// hopes reports whether those who do not agree may yet do so.
func (rd *round) hopes() bool { return rd.unheard < newsTakes }

// awaitsNews reports whether a replica that has other news than we will soon have the same.
func (rd *round) awaitsNews() bool { return rd.stranger && rd.hopes() }

// stranger takes note of one that has other news.
func (r *Replica) stranger(to chord.Contact) {
	r.round.stranger = true
	r.fails(fmt.Sprintf("%v does not agree yet on who is beside this peer", to))
}

// comparing asks for what differs on some arcs.
func (r *Replica) comparing(ranges []Range) Message {
	return Message{Kind: Compare, Ranges: ranges, Beside: r.place.beside()}
}

// beside are the positions that we know around our own, clockwise: from our N-th predecessor
// to our N-th successor, or once round.
func (p *place) beside() []chord.ID {
	first := p.arc.From
	ids := []chord.ID{first}
	if !p.arc.Whole() {
		for _, c := range slices.Backward(p.preds) {
			ids = append(ids, c.ID)
		}
		ids = append(ids, p.self.ID)
	}
	for _, c := range p.succ[:min(p.n, len(p.succ))] {
		if !chord.Between(p.self.ID, c.ID, first) {
			return append(ids, first)
		}
		ids = append(ids, c.ID)
	}
	if p.arc.Whole() {
		ids = append(ids, first)
	}
	return ids
}

// knowsMore reports whether we take ourselves for a replica on some of an arc, and know
// somebody between the positions that another one there knows, and who is none of them.
func (p *place) knowsMore(beside []chord.ID, arc chord.Arc) bool {
	if len(beside) == 0 || !p.known || !overlap(p.arc, arc) {
		return false
	}
	span := chord.Arc{From: beside[0], To: beside[len(beside)-1]}
	news := func(c chord.Contact) bool { return span.Contains(c.ID) && !slices.Contains(beside, c.ID) }
	return news(p.self) || slices.ContainsFunc(p.preds, news) || slices.ContainsFunc(p.succ[:min(p.n, len(p.succ))], news)
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
	r.request(now, displaced.Peer, r.comparing([]Range{r.rangeOf(nearest)}), func(now chord.Time, m Message, _ bool) {
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
