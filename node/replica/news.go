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
func (rd *round) hopes() bool { return rd.newsRounds < newsTakes }

// awaitsNews reports whether a replica that has other news than we will soon have the same.
func (rd *round) awaitsNews() bool { return rd.stranger && rd.hopes() }

// stranger takes note of one that has other news. That it never has the same is no failure:
// some peers cannot reach each other.
func (r *Replica) stranger(to chord.Contact) {
	r.round.stranger = true
	if r.round.hopes() {
		r.fails(fmt.Sprintf("%v does not agree yet on who is beside this peer", to))
	}
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

// knowsMore reports whether we lie between the positions that another one knows around its
// own, and know somebody there who is none of them.
func (p *place) knowsMore(beside []chord.ID) bool {
	if len(beside) == 0 || !p.known {
		return false
	}
	span := chord.Arc{From: beside[0], To: beside[len(beside)-1]}
	if !span.Contains(p.self.ID) {
		return false
	}
	news := func(id chord.ID) bool { return span.Contains(id) && !slices.Contains(beside, id) }
	return slices.ContainsFunc(p.beside(), news)
}

// overlooks reports whether we take ourselves for a replica on some of an arc, and do not
// take a peer for another one that does so as well.
func (p *place) overlooks(peer chord.PeerID, arc chord.Arc) bool {
	return p.known && overlap(p.arc, arc) && !hasPeer(p.preds, peer) && !hasPeer(p.succ[:min(p.n-1, len(p.succ))], peer)
}

// overlap reports whether two arcs have positions in common.
func overlap(a, b chord.Arc) bool { return a.Contains(b.To) || b.Contains(a.To) }
