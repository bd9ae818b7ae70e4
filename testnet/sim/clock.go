package sim

import (
	"math/bits"

	"peal/chord"
)

// A clock is that of one peer. It gains so many units of 2^-20, about a
// millionth each, on simulated time; or loses them, if negative.
type clock int32

const clockUnit = 1 << 20

// read is what the clock shows at a time: it never goes backwards.
func (c clock) read(t chord.Time) chord.Time { return scale(t, clockUnit+uint64(c), clockUnit) }

// when is the first time at which the clock shows t.
func (c clock) when(t chord.Time) chord.Time {
	if c == 0 || t == chord.Never {
		return t
	}
	at := scale(t, clockUnit, clockUnit+uint64(c))
	for c.read(at) < t {
		at++
	}
	return at
}

// scale is t * by / over, rounded down.
func scale(t chord.Time, by, over uint64) chord.Time {
	if by == over {
		return t
	}
	high, low := bits.Mul64(uint64(t), by)
	q, _ := bits.Div64(high, low, over)
	return chord.Time(q)
}

// newClock gives a peer's clock: it runs wrong by up to the share drift.
func newClock(r *stream, drift float64) clock {
	most := int(drift * clockUnit)
	if most == 0 {
		return 0
	}
	return clock(r.below(2*most+1) - most)
}
