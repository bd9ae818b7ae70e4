package sim

import (
	"math"
	"testing"
	"time"

	"peal/chord"
)

// TestExponential compares mean, spread and tail with those of the distribution.
func TestExponential(t *testing.T) {
	const draws = 200_000
	r := newStream(1)
	var sum, squares, tail float64
	for range draws {
		v := r.exponential(time.Second).Seconds()
		sum, squares = sum+v, squares+v*v
		if v > 3 {
			tail++
		}
	}
	mean := sum / draws
	for _, c := range []struct {
		what      string
		got, want float64
	}{{"mean", mean, 1}, {"deviation", math.Sqrt(squares/draws - mean*mean), 1}, {"share above 3", tail / draws, math.Exp(-3)}} {
		if math.Abs(c.got-c.want) > 0.01*max(c.want, 0.2) {
			t.Errorf("%s is %.4f, want %.4f", c.what, c.got, c.want)
		}
	}
}

func TestStreamsDiffer(t *testing.T) {
	first := map[uint64]uint64{}
	for path := range uint64(1000) {
		r := newStream(7, path)
		v := r.next()
		if other, seen := first[v]; seen {
			t.Errorf("the streams %d and %d begin alike", other, path)
		}
		first[v] = path
	}
	a, b := newStream(1, 2, 3), newStream(1, 3, 2)
	if a.next() == b.next() {
		t.Error("the order of a stream's numbers does not matter")
	}
}

// TestClock: a clock never goes back, and when is the inverse of read.
func TestClock(t *testing.T) {
	r := newStream(1)
	for range 1000 {
		c := newClock(&r, 0.1)
		at := chord.Time(r.upTo(24 * time.Hour))
		if c.read(at+1) < c.read(at) {
			t.Errorf("clock %d shows %d, then %d", c, c.read(at), c.read(at+1))
		}
		shown := chord.Time(r.upTo(24 * time.Hour))
		if when := c.when(shown); c.read(when) < shown || c.read(when-1) >= shown {
			t.Errorf("clock %d does not show %d for the first time at %d", c, shown, when)
		}
	}
	if c := clock(1000); c.when(chord.Never) != chord.Never {
		t.Errorf("never comes at %d", c.when(chord.Never))
	}
}
