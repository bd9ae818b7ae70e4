package sim

import (
	"encoding/binary"

	"peal/chord"
)

// lookup lets a random member look for the owner of a random position.
func (s *Simulation) lookup() {
	p := s.randomMember()
	if p == nil || p.paused() {
		return
	}
	s.tally.lookups++
	s.tally.lookupsUnderWay++
	p.lookups++
	p.node.Lookup(p.clock.read(s.now), s.randomID())
	s.drain(p, nil)
}

func (s *Simulation) randomID() (id chord.ID) {
	for i := 0; i < len(id); i += 8 {
		binary.BigEndian.PutUint64(id[i:], s.workload.next())
	}
	return id
}

// judge compares a lookup's result with what the whole ring would say.
func (s *Simulation) judge(p *peer, r *chord.Result) {
	s.trace.result(s.now, p.self, r)
	s.tally.lookupsUnderWay--
	p.lookups--
	answered := 0
	for _, h := range r.Hops {
		if h.Failed {
			s.tally.timeouts++
		} else {
			answered++
		}
	}
	if len(r.Owners) == 0 {
		s.tally.failed++
		return
	}
	s.tally.found++
	if r.Owners[0] != p.self {
		answered++
	}
	s.tally.paths = append(s.tally.paths, answered)
	s.tally.latencies = append(s.tally.latencies, r.Took)
	s.compareOwner(r)
}

// compareOwner looks for the first owner that lives. It should be the first
// member at or behind the target.
func (s *Simulation) compareOwner(r *chord.Result) {
	i, _ := s.place(r.Target)
	want := s.members[i%len(s.members)].self
	for k, c := range r.Owners {
		if s.isMember(c) {
			if c != want {
				s.tally.wrongOwner++
			}
			return
		}
		if k == 0 {
			s.tally.deadOwner++
		}
	}
	s.tally.wrongOwner++
}
