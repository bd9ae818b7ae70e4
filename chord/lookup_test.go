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

// finds drains a node and gives the lookup requests that it sent.
func finds(n *Node) []Message {
	return slices.DeleteFunc(slices.Clone(n.Ready().Messages), func(m Message) bool { return m.Kind != Find })
}

// Of those that a hop names the two closest are asked at once, and of what the one
// says that answers first again the closest, so that two always are.
func TestLookupAsksTwoAtATime(t *testing.T) {
	n := member(t, 0x10, 0xf0, 0x20, 0x30, 0x40)
	n.Lookup(0, point(0xc8))
	first := finds(n)
	n.Step(1, Message{Kind: Found, From: at(0x40), To: n.Self(), Member: true, Seq: first[0].Seq, Closer: ats(0xb0, 0x90, 0x70)})
	both := finds(n)
	if len(first) != 1 || len(both) != 2 || both[0].To != at(0xb0) || both[1].To != at(0x90) {
		t.Fatalf("asked %v and then %v, want one and then two", first, both)
	}
	n.Step(2, Message{Kind: Found, From: at(0x90), To: n.Self(), Member: true, Seq: both[1].Seq, Closer: ats(0xb8, 0xb0)})
	next := finds(n)
	if len(next) != 1 || next[0].To != at(0xb8) {
		t.Fatalf("asked %v behind the first answer, want %v alone", next, at(0xb8))
	}
	n.Step(3, Message{Kind: Found, From: at(0xb0), To: n.Self(), Member: true, Seq: both[0].Seq, Done: true, Succ: ats(0xd0)})
	wantOwners(t, n, 3, 0xd0)
	n.Step(4, Message{Kind: Found, From: at(0xb8), To: n.Self(), Member: true, Seq: next[0].Seq, Closer: ats(0xc0)})
	if late := n.Ready(); len(late.Messages)+len(late.Found) > 0 {
		t.Errorf("an answer that is not needed any more leads to %v", late)
	}
}

// A dead hop costs no timeout where the other one answers, and no restart.
func TestLookupPassesADeadHop(t *testing.T) {
	n := member(t, 0x10, 0xf0, 0x20, 0x30, 0x40)
	n.Lookup(0, point(0xc8))
	find := onlySent(t, n, Find, 0x40)
	n.Step(1, Message{Kind: Found, From: at(0x40), To: n.Self(), Member: true, Seq: find.Seq, Closer: ats(0xb0, 0x90, 0x70)})
	find = finds(n)[1]
	n.Step(2, Message{Kind: Unreachable, From: at(0xb0), To: n.Self()})
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

// confirming is a member that looks for the owner of a target, was told by 0x40
// that it is 0xd0, and asks that one.
func confirming(t *testing.T) (*Node, Message) {
	t.Helper()
	n := member(t, 0x10, 0xf0, 0x20, 0x30, 0x40)
	n.LookupConfirmed(0, point(0xa8))
	find := onlySent(t, n, Find, 0x40)
	n.Step(1, Message{Kind: Found, From: at(0x40), To: n.Self(), Member: true, Seq: find.Seq, Done: true, Succ: ats(0xd0, 0xe0)})
	return n, onlySent(t, n, Query, 0xd0)
}

// The owner that was named is asked, and its own list counts.
func TestOwnerConfirms(t *testing.T) {
	n, query := confirming(t)
	answer(n, 2, query, ats(0x40), ats(0xe8))
	wantOwners(t, n, 2, 0xd0, 0xe8)
}

// A peer that came in between, known to the one behind it alone, is found.
func TestOwnerNamesAnother(t *testing.T) {
	n, query := confirming(t)
	answer(n, 2, query, ats(0xcc, 0x40), ats(0xe0))
	answer(n, 3, onlySent(t, n, Query, 0xcc), ats(0x40), ats(0xd0, 0xe0))
	wantOwners(t, n, 3, 0xcc, 0xd0, 0xe0)
}

// A dead owner is not named: the lookup starts over, and finds the next one
// when that has noticed.
func TestDeadOwnerIsNotNamed(t *testing.T) {
	n, _ := confirming(t)
	n.Step(2, Message{Kind: Unreachable, From: at(0xd0), To: n.Self()})
	answer(n, 3, onlySent(t, n, Query, 0xe0), ats(0xd0, 0x40), ats(0xf0))
	if got := n.Ready(); len(got.Found) != 0 {
		t.Fatalf("it ends with %v, want a pause", got.Found)
	}
	now := Time(3).Add(lookupPause)
	n.Tick(now)
	find := onlySent(t, n, Find, 0x40)
	n.Step(now, Message{Kind: Found, From: at(0x40), To: n.Self(), Member: true, Seq: find.Seq, Done: true, Succ: ats(0xe0)})
	answer(n, now, onlySent(t, n, Query, 0xe0), ats(0x40), ats(0xf0))
	wantOwners(t, n, 5, 0xe0, 0xf0)
}

// One that we gave up may be back: its predecessor knows, and it is asked.
func TestOwnerThatIsBack(t *testing.T) {
	n := member(t, 0x10, 0xf0, 0x20, 0x30, 0x40)
	n.fingers.add(at(0xd0))
	n.Step(0, Message{Kind: Unreachable, From: at(0xd0), To: n.Self()})
	n.LookupConfirmed(0, point(0xa8))
	find := onlySent(t, n, Find, 0x40)
	n.Step(1, Message{Kind: Found, From: at(0x40), To: n.Self(), Member: true, Seq: find.Seq, Done: true, Succ: ats(0xd0, 0xe0)})
	answer(n, 2, onlySent(t, n, Query, 0xd0), ats(0x40), ats(0xe0))
	wantOwners(t, n, 2, 0xd0, 0xe0)
}

// One that has no predecessor is not sure of anything.
func TestUnsureOwner(t *testing.T) {
	n, query := confirming(t)
	answer(n, 2, query, nil, ats(0xe0))
	if got := n.Ready().Found; len(got) != 0 {
		t.Errorf("it ends with %v, want a pause", got)
	}
}

func TestAloneIsTheOwner(t *testing.T) {
	n := newNode(t, 0x10, 3)
	n.Create(0)
	n.LookupConfirmed(0, point(0xa8))
	wantOwners(t, n, 0, 0x10)
}

// A hop that is a ring of its own claims every position; it knows nothing of our
// ring.
func TestLookupPassesARingOfOne(t *testing.T) {
	n := member(t, 0x10, 0xf0, 0x20, 0x30, 0x40)
	n.Lookup(0, point(0xc8))
	find := onlySent(t, n, Find, 0x40)
	n.Step(1, Message{Kind: Found, From: at(0x40), To: n.Self(), Member: true, Seq: find.Seq, Done: true, Succ: ats(0x40), Whole: true})
	find = onlySent(t, n, Find, 0x30)
	n.Step(2, Message{Kind: Found, From: at(0x30), To: n.Self(), Member: true, Seq: find.Seq, Done: true, Succ: ats(0xd0)})
	wantOwners(t, n, 2, 0xd0)
}

// A joiner whom a ring answers goes on asking for its place; only one whom
// nobody answers may begin a ring of its own.
func TestJoinerGoesOnWhileThereIsARing(t *testing.T) {
	for _, answers := range []bool{true, false} {
		n := newNode(t, 0x10, 3)
		n.Meet(0, at(0x40))
		for n.Deadline() < Time(30*time.Second) {
			now := n.Deadline()
			n.Tick(now)
			for _, m := range n.Ready().Messages {
				if answers {
					n.Step(now, Message{Kind: Found, From: m.To, To: n.Self(), Member: true, Seq: m.Seq})
				}
			}
		}
		if got := n.looking(joinLookup); got != answers {
			t.Errorf("answers %v: it goes on looking: %v", answers, got)
		}
	}
}
