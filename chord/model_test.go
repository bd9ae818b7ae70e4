package chord

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"
)

// A clone that is stepped like the node it came from sends the same messages
// and comes to the same state; and the node does not notice.
func TestCloneDoesTheSame(t *testing.T) {
	for seed := range uint64(3) {
		w := ring(t, 3, 0x10, 0x50, 0x90, 0xd0)
		n := w.nodes[0]
		n.Meet(w.now, at(0x90)) // a lookup under way
		random := rand.New(rand.NewPCG(seed, 0))
		for range 30 {
			w.run(time.Duration(random.IntN(50)) * time.Millisecond)
			before := n.AppendState(nil)
			k := n.Clone()
			m := Message{Kind: Kind(1 + random.IntN(int(Unreachable))), From: w.nodes[1+random.IntN(3)].Self(), To: n.Self(), Member: true, Seq: n.lastSeq}
			k.Step(w.now, m)
			k.Tick(w.now.Add(time.Minute))
			if got := n.AppendState(nil); !bytes.Equal(got, before) {
				t.Fatalf("seed %d: stepping a clone changed the node", seed)
			}
			n.Step(w.now, m)
			n.Tick(w.now.Add(time.Minute))
			w.now = w.now.Add(time.Minute)
			wantSame(t, seed, k, n)
			w.drain(n)
		}
	}
}

func wantSame(t *testing.T, seed uint64, clone, n *Node) {
	t.Helper()
	if got, want := clone.out.ready.Messages, n.out.ready.Messages; !slices.EqualFunc(got, want, func(a, b Message) bool { return fmt.Sprint(a) == fmt.Sprint(b) }) {
		t.Fatalf("seed %d: the clone sent %v, want %v", seed, got, want)
	}
	if got, want := clone.AppendState(nil), n.AppendState(nil); !bytes.Equal(got, want) {
		t.Fatalf("seed %d: the clone's state is %x, want %x", seed, got, want)
	}
}

// Whatever makes a node act differently is in its state.
func TestStateTellsApart(t *testing.T) {
	seen := map[string]string{}
	for _, c := range []struct {
		name   string
		happen func(n *Node)
	}{
		{"nothing", func(*Node) {}},
		{"a round", func(n *Node) { n.stabilize(1) }},
		{"an open request that is stale", func(n *Node) { n.stabilize(1); n.epoch++ }},
		{"a sign of life of whom it is about", func(n *Node) { n.stabilize(1); n.noteHeard(at(0x20)) }},
		{"a predecessor that follows", func(n *Node) { n.followedBy(at(0xf0)) }},
		{"another predecessor", func(n *Node) { n.setPredecessor(at(0x08), nil) }},
		{"a list that goes round", func(n *Node) { n.whole = true }},
		{"a contact given up", func(n *Node) { n.giveUp(1, at(0x40), false) }},
		{"a finger", func(n *Node) { n.fingers.add(at(0x90)) }},
		{"a contact remembered", func(n *Node) { n.cache.add(1, at(0x90)) }},
		{"a lookup", func(n *Node) { n.Lookup(1, point(0xc8)) }},
		{"another lookup", func(n *Node) { n.Lookup(1, point(0xd8)) }},
		{"a lookup with a hop that answered", func(n *Node) { n.Lookup(1, point(0xc8)); n.lookups[0].hops = []Hop{{}} }},
		{"a lookup with a hop that did not", func(n *Node) { n.Lookup(1, point(0xc8)); n.lookups[0].hops = []Hop{{Failed: true}} }},
		{"an introduction", func(n *Node) { n.Meet(1, at(0x40)) }},
		{"a doubt", func(n *Node) { n.doubts = append(n.doubts, doubt{about: at(0x20)}) }},
		{"a question of another", func(n *Node) { n.vouches = append(n.vouches, vouch{about: at(0x20), to: at(0x30)}) }},
		{"a farewell", func(n *Node) { n.Leave() }},
	} {
		n := member(t, 0x10, 0xf0, 0x20, 0x30, 0x40)
		c.happen(n)
		state := string(n.AppendState(nil))
		if other := seen[state]; other != "" {
			t.Errorf("%s and %s give the same state", c.name, other)
		}
		seen[state] = c.name
	}
}

// Numbers of requests are no state, only their order.
func TestStateHasNoNumbers(t *testing.T) {
	a, b := member(t, 0x10, 0xf0, 0x20, 0x30), member(t, 0x10, 0xf0, 0x20, 0x30)
	b.lastSeq, b.lastLook, b.epoch = 70, 7, 700
	for _, n := range []*Node{a, b} {
		n.Lookup(5, point(0xc8))
		n.stabilize(5)
	}
	if got, want := a.AppendState(nil), b.AppendState(nil); !bytes.Equal(got, want) {
		t.Errorf("the states differ: %x and %x", got, want)
	}
	if got := b.Open(); len(got) != 3 || got[0].Seq != 71 || got[1].To != at(0x20) {
		t.Errorf("open requests %v, want 3 from number 71", got)
	}
}

// A new field has to be thought of: in Clone if it holds a slice, a map or a
// pointer, and in AppendState if it decides what the node does. Then it goes
// into the list here.
func TestModelKnowsEveryField(t *testing.T) {
	for _, c := range []struct {
		of     any
		fields string
	}{
		{Node{}, "[out awake stabilizeAt fingerAt calls lost lookups rhythms vouches doubts preds succ epoch whole member known followed left stirred fingersFilled fingerBit cfg fingers cache rtt lastSeq lastLook rounds refreshes rand source]"},
		{call{}, "[seq to sent deadline lookup epoch try excuses heard state asAFavor measures relied]"},
		{lookup{}, "[id purpose target seeds started deadline toAsk asked source owners owner checked hops outside trace]"},
		{fingerTable{}, "[self near contacts intervals trips]"},
		{locationCache{}, "[self limit entries heads]"},
		{lostContact{}, "[Contact retryAt pause]"},
		{vouch{}, "[about to until]"},
		{doubt{}, "[about until]"},
		{Ready{}, "[Messages Found Events Neighbours]"},
		{Message{}, "[Kind From To Member Seq Target Done Preds Succ Closer Whole About Agreed Same]"},
	} {
		var names []string
		kind := reflect.TypeOf(c.of)
		for i := range kind.NumField() {
			names = append(names, kind.Field(i).Name)
		}
		if got := fmt.Sprint(names); got != c.fields {
			t.Errorf("%v has the fields %v, model.go knows %v", kind, got, c.fields)
		}
	}
}
