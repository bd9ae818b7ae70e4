package explore

import "slices"

// No ring survives the loss of a member's whole list, and the proof assumes
// that it does not happen. So a peer may go only if it can be spared: without
// it, every member has a live contact in its list, and in the list that any
// letter under way would give it.
//
// In a ring of two that would exclude every crash. There a list that goes round
// the whole ring ends with the member itself, as it does in Zave's model, where
// short lists are filled up with it; so the last member of all goes on alone.
// Only the last: two that joined the same member at the same time may each
// take themselves and that member for the whole ring. If it dies before they
// hear of each other, each goes on alone. Lists cannot help: theirs have
// nobody else.

// maySpare reports whether the ring goes on without a peer.
func (s *search) maySpare(w *world, victim int) bool {
	rest := s.members(w) &^ (1 << victim)
	if rest == 0 || s.cfg.Reckless {
		return rest != 0
	}
	for p := range s.contacts {
		if p != victim && w.alive(p) && !s.goesOn(p, s.view(w, p), rest) {
			return false
		}
	}
	for _, l := range w.mail {
		to := s.posts[l.post()].to
		if to == victim {
			continue
		}
		what := s.receipt(l)
		what.state = w.nodes[to]
		if v := &s.views[s.states[s.after(what).next].view]; !s.goesOn(to, v, rest) {
			return false
		}
	}
	return true
}

// goesOn reports whether a node, if it is a member, has a successor among the
// members, or is the only one and knows it.
func (s *search) goesOn(p int, v *view, members uint) bool {
	return !v.Member || v.hasOneOf(members) || v.Whole && members == 1<<p
}

// hasOneOf reports whether the successor list has one of a set of slots.
func (v *view) hasOneOf(members uint) bool {
	return slices.ContainsFunc(v.succ, func(c int) bool { return members>>c&1 == 1 })
}

// members is the set of the slots of live members.
func (s *search) members(w *world) uint {
	var set uint
	for p := range s.contacts {
		if w.alive(p) && s.view(w, p).Member {
			set |= 1 << p
		}
	}
	return set
}
