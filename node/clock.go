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

// now reports, too, whether the clock has just jumped.
func (c *wallClock) now() (now chord.Time, jumped bool) {
	const jump = time.Second
	t := time.Now()
	d := time.Duration(t.UnixNano() - int64(c.at(t)))
	if jumped = d > jump; jumped {
		c.ahead += d
	}
	return c.at(t), jumped
}

// read is the time without a look at the time of day.
func (c *wallClock) read() chord.Time { return c.at(time.Now()) }

func (c *wallClock) at(t time.Time) chord.Time {
	return chord.Time(c.base.UnixNano() + int64(t.Sub(c.base)) + int64(c.ahead))
}
