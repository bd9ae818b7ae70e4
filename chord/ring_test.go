package chord

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"
)

// at is a contact whose position begins with the byte b, so that tests can
// place peers by hand. Positions are hashes: we try names until one fits.
func at(b byte) Contact {
	for i := 0; ; i++ {
		if c := NewContact(PeerID(fmt.Sprintf("peer %02x %d", b, i)), 0); c.ID[0] == b {
			return c
		}
	}
}

func ats(bs ...byte) []Contact {
	var list []Contact
	for _, b := range bs {
		list = append(list, at(b))
	}
	return list
}

// point is the position b000...
func point(b byte) ID { return ID{b} }

func newNode(t testing.TB, self byte, successors int) *Node {
	t.Helper()
	n, err := New(Config{Self: at(self), Successors: successors, FixFingerEvery: -1})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// member is a node with neighbours, at time 0; its list has room for three.
func member(t testing.TB, self, pred byte, succ ...byte) *Node {
	t.Helper()
	n := newNode(t, self, 3)
	n.Restore(0, at(pred), ats(succ...), nil)
	n.Ready()
	return n
}

// sent drains a node and gives the messages to one peer.
func sent(n *Node, to byte) []Message {
	return slices.DeleteFunc(slices.Clone(n.Ready().Messages), func(m Message) bool { return m.To != at(to) })
}

func onlySent(t testing.TB, n *Node, kind Kind, to byte) Message {
	t.Helper()
	list := slices.DeleteFunc(sent(n, to), func(m Message) bool { return m.Kind != kind })
	if len(list) != 1 {
		t.Fatalf("%v sent %d messages of kind %v to %v, want 1", n.Self(), len(list), kind, at(to))
	}
	return list[0]
}

// answer steps a member's answer to a query.
func answer(n *Node, now Time, query Message, preds, succ []Contact) {
	n.Step(now, Message{Kind: State, From: query.To, To: query.From, Member: true, Seq: query.Seq, Preds: preds, Succ: succ})
}

func wantSucc(t testing.TB, n *Node, want ...byte) {
	t.Helper()
	if got := n.Neighbourhood().Succ; !slices.Equal(got, ats(want...)) {
		t.Errorf("the successors of %v are %v, want %v", n.Self(), got, ats(want...))
	}
}

func wantPred(t testing.TB, n *Node, want Contact) {
	t.Helper()
	v := n.Neighbourhood()
	if got := v.Pred(); got != want {
		t.Errorf("the predecessor of %v is %v, want %v", n.Self(), got, want)
	}
}

// silence ticks a node past the deadlines of its requests until it is due for
// nothing before the given time.
func silence(n *Node, until Time) Time {
	now := Time(0)
	for n.Deadline() <= until {
		now = n.Deadline()
		n.Tick(now)
	}
	return now
}

// A network connects nodes; every message takes 10 ms. The dead get none.
type network struct {
	t       testing.TB
	now     Time
	nodes   []*Node
	mail    []letter
	results []Result
	events  []Event
}

type letter struct {
	at Time
	Message
}

func (w *network) add(n *Node) *Node {
	w.nodes = append(w.nodes, n)
	return n
}

// kill ends a node without a word.
func (w *network) kill(n *Node) {
	w.nodes = slices.DeleteFunc(w.nodes, func(k *Node) bool { return k == n })
}

func (w *network) drain(n *Node) {
	r := n.Ready()
	for _, m := range r.Messages {
		w.mail = append(w.mail, letter{w.now.Add(10 * time.Millisecond), m})
	}
	w.results = append(w.results, r.Found...)
	w.events = append(w.events, r.Events...)
}

// run lets time pass.
func (w *network) run(d time.Duration) {
	for end := w.now.Add(d); ; {
		for _, n := range w.nodes {
			w.drain(n)
		}
		next := slices.MinFunc(w.nodes, func(a, b *Node) int { return cmp.Compare(a.Deadline(), b.Deadline()) })
		switch {
		case len(w.mail) > 0 && w.mail[0].at <= min(end, next.Deadline()):
			w.deliver()
		case next.Deadline() <= end:
			w.now = max(w.now, next.Deadline())
			next.Tick(w.now)
		default:
			w.now = end
			return
		}
	}
}

func (w *network) deliver() {
	m := w.mail[0]
	w.mail = w.mail[1:]
	w.now = m.at
	for _, n := range w.nodes {
		if n.Self() == m.To {
			n.Step(w.now, m.Message)
		}
	}
}

func (w *network) views() []Neighbourhood {
	var views []Neighbourhood
	for _, n := range w.nodes {
		views = append(views, n.Neighbourhood())
	}
	return views
}

// wantIdeal checks that the nodes are one ring, all of them members.
func (w *network) wantIdeal(successors int) {
	w.t.Helper()
	for _, n := range w.nodes {
		if !n.Member() {
			w.t.Errorf("%v is no member", n.Self())
		}
	}
	if err := Ideal(w.views(), successors); err != nil {
		w.t.Error(err)
	}
}

// ring makes nodes that joined one after another through the first.
func ring(t testing.TB, successors int, positions ...byte) *network {
	t.Helper()
	w := &network{t: t}
	for i, b := range positions {
		n := w.add(newNode(t, b, successors))
		if i == 0 {
			n.Create(w.now)
		} else {
			n.Meet(w.now, w.nodes[0].Self())
		}
		w.run(5 * time.Second)
		if err := Check(w.views()); err != nil {
			t.Fatal(err)
		}
	}
	return w
}
