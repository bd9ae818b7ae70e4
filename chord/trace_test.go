package chord

import (
	"slices"
	"testing"
)

// traced is a member that looks for 0xc8, and tells how it chooses. It has asked 0x40.
func traced(t *testing.T) (*Node, Message) {
	t.Helper()
	n := member(t, 0x10, 0xf0, 0x20, 0x30, 0x40)
	n.Trace(n.Lookup(0, point(0xc8)))
	return n, onlySent(t, n, Find, 0x40)
}

// found is an answer of a hop.
func found(n *Node, find Message, m Message) Message {
	m.Kind, m.From, m.To, m.Member, m.Seq = Found, find.To, n.Self(), true, find.Seq
	return m
}

func others(why Reason, bs ...byte) []Other {
	var list []Other
	for _, c := range ats(bs...) {
		list = append(list, Other{c, why})
	}
	return list
}

// wantChoices drains a node whose lookup has ended, and compares why it asked its hops.
func wantChoices(t *testing.T, n *Node, hops []byte, want ...Choice) {
	t.Helper()
	list := n.Ready().Found
	if len(list) != 1 || len(list[0].Hops) != len(hops) || len(list[0].Choices) != len(hops) {
		t.Fatalf("found %+v, want one lookup with choices for %d hops", list, len(hops))
	}
	for i, got := range list[0].Choices {
		if hop := list[0].Hops[i].Contact; hop != at(hops[i]) || got.Why != want[i].Why || got.After != want[i].After || !slices.Equal(got.Others, want[i].Others) {
			t.Errorf("hop %d is %v, with %+v; want %v, with %+v", i+1, hop, got, at(hops[i]), want[i])
		}
	}
}

// Hops are in the order of their answers, choices in that of the hops: of the two that
// are asked at once the farther one answers, and the other one never.
func TestTraceOfHops(t *testing.T) {
	n, find := traced(t)
	n.Step(1, found(n, find, Message{Closer: ats(0xb0, 0x90, 0x70)}))
	both := finds(n)
	n.Step(2, found(n, both[1], Message{Closer: ats(0xb8)}))
	find = finds(n)[0]
	n.Step(3, Message{Kind: Unreachable, From: at(0xb0), To: n.Self()})
	n.Step(4, found(n, find, Message{Done: true, Succ: ats(0xd0)}))
	wantChoices(t, n, []byte{0x40, 0x90, 0xb0, 0xb8},
		Choice{Closest, 0, others(Farther, 0x30, 0x20)},
		Choice{Closest, 1, slices.Concat(others(Waiting, 0xb0), others(Farther, 0x70, 0x30, 0x20))},
		Choice{Closest, 1, others(Farther, 0x90, 0x70, 0x30, 0x20)},
		Choice{Closest, 2, slices.Concat(others(Waiting, 0xb0), others(Farther, 0x70, 0x30, 0x20))},
	)
}

// One behind the target is asked first, and the next one when it is silent.
func TestTraceOfOwners(t *testing.T) {
	n, find := traced(t)
	n.Step(1, found(n, find, Message{Closer: ats(0xb0), Succ: ats(0xd0, 0xe0)}))
	n.Step(2, Message{Kind: Unreachable, From: at(0xd0), To: n.Self()})
	query := onlySent(t, n, Query, 0xe0)
	n.Step(3, state(n, 0xe0, query, ats(0xb8), ats(0xf0)))
	wantChoices(t, n, []byte{0x40, 0xd0, 0xe0},
		Choice{Closest, 0, others(Farther, 0x30, 0x20)},
		Choice{MayOwn, 1, slices.Concat(others(Behind, 0xe0), others(Before, 0xb0, 0x30, 0x20))},
		Choice{MayOwn, 2, slices.Concat(others(Silent, 0xd0), others(Before, 0xb0, 0x30, 0x20))},
	)
}

// A peer that was given up is not asked, whoever names it.
func TestTraceOfTheLost(t *testing.T) {
	n := member(t, 0x10, 0xf0, 0x20, 0x30, 0x40)
	n.Step(0, Message{Kind: Unreachable, From: at(0x40), To: n.Self()})
	n.Trace(n.Lookup(0, point(0xc8)))
	find := onlySent(t, n, Find, 0x30)
	n.Step(1, found(n, find, Message{Closer: ats(0x40, 0x38)}))
	find = onlySent(t, n, Find, 0x38)
	n.Step(2, found(n, find, Message{Done: true, Succ: ats(0xd0)}))
	wantChoices(t, n, []byte{0x30, 0x38},
		Choice{Closest, 0, others(Farther, 0x20)},
		Choice{Closest, 1, slices.Concat(others(GivenUp, 0x40), others(Farther, 0x20))},
	)
}

// When all that a peer named are silent it is asked again.
func TestTraceOfTheSource(t *testing.T) {
	n, find := traced(t)
	n.Step(1, found(n, find, Message{Closer: ats(0xb0)}))
	n.Step(2, Message{Kind: Unreachable, From: at(0xb0), To: n.Self()})
	find = onlySent(t, n, Find, 0x40)
	n.Step(3, found(n, find, Message{Done: true, Succ: ats(0xd0)}))
	wantChoices(t, n, []byte{0x40, 0xb0, 0x40},
		Choice{Closest, 0, others(Farther, 0x30, 0x20)},
		Choice{Closest, 1, others(Farther, 0x30, 0x20)},
		Choice{Again, 2, slices.Concat(others(Silent, 0xb0), others(Farther, 0x30, 0x20))},
	)
}

// However many there are, a handful is told of.
func TestTraceIsBounded(t *testing.T) {
	n, find := traced(t)
	n.Step(1, found(n, find, Message{Closer: ats(0xb0, 0xa8, 0xa0, 0x98, 0x90, 0x88, 0x80, 0x78, 0x70, 0x68, 0x60)}))
	find = finds(n)[0]
	n.Step(2, found(n, find, Message{Done: true, Succ: ats(0xd0)}))
	wantChoices(t, n, []byte{0x40, 0xb0},
		Choice{Closest, 0, others(Farther, 0x30, 0x20)},
		Choice{Closest, 1, others(Farther, 0xa8, 0xa0, 0x98, 0x90, 0x88, 0x80)},
	)
}

// Nobody else has choices, nor one that needs to ask nobody.
func TestUntraced(t *testing.T) {
	n := member(t, 0x10, 0xf0, 0x20, 0x30, 0x40)
	n.Lookup(0, point(0xc8))
	n.Trace(n.Lookup(0, point(0x18)))
	find := onlySent(t, n, Find, 0x40)
	n.Step(1, found(n, find, Message{Done: true, Succ: ats(0xd0)}))
	for _, r := range n.Ready().Found {
		if r.Choices != nil {
			t.Errorf("the lookup of %v has the choices %v", r.Target, r.Choices)
		}
	}
}
