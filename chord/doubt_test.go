package chord

import (
	"slices"
	"testing"
	"time"
)

// told drains a node and gives those to whom it passed on its doubt of a contact, or of
// any.
func told(t *testing.T, n *Node, about Contact) (list []Contact) {
	t.Helper()
	for _, m := range n.Ready().Messages {
		if m.Kind != Doubted || m.About != about && !about.IsZero() {
			t.Errorf("sent a %v about %v to %v", m.Kind, m.About, m.To)
		}
		list = append(list, m.To)
	}
	return list
}

// Those beside a silent contact hear of it: once, however often it is late.
func TestDoubtIsPassedOn(t *testing.T) {
	n := member(t, 0x10, 0xf0, 0x20, 0x30, 0x40)
	heard(n, 0x90, 0xa0, 0xb0, 0xc0)
	n.Late(0, at(0xa0))
	if got := told(t, n, at(0xa0)); !slices.Equal(got, ats(0x90, 0xb0)) {
		t.Errorf("told %v, want those beside it", got)
	}
	n.Heard(1, at(0xa0))
	n.Doubt(1, at(0xa0))
	if got := told(t, n, at(0xa0)); len(got) > 0 {
		t.Errorf("told %v again at once", got)
	}
	later := Time(doubtFor)
	n.Heard(later, at(0xa0))
	n.Late(later, at(0xa0))
	if got := told(t, n, at(0xa0)); len(got) != 2 {
		t.Errorf("told %v later, want those beside it again", got)
	}
}

// Who is late is still there to be asked; whom we doubt is not, unless we rely on it.
func TestDoubtForgets(t *testing.T) {
	n := member(t, 0x10, 0xf0, 0x20, 0x30, 0x40)
	heard(n, 0xa0)
	if n.Late(0, at(0xa0)); !n.cache.has(at(0xa0)) {
		t.Error("one that is late is forgotten")
	}
	if n.Doubt(0, at(0xa0)); n.cache.has(at(0xa0)) {
		t.Error("one that is doubted is remembered")
	}
	n.Ready()
	n.Doubt(0, at(0x20))
	onlySent(t, n, Query, 0x20)
	wantSucc(t, n, 0x20, 0x30, 0x40)
}

// Nobody makes us talk of contacts that we know by name only, and none but members are
// believed.
func TestDoubtsThatNobodyHears(t *testing.T) {
	n := member(t, 0x10, 0xf0, 0x20, 0x30, 0x40)
	n.Late(0, at(0x77))
	if got := told(t, n, at(0x77)); len(got) > 0 {
		t.Errorf("told %v of a contact that it never heard from", got)
	}
	n.Leave()
	n.Ready()
	n.Late(0, at(0x30))
	if got := told(t, n, at(0x30)); len(got) > 0 {
		t.Errorf("told %v, who do not believe one that has left", got)
	}
}

// A doubt is made sure of by those beside the doubted, and takes nobody's place who asks
// whether a peer lives.
func TestDoubted(t *testing.T) {
	n := member(t, 0x30, 0x20, 0x40, 0x50)
	heard(n, 0x90)
	for _, c := range crowd(2 * maxVouches) {
		for _, about := range ats(0x50, 0x90) {
			n.Step(0, Message{Kind: Doubted, From: c, To: n.Self(), Member: true, About: about})
		}
	}
	for _, b := range []byte{0x50, 0x90} {
		if got := sent(n, b); len(got) > 0 {
			t.Errorf("asked %v, which is not beside it", at(b))
		}
	}
	n.Step(0, Message{Kind: PingReq, From: at(0x10), To: n.Self(), Member: true, About: at(0x90)})
	onlySent(t, n, Query, 0x90)
	n.Step(0, Message{Kind: Doubted, From: at(0x10), To: n.Self(), About: at(0x40)})
	if got := sent(n, 0x40); len(got) > 0 {
		t.Error("believed one that is no member")
	}
	for _, b := range []byte{0x20, 0x40} {
		n.Step(0, Message{Kind: Doubted, From: at(0x10), To: n.Self(), Member: true, About: at(b)})
		onlySent(t, n, Query, b)
	}
	n = member(t, 0x30, 0x20, 0x40, 0x50)
	heard(n, 0x40)
	n.Step(Time(freshWord)-1, Message{Kind: Doubted, From: at(0x10), To: n.Self(), Member: true, About: at(0x40)})
	if got := sent(n, 0x40); len(got) > 0 {
		t.Error("doubted one that it has just heard from")
	}
}

// However many are doubted at once, few are talked of.
func TestDoubtsAreBounded(t *testing.T) {
	n := member(t, 0x10, 0xf0, 0x20, 0x30, 0x40)
	list := crowd(3 * maxDoubts)
	for _, c := range list {
		n.Heard(0, c)
	}
	for _, c := range list {
		n.Late(Time(time.Second), c)
	}
	if got := told(t, n, Contact{}); len(got) != 2*maxDoubts {
		t.Errorf("told %d, want the two beside each of %d", len(got), maxDoubts)
	}
}
