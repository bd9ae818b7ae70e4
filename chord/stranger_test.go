package chord

import (
	"slices"
	"testing"
	"time"
)

// wantUntouched checks that a message changed nothing but at most earned a reply.
func wantUntouched(t *testing.T, n *Node, m Message) {
	t.Helper()
	before := n.Neighbourhood()
	n.Step(0, m)
	after := n.Neighbourhood()
	if !slices.Equal(before.Succ, after.Succ) || !slices.Equal(before.Preds, after.Preds) || before.Member != after.Member {
		t.Errorf("after %+v: %+v, want %+v", m, after, before)
	}
}

func TestStrangersChangeNothing(t *testing.T) {
	n := member(t, 0x10, 0xf0, 0x20, 0x30, 0x40)
	self, liar := n.Self(), at(0x18)
	for _, m := range []Message{
		{Kind: State, From: liar, To: self, Member: true, Seq: 1, Succ: ats(0x19)},          // an answer to no question
		{Kind: State, From: at(0x20), To: self, Member: true, Seq: 1 << 63},                 // the same from a neighbour
		{Kind: Found, From: liar, To: self, Member: true, Seq: 1, Done: true, Succ: ats(1)}, // no lookup
		{Kind: Notify, From: liar, To: at(0x30), Member: true},                              // not for us
		{Kind: Notify, From: self, To: self, Member: true},                                  // from ourselves
		{Kind: Leaving, From: liar, To: self},                                               // nobody we know
		{Kind: Query, From: liar, To: self, Member: true},                                   // asks, and only says that it lives
		{Kind: PingReq, From: liar, To: self, Member: true, About: at(0x20)},
		{Kind: Ack, From: liar, To: self, Member: true, About: at(0x20)},
		{Kind: Changed, From: liar, To: self, Member: true},
		{Kind: Meet, From: liar, To: self, Member: true, About: at(0x19)},
		{Kind: Kind(200), From: liar, To: self, Member: true},
	} {
		wantUntouched(t, n, m)
	}
}

// An answer of the wrong kind does not end the wait for the right one.
func TestAnswerOfTheWrongKind(t *testing.T) {
	n := newNode(t, 0x20, 3)
	n.Meet(0, at(0x10))
	find := onlySent(t, n, Find, 0x10)
	n.Step(1, Message{Kind: State, From: at(0x10), To: n.Self(), Member: true, Seq: find.Seq})
	silence(n, Time(time.Minute))
	if e := n.Ready().Events; !slices.Contains(e, Event{JoinFailed, at(0x10)}) {
		t.Errorf("events %v, want a failed join", e)
	}
}

// Owners that the answerer's own place contradicts are no answer.
func TestOwnersOutOfPlace(t *testing.T) {
	n := member(t, 0x10, 0xf0, 0x20, 0x30, 0x40)
	n.Lookup(0, point(0xc8))
	find := onlySent(t, n, Find, 0x40)
	n.Step(1, Message{Kind: Found, From: at(0x40), To: n.Self(), Member: true, Seq: find.Seq, Done: true, Succ: ats(0x50)})
	if found := n.Ready().Found; len(found) > 0 {
		t.Errorf("found the owners %v of %v", found[0].Owners, point(0xc8))
	}
}

func TestValid(t *testing.T) {
	full := crowd(MaxContacts)
	good := Message{Kind: State, From: at(1), To: at(2), Preds: append([]Contact{{}}, full[1:]...), Succ: full, Closer: full}
	if err := good.Valid(); err != nil {
		t.Error(err)
	}
	for _, bad := range []Message{
		{From: at(1), To: at(2)}, {Kind: Unreachable, From: at(1), To: at(2)}, {Kind: Disconnected, From: at(1), To: at(2)},
		{Kind: Query, To: at(2)}, {Kind: Query, From: at(1)},
		{Kind: State, From: at(1), To: at(2), Preds: crowd(MaxContacts + 1)},
		{Kind: State, From: at(1), To: at(2), Succ: crowd(MaxContacts + 1)},
		{Kind: Found, From: at(1), To: at(2), Closer: crowd(MaxContacts + 1)},
		{Kind: State, From: at(1), To: at(2), Preds: []Contact{at(3), {}}},
		{Kind: Found, From: at(1), To: at(2), Done: true, Succ: []Contact{{}, at(3)}},
		{Kind: Found, From: at(1), To: at(2), Closer: []Contact{at(3), {}}},
		{Kind: Found, From: at(1), To: at(2), Done: true},
		{Kind: Query, From: NewContact("chooser", 7), To: at(2)},
		{Kind: State, From: at(1), To: at(2), Preds: []Contact{NewContact("chooser", 7)}},
		{Kind: PingReq, From: at(1), To: at(2), About: NewContact("chooser", 7)},
	} {
		if bad.Valid() == nil {
			t.Errorf("%v from %v to %v with %d, %d, %d contacts is valid", bad.Kind, bad.From, bad.To, len(bad.Preds), len(bad.Succ), len(bad.Closer))
		}
	}
}

// FuzzStep steps messages that a stranger could send. Whatever they say, the
// node's own lists stay ordered, bounded, and free of itself and of nobody.
func FuzzStep(f *testing.F) {
	f.Add([]byte{2, 1, 3, 1, 2, 3, 4, 5, 1, 3, 9, 9, 1, 7, 4, 2, 3, 0, 0, 1, 1, 5, 6, 1, 8})
	f.Add([]byte{6, 0, 0, 0, 5, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 3, 3, 3, 3, 7, 7, 7, 7})
	who := append([]Contact{{}, at(0x10)}, crowd(14)...)
	f.Fuzz(func(t *testing.T, script []byte) {
		n := member(t, 0x10, 0xf0, 0x20, 0x30, 0x40)
		n.Lookup(0, point(0xc8))
		now := Time(0)
		for len(script) >= 6 {
			m, more := scripted(script, who, n)
			script = more
			if m.Valid() == nil || m.Kind > Meet {
				n.Step(now, m)
			}
			now = now.Add(100 * time.Millisecond)
			n.Tick(now)
			n.Ready()
			wantSoundLists(t, n)
		}
		end := silence(n, now.Add(time.Minute))
		if len(n.lookups) > 0 && end.Sub(n.lookups[0].deadline) > n.cfg.MaxTimeout {
			t.Errorf("%d lookups never end", len(n.lookups))
		}
	})
}

// scripted makes a message of a few bytes; every second answers the last question.
func scripted(b []byte, who []Contact, n *Node) (Message, []byte) {
	pick := func(v byte) Contact { return who[int(v)%len(who)] }
	m := Message{Kind: Kind(b[0] % 13), About: pick(b[4]), From: pick(b[1]), To: n.Self(), Member: b[2]&1 == 0, Done: b[2]&2 == 0, Seq: uint64(b[3] % 64), Target: point(b[4])}
	if b[2]&4 == 0 && len(n.calls) > 0 {
		c := n.calls[int(b[3])%len(n.calls)]
		m.From, m.Seq = c.to, c.seq
	}
	count := min(int(b[5]%8), len(b)-6)
	for i, v := range b[6 : 6+count] {
		list := []*[]Contact{&m.Preds, &m.Succ, &m.Closer}[(i+int(b[4]))%3]
		*list = append(*list, pick(v))
	}
	return m, b[6+count:]
}

func wantSoundLists(t *testing.T, n *Node) {
	t.Helper()
	v := n.Neighbourhood()
	if err := orderedList(v); err != nil {
		t.Error(err)
	}
	if len(v.Succ) > 3 || len(v.Preds) > 3 || slices.Contains(v.Succ, Contact{}) {
		t.Errorf("lists out of bounds: %v, %v", v.Preds, v.Succ)
	}
	last := v.Self
	for i, c := range v.Preds {
		if c == v.Self || (i > 0 && c.IsZero()) || (!c.IsZero() && !Between(v.Self.ID, c.ID, last.ID)) {
			t.Errorf("the predecessors of %v are out of order: %v", v.Self, v.Preds)
		}
		if !c.IsZero() {
			last = c
		}
	}
	if len(n.Fingers()) > Bits || slices.Contains(n.Fingers(), v.Self) || len(n.lost) > maxLost || len(n.vouches) > maxVouches || len(n.rhythms) > maxRhythms {
		t.Errorf("tables out of bounds: fingers %v, %d lost, %d vouches, %d rhythms", n.Fingers(), len(n.lost), len(n.vouches), len(n.rhythms))
	}
}
