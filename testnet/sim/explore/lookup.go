package explore

import (
	"fmt"
	"slices"

	"peal/chord"
)

// checkLookups lets every member of an ideal ring look up every place, on
// copies of the nodes, and requires the owners that follow from who is alive.
func (s *search) checkLookups(w *world) error {
	var ring []chord.Contact
	nodes := make(map[chord.Contact]state)
	for p, c := range s.contacts {
		if w.alive(p) {
			ring = append(ring, c)
			nodes[c] = s.states[w.nodes[p]]
		}
	}
	for _, origin := range ring {
		for p, target := range s.contacts {
			for _, id := range []chord.ID{target.ID.Prev(), target.ID, target.ID.Next()} {
				got := s.owner(nodes, origin, id)
				if want := owner(ring, id); got != want {
					return fmt.Errorf("%v looked up a place next to %v, and found the owner %v, not %v", origin, s.contacts[p], got, want)
				}
			}
		}
	}
	return nil
}

// owner is the first of a ring at or behind a position.
func owner(ring []chord.Contact, id chord.ID) chord.Contact {
	i, _ := slices.BinarySearchFunc(ring, id, func(c chord.Contact, id chord.ID) int { return c.ID.Compare(id) })
	return ring[i%len(ring)]
}

// owner is what a lookup finds.
func (s *search) owner(nodes map[chord.Contact]state, origin chord.Contact, id chord.ID) chord.Contact {
	from := nodes[origin]
	n := from.node.Clone()
	n.Lookup(from.now, id)
	for range noEnd {
		r := n.Ready()
		if len(r.Found) > 0 {
			return slices.Concat(r.Found[0].Owners, []chord.Contact{{}})[0]
		}
		for _, m := range slices.Clone(r.Messages) {
			to, alive := nodes[m.To]
			if !alive {
				n.Step(from.now, chord.Message{Kind: chord.Unreachable, From: m.To, To: origin})
				continue
			}
			hop := to.node.Clone()
			hop.Step(to.now, m)
			for _, reply := range hop.Ready().Messages {
				if reply.To == origin {
					n.Step(from.now, reply)
				}
			}
		}
	}
	return chord.Contact{}
}
