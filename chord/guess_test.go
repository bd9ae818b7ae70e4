package chord

import (
	"slices"
	"testing"
	"time"
)

// heard lets a node hear from members, as it does in any traffic.
func heard(n *Node, from ...byte) {
	for _, c := range ats(from...) {
		n.Step(0, Message{Kind: Found, From: c, To: n.Self(), Member: true})
	}
	n.Ready()
}

// Who follows a target is guessed from all that was heard, and nobody is asked.
func TestGuess(t *testing.T) {
	n := member(t, 0x10, 0xf0, 0x20, 0x30, 0x40) // its list reaches 0x30 far
	heard(n, 0x90, 0xa0, 0xc0, 0xd0)
	for _, test := range []struct {
		target, count byte
		want          []byte // nil: too few
	}{
		{0x88, 2, []byte{0x90, 0xa0}},
		{0x88, 3, nil}, // the next one lies farther off than the list reaches
		{0xb8, 2, []byte{0xc0, 0xd0}},
		{0x50, 1, nil},
		{0xe8, 2, []byte{0xf0, 0x10}}, // with ourselves
		{0x18, 3, []byte{0x20, 0x30, 0x40}},
	} {
		got, ok := n.Guess(point(test.target), int(test.count))
		switch want := ats(test.want...); {
		case !ok && want == nil:
		case !ok || !got.Guessed || len(got.Owners) < len(want) || !slices.Equal(got.Owners[:len(want)], want):
			t.Errorf("the owners of %x: guessed %v, %v; want %v", test.target, got.Owners, ok, want)
		}
	}
	if sent := n.Ready().Messages; len(sent) > 0 {
		t.Errorf("it sent %v", sent)
	}
}

// In a ring of which we know all members, there is no need to guess.
func TestGuessInASmallRing(t *testing.T) {
	n := member(t, 0x10, 0x30, 0x20, 0x30)
	n.Tick(Time(time.Second)) // a round of stabilize, in any case
	answer(n, Time(time.Second), onlySent(t, n, Query, 0x20), ats(0x10), ats(0x30, 0x10))
	got, ok := n.Guess(point(0x28), 5)
	if want := ats(0x30, 0x10, 0x20); !ok || !got.Whole || !slices.Equal(got.Owners, want) {
		t.Errorf("guessed %v of %v, whole %v; want %v", got.Owners, ok, got.Whole, want)
	}
}

// Who asks for an owner that it has heard of talks to that one at once.
func TestLookupAsksTheLikelyOwnerFirst(t *testing.T) {
	n := member(t, 0x10, 0xf0, 0x20, 0x30, 0x40)
	heard(n, 0x90, 0xa0)
	n.LookupConfirmed(0, point(0x88))
	query := onlySent(t, n, Query, 0x90)
	n.Step(1, state(n, 0x90, query, ats(0x80), ats(0xa0, 0xb0)))
	wantOwners(t, n, 1, 0x90, 0xa0, 0xb0)
}
