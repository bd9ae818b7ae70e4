package replica

import (
	"math/rand/v2"
	"testing"
	"time"

	"peal/chord"
)

func TestClockNeverRepeatsNorFallsBack(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	var c Clock
	var last Stamp
	for i := range 2000 {
		if i%3 == 0 {
			seen := Version{Stamp: Stamp{Wall: r.Uint64N(1000), Count: r.Uint32N(5), Writer: "another"}}
			c.Observe(seen)
			if seen.Stamp.Compare(last) > 0 {
				last = seen.Stamp
			}
		}
		now := chord.Time(r.Int64N(int64(time.Second))) // even a clock that jumps back
		v := c.Stamp(now, "me", r.Uint32N(3))
		if v.Wall < last.Wall || v.Wall == last.Wall && v.Count <= last.Count && last != (Stamp{}) {
			t.Fatalf("stamped %v after %v", v, last)
		}
		last = v
	}
}

func TestClockFollowsTheTimeOfDay(t *testing.T) {
	var c Clock
	c.Stamp(chord.Time(5*time.Millisecond), "me", 0)
	if got, want := c.Stamp(chord.Time(7*time.Millisecond), "me", 5), (Stamp{Wall: 7, Writer: "me"}); got != want {
		t.Errorf("stamped %v, want %v", got, want)
	}
}

// What one life stamped ahead of the time of day is forgotten with it. Another that
// sees the same version does not stamp the same again.
func TestClockOfAnotherLife(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	stamped := map[Stamp]bool{}
	for range 20 {
		var c Clock
		c.Observe(Version{Stamp: Stamp{Wall: 1000, Writer: "another"}})
		for range 3 {
			s := c.Stamp(chord.Time(time.Millisecond), "me", r.Uint32N(skips))
			if stamped[s] {
				t.Errorf("%v is stamped twice", s)
			}
			stamped[s] = true
		}
	}
}

func TestTooFarAhead(t *testing.T) {
	now := startTime
	for _, c := range []struct {
		ahead time.Duration
		want  bool
	}{{-time.Hour, false}, {0, false}, {MaxSkew, false}, {MaxSkew + time.Millisecond, true}} {
		v := Version{Stamp: Stamp{Wall: millis(now.Add(c.ahead))}}
		if got := tooFarAhead(now, v); got != c.want {
			t.Errorf("%v ahead: refused %v, want %v", c.ahead, got, c.want)
		}
	}
}
