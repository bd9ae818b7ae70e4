package sim

import (
	"math/bits"
	"time"
)

// A stream is a source of random numbers: SplitMix64 of Steele, Lea and Flood,
// "Fast splittable pseudorandom number generators" (OOPSLA 2014). It takes
// eight bytes, so every peer has its own for the messages that it sends: a
// fault left out of a schedule then hardly moves what happens elsewhere.
//
// Nothing that a stream decides depends on floating-point rounding, which may
// differ between processors: the same seed gives the same run everywhere.
type stream uint64

const goldenGamma = 0x9e3779b97f4a7c15

// newStream gives the stream that belongs to some numbers, in their order.
func newStream(seed uint64, path ...uint64) stream {
	s := stream(seed)
	for _, v := range path {
		s = stream(s.next() ^ v)
	}
	return s
}

func (s *stream) next() uint64 {
	*s += goldenGamma
	z := uint64(*s)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// below gives a number from 0 to n-1.
func (s *stream) below(n int) int {
	high, _ := bits.Mul64(s.next(), uint64(n))
	return int(high)
}

// upTo gives a duration from 0 to d.
func (s *stream) upTo(d time.Duration) time.Duration {
	high, _ := bits.Mul64(s.next(), uint64(d)+1)
	return time.Duration(high)
}

// chance is true with the given probability. Scaling by a power of two is exact.
func (s *stream) chance(p float64) bool {
	return p > 0 && float64(s.next()>>11) < p*(1<<53)
}

// exponential gives a duration of the exponential distribution, by von
// Neumann's method, which only compares: the first number of a descending run
// of odd length has this distribution between 0 and 1, and each run of even
// length before it counts one whole.
func (s *stream) exponential(mean time.Duration) time.Duration {
	for whole := time.Duration(0); ; whole++ {
		first := s.next()
		last, odd := first, true
		for v := s.next(); v < last; v = s.next() {
			last, odd = v, !odd
		}
		if odd {
			part, _ := bits.Mul64(first, uint64(mean))
			return whole*mean + time.Duration(part)
		}
	}
}
