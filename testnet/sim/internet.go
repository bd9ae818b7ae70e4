package sim

import "time"

// A point is where a peer is on a map whose distances, along both axes, are delays.
type point struct{ x, y, access time.Duration }

// continents are the shares of the peers that live on each, in percent.
var continents = [...]int{30, 22, 16, 12, 8, 6, 4, 2}

// A continent reaches this part of the map's side from its middle in each direction, and
// the lines to the peers' doors are this part of it long, on average.
const continentPart, doorstepPart = 24, 32

// point is where a peer lives: one of as many as there are peers.
func (s *Simulation) point(p *peer) point {
	r := newStream(s.cfg.Seed, 0x6d61700a, uint64(p.number))
	side := (s.cfg.MaxLatency - s.cfg.MinLatency) / 2
	share, continent := r.below(100), 0
	for share >= continents[continent] {
		share -= continents[continent]
		continent++
	}
	middle := newStream(s.cfg.Seed, 0x6d61700a+1+uint64(continent))
	around := func(at time.Duration) time.Duration { return at + r.upTo(side/continentPart*2) - side/continentPart }
	return point{
		x: around(middle.upTo(side)), y: around(middle.upTo(side)),
		access: r.exponential(side / doorstepPart),
	}
}

// distance is what a message takes between two peers at least, either way: the way
// itself, which is up to a third longer than need be, and the lines at both ends.
func (s *Simulation) distance(a, b *peer) time.Duration {
	p, q := s.point(a), s.point(b)
	way := (p.x - q.x).Abs() + (p.y - q.y).Abs()
	detour := newStream(s.cfg.Seed, uint64(min(a.number, b.number)), uint64(max(a.number, b.number)))
	return s.cfg.MinLatency + way + detour.upTo(way/3) + p.access + q.access
}
