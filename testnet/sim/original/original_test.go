package original

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"peal/chord"
	"peal/testnet/sim"
)

// at is a contact at a place of the circle, of 256.
func at(place byte) chord.Contact {
	return chord.Contact{ID: chord.ID{place}, Peer: chord.PeerID(fmt.Sprint("peer", place))}
}

func ringAt(length int, places ...byte) *ring {
	var members []chord.Contact
	for _, p := range places {
		members = append(members, at(p))
	}
	return newRing(members, length, func(sim.Observation) {})
}

func (r *ring) wantIdeal(t *testing.T, when string) {
	t.Helper()
	if err := chord.Ideal(r.views(), r.length); err != nil {
		t.Errorf("%s: %v", when, err)
	}
}

func (r *ring) rounds(n int) { r.advance(r.now.Add(time.Duration(n) * every)) }

// Without crashes the old rules do what they promise.
func TestJoinsAreRight(t *testing.T) {
	r := ringAt(2, 0, 50, 100, 200)
	for _, place := range []byte{60, 70, 65, 250, 1} {
		r.join(at(place))
	}
	r.rounds(10)
	r.wantIdeal(t, "after five joins at once")
}

// A single crash is mended.
func TestOneCrashIsMended(t *testing.T) {
	r := ringAt(2, 0, 50, 100, 200)
	r.crash(at(100))
	r.rounds(5)
	r.wantIdeal(t, "after a crash")
}

// The dead peer that a successor still names pushes a live one out of the list.
func TestStabilizeAdoptsTheDead(t *testing.T) {
	r := ringAt(2, 0, 50, 100, 200)
	r.join(at(25)) // 50 takes it for its predecessor, and 0 has not heard of it yet
	r.crash(at(25))
	p := r.find(at(0))
	r.stabilize(p)
	if want := []chord.Contact{at(25), at(50)}; !slices.Equal(p.succ, want) {
		t.Errorf("the list is %v, want the dead one first: %v", p.succ, want)
	}
	r.crash(at(50))
	r.rounds(100)
	if err := chord.Check(r.views()); err == nil {
		t.Error("the ring has mended itself, want it broken for good")
	}
}

// Through the same joins and crashes, the old rules break many rings, and ours none.
func TestTrials(t *testing.T) {
	const seeds = 60
	spared, broken := 0, 0
	for seed := range uint64(seeds) {
		got, err := Trial{Seed: seed}.Run()
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if got.Present != "" {
			t.Errorf("seed %d: our rules: %s", seed, got.Present)
		}
		if got.Spared {
			spared++
		}
		if got.Original != "" {
			broken++
		}
	}
	if spared > seeds/10 || broken < seeds/10 {
		t.Errorf("of %d trials %d were spared and %d broken by the old rules, want few and many", seeds, spared, broken)
	}
}

// Both are told as recordings are: the same peers come and go at the same moments.
func TestBothAreTold(t *testing.T) {
	told := map[string][]string{}
	hear := func(of string) func(sim.Observation) {
		return func(o sim.Observation) {
			if o.Kind == sim.Crashed || o.Kind == sim.Emitted && o.Event.Kind == chord.Joined && o.At > 0 {
				told[of] = append(told[of], fmt.Sprint(o.At, o.Peer, o.Kind))
			}
		}
	}
	if _, err := (Trial{Seed: 2, Original: hear("original"), Present: hear("present")}).Run(); err != nil {
		t.Fatal(err)
	}
	if got, want := told["original"], told["present"]; len(want) != 3 || !slices.Equal(got, want) {
		t.Errorf("under the old rules %v, want a join and two crashes as under ours: %v", got, want)
	}
}
