package sim

import "time"

// Faults of disks. Without data they do nothing, but that a Wreck is a Crash.

// wreck is a crash that takes the disk along.
func (s *Simulation) wreck(p *peer) {
	life := p.node
	s.crash(p)
	if p.node != life && p.disk != nil {
		p.disk.wipe()
	}
}

// spoil makes a share of a member's records unreadable.
func (s *Simulation) spoil(p *peer, f *Fault) {
	if p.disk == nil {
		return
	}
	keys := p.disk.spoil(f.Rate)
	for _, name := range keys {
		k := s.data.byName[name]
		s.lose(k, s.owners(k))
	}
	s.data.tally.Spoiled += len(keys)
	s.changedDisk(p, f)
}

// hinder lets a disk refuse writes, or be slow, for a time.
func (s *Simulation) hinder(p *peer, f *Fault) {
	d := p.disk
	if d == nil {
		return
	}
	d.hinder(f, +1)
	s.changedDisk(p, f)
	s.after(f.For, func() { d.hinder(f, -1) })
}

// hinder begins a fault of the disk, or ends it with by -1.
func (d *disk) hinder(f *Fault, by int) {
	switch f.Kind {
	case DiskFails:
		d.failing += by
	case DiskFull:
		d.full += by
	case DiskSlow:
		d.slow = max(0, d.slow+f.By*time.Duration(by))
	}
}

func (s *Simulation) changedDisk(p *peer, f *Fault) {
	s.logf("%v has a disk fault: %v", p.self, f.Kind)
	s.observeFault(p, f.phrase())
}
