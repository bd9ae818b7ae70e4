package sim

import (
	"fmt"
	"slices"
	"time"

	"peal/chord"
)

// schedule puts the faults of the Config into the queue.
func (s *Simulation) schedule() {
	for i := range s.cfg.Faults {
		f := &s.cfg.Faults[i]
		s.at(s.now.Add(f.At), func() { s.inject(f) })
	}
}

// inject lets a fault happen.
func (s *Simulation) inject(f *Fault) {
	s.logf("fault %v", f)
	s.tally.faults++
	switch f.Kind {
	case Join:
		for i := range max(1, f.Count) {
			s.meet(s.newPeer(newStream(s.cfg.Seed, uint64(f.At), f.Pick, uint64(i))))
		}
	case Leave:
		s.each(f, s.leave)
	case Crash:
		s.each(f, s.crash)
	case Restart:
		for i := range min(max(1, f.Count), len(s.crashed)) {
			s.restart(int((f.Pick + uint64(i)) % uint64(len(s.crashed))))
		}
	case Pause:
		s.each(f, func(p *peer) { s.pause(p, f) })
	case DiskFails, DiskFull, DiskSlow:
		s.each(f, func(p *peer) { s.hinder(p, f) })
	case Spoil:
		s.each(f, func(p *peer) { s.spoil(p, f) })
	case Wreck:
		s.each(f, s.wreck)
	case Cut, Partition:
		s.cut(f)
	case Loss, Duplicate, Delay:
		s.weather(f)
	}
}

// each does something to the members that a fault is about.
func (s *Simulation) each(f *Fault, act func(*peer)) {
	for _, p := range s.chosen(f) {
		act(p)
	}
}

// chosen are the members that a fault is about.
func (s *Simulation) chosen(f *Fault) []*peer {
	order := s.order(f)
	return order[:min(max(1, f.Count), len(order))]
}

// order lists the members as a fault's number has it: along the ring from one
// of them, or shuffled.
func (s *Simulation) order(f *Fault) []*peer {
	n := len(s.members)
	if n == 0 {
		return nil
	}
	if f.Adjacent {
		first := int(f.Pick % uint64(n))
		return slices.Concat(s.members[first:], s.members[:first])
	}
	order, r := slices.Clone(s.members), newStream(f.Pick)
	for i := n - 1; i > 0; i-- {
		k := r.below(i + 1)
		order[i], order[k] = order[k], order[i]
	}
	return order
}

// pause stops a peer's process. Messages to it queue up, and its deadlines pass.
func (s *Simulation) pause(p *peer, f *Fault) {
	until := s.now.Add(f.For)
	if p.node == nil || until <= p.pausedUntil {
		return
	}
	s.tally.paused++
	p.fallSilent(s.timeOfDay(p))
	p.pausedUntil = until
	s.changed()
	s.observeFault(p, "stands still"+forTime(f.For))
	timersFirst := f.Pick%2 == 0
	s.at(until, func() {
		if p.pausedUntil == until {
			s.resume(p, timersFirst)
		}
	})
}

// resume lets a peer go on, with its timers or with its mail, as a scheduler may.
func (s *Simulation) resume(p *peer, timersFirst bool) {
	s.logf("%v goes on", p.self)
	s.observeFault(p, "goes on")
	p.pausedUntil = 0
	s.speakAgain(p)
	s.changed()
	if timersFirst {
		s.wakeNow(p)
	}
	for _, slot := range p.mail {
		s.queue.push(event{at: s.now, peer: p.number, message: slot})
	}
	p.mail = nil
	if p.data != nil && p.data.committing != nil && p.data.committing.ended {
		s.committed(p)
	}
	if !timersFirst {
		s.wakeNow(p)
	}
}

func (s *Simulation) wakeNow(p *peer) {
	p.wakeAt = s.now
	s.queue.push(event{at: s.now, peer: p.number, message: -1})
}

// paused reports whether a peer's process stands still.
func (p *peer) paused() bool { return p.pausedUntil != 0 }

// weather is a time in which messages get lost, come twice, or come late.
func (s *Simulation) weather(f *Fault) {
	s.links.bad = append(s.links.bad, f)
	s.changed()
	s.observeFault(nil, f.phrase())
	s.after(f.For, func() {
		s.links.bad = slices.DeleteFunc(s.links.bad, func(g *Fault) bool { return g == f })
		s.changed()
		s.observeFault(nil, fmt.Sprintf("the %v is over", f.Kind))
	})
}

// cut is a time in which some peers do not hear others.
func (s *Simulation) cut(f *Fault) {
	c := &cut{oneWay: f.Kind == Cut, partOf: make([]int8, len(s.peers)), pick: f.Pick, shares: f.Shares}
	order := s.order(f)
	part, end := int8(0), 0
	for i, p := range order {
		for int(part) < len(f.Shares) && i >= end+int(f.Shares[part]*float64(len(order))) {
			end += int(f.Shares[part] * float64(len(order)))
			part++
		}
		c.partOf[p.number] = part
	}
	s.links.cuts = append(s.links.cuts, c)
	s.changed()
	s.observeFault(nil, f.phrase())
	s.after(f.For, func() {
		s.links.cuts = slices.DeleteFunc(s.links.cuts, func(d *cut) bool { return d == c })
		s.changed()
		s.observeFault(nil, fmt.Sprintf("the %v is over", f.Kind))
	})
}

func (s *Simulation) after(d time.Duration, act func()) { s.at(s.now.Add(d), act) }

// at lets something happen at a time.
func (s *Simulation) at(t chord.Time, act func()) {
	s.queue.push(event{at: t, message: -1, act: act})
}
