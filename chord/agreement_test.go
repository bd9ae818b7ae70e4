package chord

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// In a ring at rest nobody has to repeat its lists: neighbours ask, and agree.
func TestNeighboursAgreeAtRest(t *testing.T) {
	for size := 3; size <= 7; size++ {
		w := ring(t, 3, []byte{0x10, 0x30, 0x50, 0x70, 0x90, 0xb0, 0xd0}[:size]...)
		w.run(20 * time.Second)
		for _, n := range w.nodes {
			n.Ready()
			n.stabilize(w.now)
			n.query(w.now, n.preds[0])
			w.drain(n)
		}
		answers := 0
		for len(w.mail) > 0 {
			switch m := w.mail[0].Message; {
			case m.Kind == State && m.Same:
				answers++
			case m.Kind == Notify || m.Kind == State:
				t.Errorf("%d members: %v sends %v a %v with lists %v and %v", size, m.From, m.To, m.Kind, m.Preds, m.Succ)
			}
			w.deliver()
			for _, n := range w.nodes {
				w.drain(n)
			}
		}
		if answers < 2*size {
			t.Errorf("%d members: %d answers, want two of each at least", size, answers)
		}
	}
}

// Whatever two nodes believe: if the one agrees with what the other asked, its lists
// would not have changed anything there.
func TestAgreementIsWithoutNews(t *testing.T) {
	const seed = 1
	r := rand.New(rand.NewPCG(seed, 0))
	crowd := ats(0x10, 0x50, 0x90)
	agreed := 0
	for range 10_000 {
		asker, other := believer(t, r, crowd, 0), believer(t, r, crowd, 1)
		asker.query(0, other.Self())
		question := asker.Ready().Messages[0]
		if !other.inAgreement(question) {
			continue
		}
		agreed++
		before := fmt.Sprint(asker.preds, asker.succ, asker.whole)
		asker.Step(1, Message{Kind: State, From: other.Self(), To: asker.Self(), Member: true, Seq: question.Seq, Preds: other.preds, Succ: other.succ, Whole: other.spans()})
		r := asker.Ready()
		if after := fmt.Sprint(asker.preds, asker.succ, asker.whole); after != before {
			t.Fatalf("seed %d: %v agreed, and its lists turn %v into %v", seed, sight(other.Neighbourhood()), before, after)
		}
		for _, m := range r.Messages {
			if m.Kind != Notify {
				t.Fatalf("seed %d: %v agreed, and its lists make the other send %v", seed, sight(other.Neighbourhood()), m.Kind)
			}
			before := fmt.Sprint(other.preds)
			other.Step(2, m)
			if after := fmt.Sprint(other.preds); after != before {
				t.Fatalf("seed %d: both agreed, and a notification turns the predecessors %v into %v", seed, before, after)
			}
		}
	}
	if agreed < 100 {
		t.Errorf("seed %d: agreed %d times of 10000, want often enough to prove something", seed, agreed)
	}
}

// believer is the member of a crowd in that place. It believes anything that is in
// order.
func believer(t *testing.T, r *rand.Rand, crowd []Contact, place int) *Node {
	n, err := New(Config{Self: crowd[place], Successors: 2})
	if err != nil {
		t.Fatal(err)
	}
	others := slices.Concat(crowd[place+1:], crowd[:place])
	others = slices.DeleteFunc(others, func(Contact) bool { return r.IntN(3) == 0 })
	n.member = true
	n.succ, n.whole = others[:r.IntN(len(others)+1)], r.IntN(2) == 0
	preds := slices.Clone(others)
	slices.Reverse(preds)
	n.preds = preds[:r.IntN(len(preds)+1)]
	if len(n.preds) == 0 {
		n.preds = []Contact{{}}
	}
	return n
}

// While nothing changes a member sends less and less; news make it as busy as before.
func TestPauses(t *testing.T) {
	w := ring(t, 3, 0x10, 0x30, 0x50, 0x70, 0x90)
	w.run(time.Minute)
	n := w.nodes[1]
	if got, want := n.rounds.pause, 2*time.Second; got != want {
		t.Errorf("a minute of rest later rounds pause for %v, want %v", got, want)
	}
	hears := func(kind Kind, from byte) func(*Node) {
		return func(n *Node) { n.Step(w.now, Message{Kind: kind, From: at(from), To: n.Self(), Member: true}) }
	}
	for name, news := range map[string]func(*Node){
		"a suspicion":   func(n *Node) { n.query(w.now, at(0x50)); n.Tick(n.calls[len(n.calls)-1].deadline) },
		"a goodbye":     hears(Leaving, 0x70),
		"a newcomer":    hears(Query, 0x40),
		"a predecessor": hears(Notify, 0x20),
	} {
		n := n.Clone()
		n.rounds.pause = n.rounds.most
		n.stabilizeAt = Never
		if news(n); n.rounds.slow() || n.stabilizeAt > w.now.Add(4*time.Second) {
			t.Errorf("%s does not make the rounds quicker: a pause of %v", name, n.rounds.pause)
		}
	}
}
