package sim

import (
	"encoding/binary"
	"slices"

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
	look := p.node.Lookup
	if s.cfg.Confirm {
		look = p.node.LookupConfirmed
	}
	s.traceLookup(p, look(p.clock.read(s.now), s.randomID()))
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
	o := s.outcome(p, r)
	s.tally.timeouts += o.Timeouts
	switch {
	case !o.Found:
		s.tally.failed++
	default:
		s.tally.found++
		s.tally.paths = append(s.tally.paths, o.Path)
		s.tally.latencies = append(s.tally.latencies, r.Took)
	}
	if o.Found && !o.Right {
		s.tally.wrongOwner++
	}
	if o.Found && !s.isMember(r.Owners[0]) {
		s.tally.deadOwner++
	}
	if s.cfg.Observe != nil {
		s.cfg.Observe(o)
	}
}

// outcome judges a lookup by the first owner that lives. It should be the first
// member at or behind the target.
func (s *Simulation) outcome(p *peer, r *chord.Result) Outcome {
	o := Outcome{Began: s.now.Add(-r.Took), Found: len(r.Owners) > 0, Requests: len(r.Hops)}
	for _, h := range r.Hops {
		if h.Failed {
			o.Timeouts++
		} else {
			o.Path++
		}
	}
	i, _ := s.place(r.Target)
	want := s.members[i%len(s.members)].self
	owner, silent := s.firstAlive(r)
	o.Right, o.Silent = owner == want, silent
	o.Overtaken = !o.Right && !owner.IsZero() && owner == s.ownerSince(o.Began, i)
	asked := answered(r, owner)
	if o.Found && owner != p.self && !asked {
		o.Path++
	}
	if o.Right && owner != p.self && s.cfg.Latency == Internet {
		o.Took, o.Direct = r.Took, 2*s.distance(p, s.peer(owner.Peer))
		if !asked {
			o.Took += o.Direct
		}
	}
	return o
}

// ownerSince is the first from place i on of the members of today that were some at a
// time; those that were and are none any more do not count.
func (s *Simulation) ownerSince(t chord.Time, i int) chord.Contact {
	for k := range s.members {
		if p := s.members[(i+k)%len(s.members)]; p.since <= t {
			return p.self
		}
	}
	return chord.Contact{}
}

// firstAlive is the first owner named that lives, and the number of those before
// it that the lookup did not ask.
func (s *Simulation) firstAlive(r *chord.Result) (owner chord.Contact, silent int) {
	for _, c := range r.Owners {
		if s.isMember(c) {
			return c, silent
		}
		if !slices.ContainsFunc(r.Hops, func(h chord.Hop) bool { return h.Contact == c }) {
			silent++
		}
	}
	return chord.Contact{}, silent
}

func answered(r *chord.Result, c chord.Contact) bool {
	return slices.ContainsFunc(r.Hops, func(h chord.Hop) bool { return h.Contact == c && !h.Failed })
}
