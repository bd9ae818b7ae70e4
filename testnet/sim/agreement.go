package sim

import "peal/chord"

// Who the replicas of a key are is told by the members that a lookup ends at: the
// one before the key, whose successor list begins with them, and the first of them.
// The members agree on a key while everyone who would answer names the right ones:
// the first N members at or behind it. Others say nothing of the key, however wrong
// their lists may be.

// regardKeys looks again at all that the members say of the keys.
func (s *Simulation) regardKeys() {
	if s.data == nil || s.forming {
		return
	}
	for i, p := range s.members {
		v := s.view(i)
		s.judgeView(p, &v)
	}
}

// judgeView takes in what a member says of the keys now.
func (s *Simulation) judgeView(p *peer, v *chord.Neighbourhood) {
	if s.data == nil || s.forming {
		return
	}
	if p.misnames == nil {
		p.misnames = make([]bool, len(s.data.keys))
	}
	for i, k := range s.data.keys {
		k.misnamed(s, &p.misnames[i], s.namesWrong(v, k))
	}
}

// silence notes that a peer, member no more, says nothing.
func (s *Simulation) silence(p *peer) {
	for i := range p.misnames {
		s.data.keys[i].misnamed(s, &p.misnames[i], false)
	}
}

// misnamed counts the members that are wrong about a key.
func (k *key) misnamed(s *Simulation, before *bool, wrong bool) {
	switch {
	case wrong && !*before:
		k.wrong++
	case !wrong && *before:
		if k.wrong--; k.wrong == 0 {
			k.agreedFrom = s.now
		}
	}
	*before = wrong
}

// agreedSince reports whether the members have agreed on a key since a time.
func (k *key) agreedSince(t chord.Time) bool { return k.wrong == 0 && k.agreedFrom <= t }

// namesWrong reports whether a member with this view would name others than the
// replicas of a key.
func (s *Simulation) namesWrong(v *chord.Neighbourhood, k *key) bool {
	var named func(j int) chord.Contact
	switch {
	case len(v.Succ) > 0 && (chord.Arc{From: v.Self.ID, To: v.Succ[0].ID}).Contains(k.id):
		named = func(j int) chord.Contact { return nth(v, j) }
	case len(v.Succ) == 0, !v.Pred().IsZero() && (chord.Arc{From: v.Pred().ID, To: v.Self.ID}).Contains(k.id):
		named = func(j int) chord.Contact { return nth(v, j-1) }
	default:
		return false
	}
	first, _ := s.place(k.id)
	for j := range min(s.cfg.Data.Replica.N, len(s.members)) {
		if named(j) != s.members[(first+j)%len(s.members)].self {
			return true
		}
	}
	return false
}

// nth is a member's successor by number. Before the first, and behind the last as
// where a list goes round the whole ring, it is the member itself.
func nth(v *chord.Neighbourhood, j int) chord.Contact {
	if j < 0 || j >= len(v.Succ) {
		return v.Self
	}
	return v.Succ[j]
}
