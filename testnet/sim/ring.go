package sim

import (
	"slices"

	"peal/chord"
)

// restoreRings makes all peers at once, as members of finished rings, in turn by
// position. There is one ring, or as many as the Config says, which know nothing
// of each other.
func (s *Simulation) restoreRings() {
	s.forming = true
	all := make([]*peer, s.cfg.Peers)
	for i := range all {
		all[i] = s.newPeer(s.another())
	}
	slices.SortFunc(all, func(a, b *peer) int { return a.self.ID.Compare(b.self.ID) })
	rings := make([][]*peer, max(1, s.cfg.Rings))
	for i, p := range all {
		rings[i%len(rings)] = append(rings[i%len(rings)], p)
	}
	for _, ring := range rings {
		s.restoreRing(ring)
	}
	s.doubted = len(rings) > 1
	s.forming = false
	for i := range s.members {
		s.compare(i)
	}
}

// restoreRing gives the peers of a ring the lists, predecessors and fingers that
// the protocol would arrive at.
func (s *Simulation) restoreRing(ring []*peer) {
	contacts := make([]chord.Contact, len(ring))
	for i, p := range ring {
		contacts[i] = p.self
	}
	for i, p := range ring {
		succ := successorsOf(contacts, i, s.successors())
		var pred chord.Contact
		if len(ring) > 1 {
			pred = contacts[(i+len(ring)-1)%len(ring)]
		}
		p.node.Restore(p.clock.read(s.now), pred, succ, fingersOf(contacts, i))
		s.drain(p, nil)
	}
}

// introduceRings lets a member of each ring but the first hear of one of that,
// as by an address to join.
func (s *Simulation) introduceRings() {
	for i := 1; i < s.cfg.Rings; i++ {
		p := s.members[i]
		p.node.Meet(p.clock.read(s.now), s.members[0].self)
		s.drain(p, nil)
	}
}

func successorsOf(ring []chord.Contact, i, length int) []chord.Contact {
	var list []chord.Contact
	for k := 1; k <= min(length, len(ring)-1); k++ {
		list = append(list, ring[(i+k)%len(ring)])
	}
	return list
}

// fingersOf gives the distinct entries of the finger table that the paper
// defines: for every k, the first member at or behind position + 2^k.
func fingersOf(ring []chord.Contact, i int) []chord.Contact {
	if len(ring) == 1 {
		return nil
	}
	self, next := ring[i], ring[(i+1)%len(ring)]
	list := []chord.Contact{next}
	for k := self.ID.Distance(next.ID).BitLen(); k < chord.Bits; k++ {
		at, _ := slices.BinarySearchFunc(ring, self.ID.AddPowerOfTwo(k), func(c chord.Contact, id chord.ID) int { return c.ID.Compare(id) })
		if c := ring[at%len(ring)]; c != self && c != list[len(list)-1] {
			list = append(list, c)
		}
	}
	return list
}

// successors is the length of a full successor list.
func (s *Simulation) successors() int {
	if s.cfg.Node.Successors == 0 {
		return chord.DefaultSuccessors
	}
	return s.cfg.Node.Successors
}
