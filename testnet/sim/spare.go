package sim

import (
	"slices"

	"peal/chord"
)

// No ring survives the loss of a member's whole list, and the proof assumes that
// it does not happen. So a peer goes only if it can be spared: without it every
// member has a live contact in its list, and in any list on its way that the
// member may still take over.

// mayGo reports whether a peer can be spared. Lists that have it belong to
// members not far before it.
func (s *Simulation) mayGo(p *peer) bool {
	if p == nil || len(s.members) == 1 {
		return false
	}
	at, _ := s.place(p.self.ID)
	for back := 1; back <= min(4*s.successors(), len(s.members)-1); back++ {
		q := s.members[(at-back+len(s.members))%len(s.members)]
		if s.livesBy(p, q.node.Neighbourhood().Succ) {
			s.tally.spared++
			return false
		}
	}
	for _, slot := range s.slotsNaming(p) {
		if l := &s.mail.slots[slot]; s.livesBy(p, s.listOf(&l.Message)) && s.awaited(l) {
			s.tally.spared++
			return false
		}
	}
	return true
}

// slotsNaming are the messages under way whose lists have a peer.
func (s *Simulation) slotsNaming(p *peer) (slots []int32) {
	if s.named != nil {
		return s.named[p.self.Peer]
	}
	for i := range s.mail.slots {
		if slices.Contains(s.listOf(&s.mail.slots[i].Message), p.self) {
			slots = append(slots, int32(i))
		}
	}
	return slots
}

// namesInMail is slotsNaming for all peers at once.
func (s *Simulation) namesInMail() map[chord.PeerID][]int32 {
	named := make(map[chord.PeerID][]int32)
	for i := range s.mail.slots {
		for _, c := range s.listOf(&s.mail.slots[i].Message) {
			named[c.Peer] = append(named[c.Peer], int32(i))
		}
	}
	return named
}

// listOf is the successor list that a message may bring to its receiver, which is
// not in it itself: another's list goes on until it comes round to the receiver, and
// the list for a joiner may still have it from before a restart.
func (s *Simulation) listOf(m *chord.Message) []chord.Contact {
	var list []chord.Contact
	switch {
	case m.Kind == chord.State && m.Member && !m.Same:
		list = append([]chord.Contact{m.From}, m.Succ...)
		if i := slices.Index(list, m.To); i >= 0 {
			list = list[:i]
		}
	case m.Done:
		list = slices.DeleteFunc(slices.Clone(m.Succ), func(c chord.Contact) bool { return c == m.To })
	}
	return list[:min(len(list), s.successors())]
}

// awaited reports whether the receiver of a list may still take it over: it waits
// for it, its neighbours are those of the moment in which it asked, and the sender
// is its head, or would be; or it is about to join. Other lists must be dropped (see
// package chord, "Where messages travel"), so nobody need live for them.
func (s *Simulation) awaited(l *letter) bool {
	to := s.peer(l.To.Peer)
	if to == nil || to.node == nil || to.life != l.life {
		return false
	}
	if v := to.node.Neighbourhood(); v.Member && (l.Kind != chord.State || !mayHead(&v, l.From)) {
		return false
	}
	return slices.ContainsFunc(to.node.Open(), func(o chord.Open) bool { return o.Seq == l.Seq && o.To == l.From && !o.Stale })
}

// mayHead reports whether a contact is the head of a member's list, or lies before
// it.
func mayHead(v *chord.Neighbourhood, c chord.Contact) bool {
	if len(v.Succ) == 0 {
		return true
	}
	return c == v.Succ[0] || chord.Between(v.Self.ID, c.ID, v.Succ[0].ID)
}

// staleNews reports whether somebody waits for a list on its way that has no member.
func (s *Simulation) staleNews() bool {
	return slices.ContainsFunc(s.mail.slots, func(l letter) bool {
		list := s.listOf(&l.Message)
		return len(list) > 0 && !slices.ContainsFunc(list, s.isMember) && s.awaited(&l)
	})
}

// livesBy reports whether p is the only member in a list. A list without any,
// as there are once live peers have been given up, gets no worse by p's going.
func (s *Simulation) livesBy(p *peer, list []chord.Contact) bool {
	return slices.Contains(list, p.self) &&
		!slices.ContainsFunc(list, func(c chord.Contact) bool { return c != p.self && s.isMember(c) })
}
