package sim

import (
	"fmt"
	"slices"

	"peal/chord"
)

// add makes a peer a member.
func (s *Simulation) add(p *peer) {
	p.since = s.now
	i, _ := s.place(p.self.ID)
	s.members = slices.Insert(s.members, i, p)
	if s.everyChange {
		s.views = slices.Insert(s.views, i, p.node.Neighbourhood())
	}
	s.regard(i)
}

// remove takes a peer out of the members.
func (s *Simulation) remove(p *peer) {
	i, _ := s.place(p.self.ID)
	s.members = slices.Delete(s.members, i, i+1)
	if s.everyChange {
		s.views = slices.Delete(s.views, i, i+1)
	}
	s.setAstray(p, false)
	s.regard(i)
}

// stop ends the node of a peer that is no member any more.
func (s *Simulation) stop(p *peer) {
	s.tally.lookupsUnderWay -= p.lookups
	s.tally.abandoned += p.lookups
	for _, slot := range p.mail {
		s.mail.take(slot)
	}
	s.stopData(p)
	p.node, p.mail, p.pausedUntil = nil, nil, 0
}

// regard looks again at the members for whom a change at a place matters.
func (s *Simulation) regard(i int) {
	s.changed()
	if n := len(s.members); n > 0 && !s.forming {
		for k := -s.successors(); k <= 1; k++ {
			s.compare(((i+k)%n + n) % n)
		}
	}
}

// compare decides whether a member's neighbours are those that it should have.
func (s *Simulation) compare(i int) {
	v := s.view(i)
	n := len(s.members)
	right := len(v.Succ) == min(s.successors(), n-1) && (n == 1 || v.Pred() == s.members[(i+n-1)%n].self)
	for k := 0; right && k < len(v.Succ); k++ {
		right = v.Succ[k] == s.members[(i+1+k)%n].self
	}
	s.setAstray(s.members[i], !right)
}

// setAstray counts the members whose neighbours are not right: once there are
// none, the ring is ideal.
func (s *Simulation) setAstray(p *peer, astray bool) {
	switch {
	case astray && !p.astray:
		s.astray++
	case !astray && p.astray:
		s.astray--
	}
	p.astray = astray
}

// view is what a member knows of its place.
func (s *Simulation) view(i int) chord.Neighbourhood {
	if s.everyChange {
		return s.views[i]
	}
	return s.members[i].node.Neighbourhood()
}

// allViews gives the views of all members.
func (s *Simulation) allViews() []chord.Neighbourhood {
	if s.everyChange {
		return s.views
	}
	views := make([]chord.Neighbourhood, len(s.members))
	for i := range views {
		views[i] = s.view(i)
	}
	return views
}

// look takes in that a node's neighbours have changed, because of a message,
// or of none.
func (s *Simulation) look(p *peer, cause *letter) {
	i, member := s.place(p.self.ID)
	if !member {
		return // just joined: then its view is new anyway, or not yet
	}
	s.stirred = true
	s.noteOldAnswer(p, cause)
	v := p.node.Neighbourhood()
	if s.everyChange {
		s.noteGivenUp(p, &s.views[i], &v, cause)
		s.views[i] = v
	}
	if s.broken == nil {
		s.broken = wellFormed(&v)
	}
	if !s.forming {
		s.compare(i)
	}
	s.logView(p, &v)
}

// wellFormed must hold whatever happens: no list names its owner, or a peer
// twice, and each follows the circle.
func wellFormed(v *chord.Neighbourhood) error {
	last := v.Self
	for i, c := range v.Succ {
		if c == v.Self || c.IsZero() || i > 0 && !chord.Between(last.ID, c.ID, v.Self.ID) {
			return fmt.Errorf("the successor list of %v is out of order: %v", v.Self, v.Succ)
		}
		last = c
	}
	last = v.Self
	for i, c := range v.Preds {
		if i == 0 && c.IsZero() {
			continue
		}
		if c == v.Self || c.IsZero() || !chord.Between(v.Self.ID, c.ID, last.ID) {
			return fmt.Errorf("the predecessor list of %v is out of order: %v", v.Self, v.Preds)
		}
		last = c
	}
	return nil
}
