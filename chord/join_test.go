package chord

import (
	"slices"
	"testing"
)

// looked is a member that was told of another part of the ring, and has just
// heard from its peer 0x14 who stands behind 0x10 there.
func looked(t *testing.T, behind byte) *Node {
	t.Helper()
	n := member(t, 0x10, 0xf0, 0x20, 0x30, 0x40)
	for _, c := range ats(0x20, 0x80) {
		n.fingers.add(c)
	}
	n.Step(0, Message{Kind: Meet, From: at(0x30), To: n.Self(), Member: true, About: at(0xe8)})
	find := onlySent(t, n, Find, 0xe8)
	n.Step(1, Message{Kind: Found, From: at(0xe8), To: n.Self(), Member: true, Seq: find.Seq, Done: true, Succ: ats(behind, 0x50)})
	return n
}

// Whoever finds a peer between itself and its successor by an introduction has
// found another part of the ring, and says so to others.
func TestNewsOfAnotherPartArePassedOn(t *testing.T) {
	n := looked(t, 0x14)
	news := slices.DeleteFunc(n.Ready().Messages, func(m Message) bool { return m.Kind != Meet })
	if len(news) != newsFanout || news[0].To == news[1].To {
		t.Fatalf("sent %v, want news for %d peers", news, newsFanout)
	}
	for _, m := range news {
		if m.About != at(0x14) || !slices.Contains(n.Fingers(), m.To) {
			t.Errorf("told %v of %v, want a finger told of %v", m.To, m.About, at(0x14))
		}
	}
}

func TestOldNewsAreNotPassedOn(t *testing.T) {
	n := looked(t, 0x20)
	if sent := n.Ready().Messages; slices.ContainsFunc(sent, func(m Message) bool { return m.Kind == Meet }) {
		t.Errorf("sent %v, want no news of a peer known before", sent)
	}
}

// One who is no member has nothing to sew together, and is told how to join by
// its driver alone.
func TestNewsForNonMembers(t *testing.T) {
	n := newNode(t, 0x10, 3)
	n.Step(0, Message{Kind: Meet, From: at(0x30), To: n.Self(), Member: true, About: at(0xe8)})
	if sent := n.Ready().Messages; len(sent) > 0 {
		t.Errorf("sent %v", sent)
	}
}

// Of several ways in the closest to the joiner's place is asked first, in whatever
// order they were named; and nobody is asked twice while one of them is left.
func TestWaysInAreAskedInOrder(t *testing.T) {
	n := newNode(t, 0x70, 3)
	n.Meet(0, at(0xa0))
	find := onlySent(t, n, Find, 0xa0)
	n.Meet(1, at(0x90)) // the farthest
	n.Meet(1, at(0x60))
	n.Step(2, Message{Kind: Found, From: at(0xa0), To: n.Self(), Member: true, Seq: find.Seq, Closer: ats(0x50, 0x40)})
	for _, next := range []byte{0x60, 0x50, 0x40} {
		find = onlySent(t, n, Find, next)
		n.Step(3, Message{Kind: Found, From: at(next), To: n.Self(), Seq: find.Seq})
	}
	onlySent(t, n, Find, 0xa0) // for others
}

// A newcomer is known once somebody takes it for its successor; one that is alone
// has nobody to be known to.
func TestNewcomerBecomesKnown(t *testing.T) {
	n := newNode(t, 0x20, 3)
	n.Meet(0, at(0x10))
	find := onlySent(t, n, Find, 0x10)
	n.Step(1, Message{Kind: Found, From: at(0x10), To: n.Self(), Member: true, Seq: find.Seq, Done: true, Succ: ats(0x30)})
	if e := n.Ready().Events; !slices.Contains(e, Event{Joined, at(0x10)}) || slices.Contains(e, Event{Known, at(0x10)}) {
		t.Errorf("events %v, want a member that nobody knows", e)
	}
	notice := Message{Kind: Notify, From: at(0x10), To: n.Self(), Member: true}
	n.Step(2, notice)
	n.Step(3, notice)
	if e := n.Ready().Events; !slices.Equal(e, []Event{{Known, at(0x10)}}) {
		t.Errorf("events %v, want that 10 knows it, once", e)
	}
	alone := newNode(t, 0x20, 3)
	alone.Create(0)
	if e := alone.Ready().Events; !slices.Contains(e, Event{Known, Contact{}}) {
		t.Errorf("events %v of one that is alone", e)
	}
}
