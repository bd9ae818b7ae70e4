package paper

import (
	"slices"
	"time"

	"peal/chord"
	"peal/testnet/sim"
)

// A Spread sums up a count taken at every lookup: its mean and its 1st and 99th
// percentile, as the paper's tables do.
type Spread struct {
	Mean float64 `json:"mean"`
	P1   int     `json:"p1"`
	P99  int     `json:"p99"`
}

// Measured is what one simulation gives. The package comment says what counts
// as what.
type Measured struct {
	Lookups   int    `json:"lookups"`
	Path      Spread `json:"path"` // of the lookups that named an owner
	Timeouts  Spread `json:"timeouts"`
	NoOwner   int    `json:"no_owner"`
	Wrong     int    `json:"wrong_owner"`
	Overtaken int    `json:"overtaken"` // of the wrong ones, those that are so only for peers that joined after they began
	Lengths   []int  `json:"lengths"`   // lookups by path length, from 0
}

// Failures counts the lookups that did not find the owner.
func (m *Measured) Failures() int { return m.NoOwner + m.Wrong }

// Per10000 is the failures among so many lookups.
func (m *Measured) Per10000() float64 {
	return float64(m.Failures()) * 10000 / float64(max(1, m.Lookups))
}

// measure runs simulations and counts the lookups that begin after the warm-up, of
// all together.
func measure(warmUp time.Duration, rings ...sim.Config) (Measured, error) {
	var m Measured
	var paths, timeouts []int
	count := func(o sim.Outcome) {
		if o.Began < chord.Time(warmUp) {
			return
		}
		m.Lookups++
		timeouts = append(timeouts, o.Timeouts+o.Silent)
		switch {
		case !o.Found:
			m.NoOwner++
			return
		case !o.Right:
			m.Wrong++
		}
		if o.Overtaken {
			m.Overtaken++
		}
		paths = append(paths, o.Path)
	}
	for _, cfg := range rings {
		cfg.CheckEvery = cfg.Duration // package sim tests the invariants; here they would only cost time
		cfg.SettleFor = -1
		cfg.Observe = count
		if _, err := sim.Run(cfg); err != nil {
			return m, err
		}
	}
	m.Path, m.Timeouts, m.Lengths = spread(paths), spread(timeouts), histogram(paths)
	return m, nil
}

// several gives a ring as many times as the size says, each with a seed of its own
// and its share of the lookups. What comes out of a single ring depends on where
// its peers happen to lie.
func several(size Size, seed uint64, ring sim.Config) []sim.Config {
	ring.Lookups /= float64(max(1, size.Rings))
	return repeated(size.Rings, seed, ring)
}

// repeated gives a ring so many times, each with a seed of its own.
func repeated(times int, seed uint64, ring sim.Config) []sim.Config {
	rings := make([]sim.Config, max(1, times))
	for i := range rings {
		rings[i] = ring
		rings[i].Seed = seed<<8 + uint64(i)
	}
	return rings
}

func spread(values []int) Spread {
	if len(values) == 0 {
		return Spread{}
	}
	slices.Sort(values)
	sum := 0
	for _, v := range values {
		sum += v
	}
	return Spread{Mean: float64(sum) / float64(len(values)), P1: percentile(values, 1), P99: percentile(values, 99)}
}

// percentile of a sorted list that is not empty.
func percentile(sorted []int, p int) int { return sorted[(len(sorted)-1)*p/100] }

func histogram(values []int) []int {
	var counts []int
	for _, v := range values {
		for len(counts) <= v {
			counts = append(counts, 0)
		}
		counts[v]++
	}
	return counts
}
