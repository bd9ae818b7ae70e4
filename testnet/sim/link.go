package sim

import (
	"fmt"
	"slices"
	"time"
)

// Latency says how the times that messages take are spread.
type Latency uint8

// The kinds of latency.
const (
	// Uniform: evenly between MinLatency and MaxLatency.
	Uniform Latency = iota
	// Exponential: MinLatency and an exponential tail behind it; the mean is
	// half way to MaxLatency.
	Exponential
	// Clustered: peers live in eight regions. Two regions are always equally far
	// from each other, within MinLatency and MaxLatency; in one region messages
	// take near MinLatency. A tenth comes on top at random.
	Clustered
	// Internet: each peer is a point of its own in one of eight continents, of which
	// the largest has 15 times the peers of the smallest. Two peers are always equally
	// far from each other, MaxLatency or so at most, and triangles may be unequal. A
	// tenth comes on top at random.
	Internet
)

var latencyNames = [...]string{"uniform", "exponential", "clustered", "internet"}

// String is the kind's name.
func (l Latency) String() string { return latencyNames[l] }

// UnmarshalText reads a name.
func (l *Latency) UnmarshalText(text []byte) error {
	i := slices.Index(latencyNames[:], string(text))
	if i < 0 {
		return fmt.Errorf("latency %q: one of %v is possible", text, latencyNames)
	}
	*l = Latency(i)
	return nil
}

const (
	regions   = 8
	reorderBy = time.Second // how late messages are that Config.Reorder hits, at most
)

// links are what lies between the peers just now.
type links struct {
	bad  []*Fault // losses, duplications and delays
	cuts []*cut
}

// A cut keeps messages between parts of the peers away.
type cut struct {
	oneWay bool   // only from part 0 to part 1
	partOf []int8 // by the peers' numbers
	pick   uint64
	shares []float64
}

// part of a peer. One that came after the cut belongs where its number says.
func (c *cut) part(p *peer) int8 {
	if int(p.number) < len(c.partOf) {
		return c.partOf[p.number]
	}
	r := newStream(c.pick, uint64(p.number))
	at, end := float64(r.below(1<<20))/(1<<20), 0.0
	for i, v := range c.shares {
		if end += v; at < end {
			return int8(i)
		}
	}
	return int8(len(c.shares))
}

func (c *cut) blocks(from, to *peer) bool {
	a, b := c.part(from), c.part(to)
	if c.oneWay {
		return a == 0 && b == 1
	}
	return a != b
}

// blocked reports whether a cut lies between two peers.
func (l *links) blocked(from, to *peer) bool {
	return slices.ContainsFunc(l.cuts, func(c *cut) bool { return c.blocks(from, to) })
}

// copies is how often a message arrives: 0 if it is lost, 2 if it is duplicated.
func (s *Simulation) copies(from, to *peer) int {
	loss, twice := s.cfg.Loss, s.cfg.Duplicate
	for _, f := range s.links.bad {
		switch f.Kind {
		case Loss:
			loss = max(loss, f.Rate)
		case Duplicate:
			twice = max(twice, f.Rate)
		}
	}
	switch {
	case from.links.chance(loss) || s.links.blocked(from, to):
		return 0
	case from.links.chance(twice):
		return 2
	}
	return 1
}

// latency is the time that one message takes.
func (s *Simulation) latency(from, to *peer) time.Duration {
	late := s.base(from, to)
	for _, f := range s.links.bad {
		if f.Kind == Delay {
			late += from.links.upTo(f.By)
		}
	}
	if from.links.chance(s.cfg.Reorder) {
		late += from.links.upTo(reorderBy)
	}
	return late
}

// base is the latency on a good day.
func (s *Simulation) base(from, to *peer) time.Duration {
	least, spread := s.cfg.MinLatency, s.cfg.MaxLatency-s.cfg.MinLatency
	switch s.cfg.Latency {
	case Exponential:
		return least + from.links.exponential(spread/2)
	case Clustered:
		far := least
		if a, b := from.region(), to.region(); a != b {
			r := newStream(s.cfg.Seed, min(a, b), max(a, b))
			far += r.upTo(spread)
		}
		return far + from.links.upTo(far/10)
	case Internet:
		far := s.distance(from, to)
		return far + from.links.upTo(far/10)
	}
	return least + from.links.upTo(spread)
}

func (p *peer) region() uint64 { return uint64(p.self.ID[0]^p.self.ID[31]) % regions }
