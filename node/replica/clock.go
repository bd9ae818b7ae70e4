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

// Stamp is a version later than all before, but for those that lay further ahead
// than anybody may write.
func (c *Clock) Stamp(now chord.Time, writer chord.PeerID) Version {
	switch ms := millis(now); {
	case ms > c.wall, tooFarAhead(now, Version{Wall: c.wall}):
		c.wall, c.count = ms, 0
	case c.count == math.MaxUint32:
		c.wall, c.count = c.wall+1, 0
	default:
		c.count++
	}
	return Version{Wall: c.wall, Count: c.count, Writer: writer}
}

// Observe makes later stamps exceed v.
func (c *Clock) Observe(v Version) {
	if v.Wall > c.wall || (v.Wall == c.wall && v.Count > c.count) {
		c.wall, c.count = v.Wall, v.Count
	}
}

// tooFarAhead reports whether a version claims to come from the future.
func tooFarAhead(now chord.Time, v Version) bool {
	return v.Wall > millis(now.Add(MaxSkew))
}

func millis(t chord.Time) uint64 { return uint64(max(0, t)) / uint64(time.Millisecond) }
