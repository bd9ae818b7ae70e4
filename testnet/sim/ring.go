package sim

import (
	"slices"

	"peal/chord"
)

// restoreRing makes all peers at once, as members of a finished ring: lists,
// predecessors and fingers are what the protocol would arrive at.
func (s *Simulation) restoreRing() {
	s.forming = true
	ring := make([]*peer, s.cfg.Peers)
	for i := range ring {
		ring[i] = s.newPeer(s.another())
	}
	slices.SortFunc(ring, func(a, b *peer) int { return a.self.ID.Compare(b.self.ID) })
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
	s.forming = false
	for i := range s.members {
		s.compare(i)
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
		return defaultSuccessors
	}
	return s.cfg.Node.Successors
}

// defaultSuccessors is the default of [chord.Config].
const defaultSuccessors = 8
