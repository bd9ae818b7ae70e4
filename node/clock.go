package node

import (
	"time"

	"peal/chord"
)

// A wallClock tells nanoseconds since 1970 and never goes backwards: it
// follows the monotonic clock, and the time of day when that has jumped ahead,
// as it does when a laptop wakes up.
type wallClock struct {
	base  time.Time
	ahead time.Duration // of the time of day against base
}

func newWallClock() wallClock { return wallClock{base: time.Now()} }

func (c *wallClock) now() chord.Time {
	const jump = time.Second
	t := time.Now()
	monotonic := c.base.UnixNano() + int64(t.Sub(c.base)) + int64(c.ahead)
	if d := time.Duration(t.UnixNano() - monotonic); d > jump {
		c.ahead += d
		monotonic = t.UnixNano()
	}
	return chord.Time(monotonic)
}
