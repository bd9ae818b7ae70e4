package sim

import (
	"math/bits"
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
)

func (s *Simulation) latency() time.Duration {
	spread := s.cfg.MaxLatency - s.cfg.MinLatency
	if s.cfg.Latency == Exponential {
		return s.cfg.MinLatency + s.exponential(spread/2)
	}
	return s.cfg.MinLatency + time.Duration(s.rand.Int64N(int64(spread)+1))
}

// exponential draws by von Neumann's method, which only compares and so gives
// the same on every machine: the first number of a descending run of odd length
// has this distribution between 0 and 1, and each run of even length before it
// counts one whole.
func (s *Simulation) exponential(mean time.Duration) time.Duration {
	for whole := time.Duration(0); ; whole++ {
		first := s.rand.Uint64()
		last, odd := first, true
		for v := s.rand.Uint64(); v < last; v = s.rand.Uint64() {
			last, odd = v, !odd
		}
		if odd {
			part, _ := bits.Mul64(first, uint64(mean))
			return whole*mean + time.Duration(part)
		}
	}
}
