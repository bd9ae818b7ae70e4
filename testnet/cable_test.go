package testnet

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// A cable carries everything in order, each parcel for so long.
func TestCable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const delay = 10 * time.Millisecond
		c := cable{delay: delay}
		var order []int
		var took []time.Duration
		for i := range 6 {
			sent := time.Now()
			c.carry(func() {
				order = append(order, i)
				took = append(took, time.Since(sent))
			})
			time.Sleep(time.Duration(i) * delay / 3)
		}
		time.Sleep(2 * delay)
		synctest.Wait()
		if want := []int{0, 1, 2, 3, 4, 5}; !slices.Equal(order, want) {
			t.Errorf("arrived as %v, want %v", order, want)
		}
		for i, d := range took {
			if d != delay {
				t.Errorf("parcel %d took %v, want %v", i, d, delay)
			}
		}
	})
}

// One without a delay makes nobody wait.
func TestCableWithoutDelay(t *testing.T) {
	arrived := false
	new(cable).carry(func() { arrived = true })
	if !arrived {
		t.Error("nothing has arrived when carry returns")
	}
}
