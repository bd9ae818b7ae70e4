package chord

import (
	"slices"
	"testing"
	"time"
)

func wantOwners(t testing.TB, n *Node, hops int, want ...byte) {
	t.Helper()
	found := n.Ready().Found
	if len(found) != 1 {
		t.Fatalf("%d lookups ended, want 1", len(found))
	}
	if got := found[0].Owners; !slices.Equal(got, ats(want...)) || len(found[0].Hops) != hops {
		t.Errorf("owners %v after the hops %v, want %v after %d", got, found[0].Hops, ats(want...), hops)
	}
}

// The successor is the owner of what lies between us and it.
func TestLookupFromOwnSuccessors(t *testing.T) {
	n := member(t, 0x10, 0xf0, 0x20, 0x30, 0x40)
	n.Lookup(0, point(0x18))
	wantOwners(t, n, 0, 0x20, 0x30, 0x40)
}

// We own what lies between our predecessor and us.
func TestLookupOfOwnArc(t *testing.T) {
	n := member(t, 0x10, 0xf0, 0x20, 0x30, 0x40)
	n.Lookup(0, point(0xf8))
	wantOwners(t, n, 0, 0x10, 0x20, 0x30, 0x40)
}

// The closest known predecessor of the target is asked, and then the closest
// that it names, until one names the owner.
func TestLookupIsIterative(t *testing.T) {
	n := member(t, 0x10, 0xf0, 0x20, 0x30, 0x40)
	n.Lookup(0, point(0xc8))
	find := onlySent(t, n, Find, 0x40)
	n.Step(1, Message{Kind: Found, From: at(0x40), To: n.Self(), Member: true, Seq: find.Seq, Closer: ats(0xb0, 0x90, 0x70)})
	find = onlySent(t, n, Find, 0xb0)
	n.Step(2, Message{Kind: Found, From: at(0xb0), To: n.Self(), Member: true, Seq: find.Seq, Done: true, Succ: ats(0xd0, 0xe0)})
	wantOwners(t, n, 2, 0xd0, 0xe0)
}

// A dead hop costs one timeout, and no restart.
func TestLookupPassesADeadHop(t *testing.T) {
	n := member(t, 0x10, 0xf0, 0x20, 0x30, 0x40)
	n.Lookup(0, point(0xc8))
	find := onlySent(t, n, Find, 0x40)
	n.Step(1, Message{Kind: Found, From: at(0x40), To: n.Self(), Member: true, Seq: find.Seq, Closer: ats(0xb0, 0x90, 0x70)})
	find = onlySent(t, n, Find, 0xb0)
	n.Step(2, Message{Kind: Unreachable, From: at(0xb0), To: n.Self()})
	find = onlySent(t, n, Find, 0x90)
	n.Step(3, Message{Kind: Found, From: at(0x90), To: n.Self(), Member: true, Seq: find.Seq, Done: true, Succ: ats(0xd0)})
	wantOwners(t, n, 3, 0xd0)
}

// Nobody is asked who does not lie between the one that named it and the target.
func TestLookupOnlyGetsCloser(t *testing.T) {
	n := member(t, 0x10, 0xf0, 0x20, 0x30, 0x40)
	n.Lookup(0, point(0xc8))
	find := onlySent(t, n, Find, 0x40)
	n.Step(1, Message{Kind: Found, From: at(0x40), To: n.Self(), Member: true, Seq: find.Seq, Closer: append(ats(0xd0, 0x38, 0x10, 0x40), Contact{})})
	for _, m := range n.Ready().Messages {
		if m.Kind == Find && m.To != at(0x30) && m.To != at(0x20) {
			t.Errorf("it asks %v", m.To)
		}
	}
}

// A lookup that finds nothing ends after its timeout.
func TestLookupEnds(t *testing.T) {
	n := member(t, 0x10, 0xf0, 0x20, 0x30, 0x40)
	id := n.Lookup(0, point(0xc8))
	var found []Result
	for n.Deadline() < Time(20*time.Second) && len(found) == 0 {
		now := n.Deadline()
		n.Tick(now)
		r := n.Ready()
		found = r.Found
		for _, m := range r.Messages {
			if m.Kind == Query { // the neighbours live, but never answer a Find
				answer(n, now, m, nil, nil)
			}
		}
	}
	if len(found) != 1 || found[0].Lookup != id || len(found[0].Owners) != 0 {
		t.Fatalf("found %v, want lookup %d without owners", found, id)
	}
	if got := found[0].Took; got < 10*time.Second || got > 13*time.Second {
		t.Errorf("it took %v, want 10 s and at most one timeout", got)
	}
}

// Every member finds the owner of every position in an ideal ring.
func TestLookupsAgree(t *testing.T) {
	positions := []byte{0x10, 0x30, 0x50, 0x70, 0x90, 0xb0, 0xd0}
	w := ring(t, 2, positions...)
	w.run(10 * time.Second)
	w.wantIdeal(2)
	for _, n := range w.nodes {
		for _, target := range positions {
			w.results = nil
			n.Lookup(w.now, point(target-8))
			w.run(time.Second)
			if len(w.results) != 1 || firstOf(w.results[0].Owners) != at(target) {
				t.Errorf("%v finds %v for %02x, want %v", n.Self(), w.results, target-8, at(target))
			}
		}
	}
}
