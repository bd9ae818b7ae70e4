package testnet

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"peal/chord"
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
			c.carry("somebody", 0, func() {
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
	new(cable).carry("somebody", 0, func() { arrived = true })
	if !arrived {
		t.Error("nothing has arrived when carry returns")
	}
}

// What is late holds up what comes behind it to the same peer, and nothing else.
func TestLateParcels(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c cable
		var order []string
		send := func(to chord.PeerID, late time.Duration, what string) {
			c.carry(to, late, func() { order = append(order, what) })
		}
		send("a", 2*time.Second, "a late")
		send("b", 0, "b")
		send("a", 0, "a behind it")
		send("b", time.Second, "b late")
		send("c", 0, "c")
		time.Sleep(3 * time.Second)
		send("a", 0, "a again")
		synctest.Wait()
		if want := []string{"b", "c", "b late", "a late", "a behind it", "a again"}; !slices.Equal(order, want) {
			t.Errorf("arrived as %q, want %q", order, want)
		}
	})
}
