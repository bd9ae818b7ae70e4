package chord

import (
	"slices"
	"testing"
	"time"
)

func TestSmallRings(t *testing.T) {
	for _, positions := range [][]byte{{0x10}, {0x10, 0x90}, {0x10, 0x90, 0x50}, {0x90, 0x10, 0x50, 0xd0, 0x30}} {
		w := ring(t, 3, positions...)
		w.run(10 * time.Second)
		w.wantIdeal(3)
		// A list of three tells whether it goes round only if there is room.
		if v := w.nodes[0].Neighbourhood(); len(positions) <= 3 && !v.Whole {
			t.Errorf("in a ring of %d the list %v is not whole", len(positions), v.Succ)
		}
	}
}

func TestRingShrinksToOne(t *testing.T) {
	w := ring(t, 3, 0x10, 0x50, 0x90)
	w.nodes[1].Leave()
	w.run(time.Second)
	w.kill(w.nodes[1])
	w.run(20 * time.Second)
	w.wantIdeal(3)
	w.kill(w.nodes[1])
	w.run(20 * time.Second)
	w.wantIdeal(3)
	wantSucc(t, w.nodes[0])
}

func TestRestartWithTheSameIdentity(t *testing.T) {
	for _, pause := range []time.Duration{0, time.Second, 3 * time.Second, 30 * time.Second} {
		w := ring(t, 3, 0x10, 0x50, 0x90, 0xd0)
		w.kill(w.nodes[1])
		w.run(pause)
		again := w.add(newNode(t, 0x50, 3))
		again.Meet(w.now, at(0x90))
		w.run(20 * time.Second)
		if err := Ideal(w.views(), 3); err != nil || !again.Member() {
			t.Errorf("back after %v: member %v, %v", pause, again.Member(), err)
		}
	}
}

func TestTwoRingsMerge(t *testing.T) {
	w := ring(t, 3, 0x10, 0x50, 0x90, 0xd0)
	other := ring(t, 3, 0x18, 0x30, 0x58, 0x70, 0xb0)
	w.now = max(w.now, other.now)
	w.nodes = append(w.nodes, other.nodes...)
	if Check(w.views()) == nil {
		t.Fatal("two rings pass for one")
	}
	w.nodes[0].Meet(w.now, at(0x70))
	w.run(time.Minute)
	w.wantIdeal(3)
}

// Peers that were cut off from each other, and gave each other up, are one ring
// again some time after they can reach each other.
func TestSplitRingHeals(t *testing.T) {
	w := ring(t, 3, 0x10, 0x30, 0x50, 0x70, 0x90, 0xb0)
	w.run(20 * time.Second)
	far := slices.Clone(w.nodes[3:])
	apart := &network{t: t, now: w.now, nodes: far}
	w.nodes, w.mail = w.nodes[:3:3], nil
	w.run(30 * time.Second)
	apart.run(30 * time.Second)
	w.wantIdeal(3)
	apart.wantIdeal(3)
	w.nodes = append(w.nodes, far...)
	w.run(3 * time.Minute)
	w.wantIdeal(3)
}
