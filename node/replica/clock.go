package replica

import (
	"math"
	"time"

	"peal/chord"
)

// MaxSkew is how far ahead of the local time a version may lie, in any peer's
// record, before it is refused.
const MaxSkew = time.Minute

// A Clock is a hybrid logical clock (Kulkarni et al., 2014): its stamps follow
// the time of day, and are later than every version seen before.
type Clock struct {
	wall  uint64
	count uint32
}

// skips is how many counts a stamp may skip.
const skips = 1 << 16

// Stamp is a version later than all before, but for those that lay further ahead
// than anybody may write. If it runs ahead of the time of day it skips some counts, a
// random number below skips: an earlier life of the writer may have seen the same
// version, and have gone on from there.
func (c *Clock) Stamp(now chord.Time, writer chord.PeerID, skip uint32) Stamp {
	step := uint32(1)
	if c.wall > millis(now) {
		step += skip
	}
	switch ms := millis(now); {
	case ms > c.wall, farAhead(now, c.wall):
		c.wall, c.count = ms, 0
	case c.count > math.MaxUint32-step:
		c.wall, c.count = c.wall+1, step
	default:
		c.count += step
	}
	return Stamp{Wall: c.wall, Count: c.count, Writer: writer}
}

// Observe makes later stamps exceed v.
func (c *Clock) Observe(v Version) {
	for _, s := range [...]Stamp{v.Stamp, v.Touched} {
		if s.Wall > c.wall || (s.Wall == c.wall && s.Count > c.count) {
			c.wall, c.count = s.Wall, s.Count
		}
	}
}

// tooFarAhead reports whether a version claims to come from the future.
func tooFarAhead(now chord.Time, v Version) bool {
	return farAhead(now, v.Wall) || farAhead(now, v.Touched.Wall)
}

func farAhead(now chord.Time, wall uint64) bool { return wall > millis(now.Add(MaxSkew)) }

func millis(t chord.Time) uint64 { return uint64(max(0, t)) / uint64(time.Millisecond) }
