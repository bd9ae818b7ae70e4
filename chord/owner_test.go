package chord

import (
	"slices"
	"testing"
)

// lookingFor is a member that looks for 0xc8 and has asked 0x40, which named
// 0xb0 as nearer and 0xd0 and 0xe0 as owners; and its request to 0xd0.
func lookingFor(t *testing.T) (*Node, Message) {
	t.Helper()
	n := member(t, 0x10, 0xf0, 0x20, 0x30, 0x40)
	n.Lookup(0, point(0xc8))
	find := onlySent(t, n, Find, 0x40)
	n.Step(1, Message{Kind: Found, From: at(0x40), To: n.Self(), Member: true, Seq: find.Seq, Closer: ats(0xb0), Succ: ats(0xd0, 0xe0)})
	return n, onlySent(t, n, Query, 0xd0)
}

func state(n *Node, from byte, query Message, preds, succ []Contact) Message {
	return Message{Kind: State, From: at(from), To: n.Self(), Member: true, Seq: query.Seq, Preds: preds, Succ: succ}
}

// A peer whose successor list reaches behind the target names the owner too.
func TestFindNamesTheOwnerFromTheList(t *testing.T) {
	n := member(t, 0x10, 0xf0, 0x20, 0x30, 0x40)
	n.Step(0, Message{Kind: Find, From: at(0x80), To: n.Self(), Member: true, Target: point(0x28)})
	m := onlySent(t, n, Found, 0x80)
	if m.Done || !slices.Equal(m.Succ, ats(0x30, 0x40)) || !slices.Equal(m.Closer, ats(0x20)) {
		t.Errorf("it answers %+v, want the owners 30, 40, undone, and 20 as closer", m)
	}
	n.Step(0, Message{Kind: Find, From: at(0x80), To: n.Self(), Member: true, Target: point(0x48)})
	if m = onlySent(t, n, Found, 0x80); len(m.Succ) > 0 {
		t.Errorf("it names the owners %v of a target behind its list, want none", m.Succ)
	}
}

// The owner that was named is asked itself, and that ends the lookup.
func TestLookupAsksTheOwner(t *testing.T) {
	n, query := lookingFor(t)
	n.Step(2, state(n, 0xd0, query, ats(0xb8), ats(0xe0, 0xf0)))
	wantOwners(t, n, 2, 0xd0, 0xe0, 0xf0)
}

// The owner knows of newer peers before itself.
func TestLookupFindsANewerOwner(t *testing.T) {
	n, query := lookingFor(t)
	n.Step(2, state(n, 0xd0, query, ats(0xcc, 0xb8), ats(0xe0)))
	query = onlySent(t, n, Query, 0xcc)
	n.Step(3, state(n, 0xcc, query, ats(0xb8), ats(0xd0)))
	wantOwners(t, n, 3, 0xcc, 0xd0)
}

// passed is lookingFor, and then 0xd0 is silent and 0xe0, which counts on it, is
// asked. A newcomer before 0xd0 would be known only to 0xb0, so that is asked too.
func passed(t *testing.T) (*Node, Message) {
	t.Helper()
	n, _ := lookingFor(t)
	n.Step(2, Message{Kind: Unreachable, From: at(0xd0), To: n.Self()})
	query := onlySent(t, n, Query, 0xe0)
	n.Step(3, state(n, 0xe0, query, ats(0xd0, 0xb8), ats(0xf0, 0xd0)))
	return n, onlySent(t, n, Find, 0xb0)
}

// When the owner is silent the next one takes its place. The silent one stays
// on the list, in its order, as long as the next one counts on it.
func TestLookupPassesASilentOwner(t *testing.T) {
	n, find := passed(t)
	n.Step(4, Message{Kind: Found, From: at(0xb0), To: n.Self(), Member: true, Seq: find.Seq, Succ: ats(0xd0, 0xe0)})
	wantOwners(t, n, 4, 0xd0, 0xe0, 0xf0)
}

func TestLookupFindsANewcomerBeforeASilentOwner(t *testing.T) {
	n, find := passed(t)
	n.Step(4, Message{Kind: Found, From: at(0xb0), To: n.Self(), Member: true, Seq: find.Seq, Done: true, Succ: ats(0xcc, 0xd0, 0xe0)})
	wantOwners(t, n, 4, 0xcc, 0xd0, 0xe0)
}

// After a crowd died, the word of the next owner is enough.
func TestLookupDoesNotDoubtInACrowd(t *testing.T) {
	n := member(t, 0x10, 0xf0, 0x20, 0x30, 0x40)
	n.Lookup(0, point(0xc8))
	find := onlySent(t, n, Find, 0x40)
	n.Step(1, Message{Kind: Found, From: at(0x40), To: n.Self(), Member: true, Seq: find.Seq, Closer: ats(0xb0), Succ: ats(0xd0, 0xe0, 0xf0)})
	for _, silent := range []byte{0xd0, 0xe0} {
		onlySent(t, n, Query, silent)
		n.Step(2, Message{Kind: Unreachable, From: at(silent), To: n.Self()})
	}
	query := onlySent(t, n, Query, 0xf0)
	n.Step(3, state(n, 0xf0, query, ats(0xe0), ats(0x10)))
	wantOwners(t, n, 4, 0xe0, 0xf0, 0x10)
}

// A finger never takes the silent owner.
func TestFingerPassesASilentOwner(t *testing.T) {
	n := member(t, 0x10, 0xf0, 0x20, 0x30, 0x40)
	n.fingerBit = Bits - 1
	n.startLookup(0, fingerLookup, point(0x90), nil)
	find := onlySent(t, n, Find, 0x40)
	n.Step(1, Message{Kind: Found, From: at(0x40), To: n.Self(), Member: true, Seq: find.Seq, Succ: ats(0xa0, 0xb0)})
	n.Step(2, Message{Kind: Unreachable, From: at(0xa0), To: n.Self()})
	query := onlySent(t, n, Query, 0xb0)
	n.Step(3, state(n, 0xb0, query, ats(0xa0), nil))
	if got := n.Fingers(); !slices.Contains(got, at(0xb0)) || slices.Contains(got, at(0xa0)) {
		t.Errorf("the fingers are %v, want b0 among them and not a0", got)
	}
}

// A joiner takes its place only from the member before it.
func TestJoinNeedsThePredecessor(t *testing.T) {
	n := newNode(t, 0xc8, 3)
	n.Meet(0, at(0x40))
	find := onlySent(t, n, Find, 0x40)
	n.Step(1, Message{Kind: Found, From: at(0x40), To: n.Self(), Member: true, Seq: find.Seq, Closer: ats(0xb0), Succ: ats(0xd0, 0xe0)})
	onlySent(t, n, Find, 0xb0)
}

// When all that a peer named are silent, it is asked for others.
func TestLookupAsksTheSourceAgain(t *testing.T) {
	n := member(t, 0x10, 0xf0, 0x20, 0x30, 0x40)
	n.Lookup(0, point(0xc8))
	find := onlySent(t, n, Find, 0x40)
	n.Step(1, Message{Kind: Found, From: at(0x40), To: n.Self(), Member: true, Seq: find.Seq, Closer: ats(0xb0)})
	n.Ready()
	n.Step(2, Message{Kind: Unreachable, From: at(0xb0), To: n.Self()})
	find = onlySent(t, n, Find, 0x40)
	if !slices.Contains(find.Closer, at(0xb0)) {
		t.Errorf("40 is asked for others than %v, want b0 among them", find.Closer)
	}
	n.Step(3, Message{Kind: Found, From: at(0x40), To: n.Self(), Member: true, Seq: find.Seq, Closer: ats(0xa0)})
	find = onlySent(t, n, Find, 0xa0)
	n.Step(4, Message{Kind: Found, From: at(0xa0), To: n.Self(), Member: true, Seq: find.Seq, Done: true, Succ: ats(0xd0)})
	wantOwners(t, n, 4, 0xd0)
}

// Contacts that the asking peer knows already are not named again.
func TestFindNamesOthers(t *testing.T) {
	n := member(t, 0x10, 0xf0, 0x20, 0x30, 0x40)
	n.Step(0, Message{Kind: Find, From: at(0x80), To: n.Self(), Member: true, Target: point(0x48), Closer: ats(0x40, 0x20)})
	if m := onlySent(t, n, Found, 0x80); !slices.Equal(m.Closer, ats(0x30)) {
		t.Errorf("it names %v, want only 30", m.Closer)
	}
}

// A hop that said that it is no member, and then spoke as one, has joined
// meanwhile: its old refusal does not take it out of our list.
func TestOldRefusalOfAHop(t *testing.T) {
	n := member(t, 0x10, 0xf0, 0x20, 0x30, 0x40)
	n.Lookup(0, point(0xc8))
	find := onlySent(t, n, Find, 0x40)
	n.Step(1, Message{Kind: Notify, From: at(0x40), To: n.Self(), Member: true})
	n.Step(2, Message{Kind: Found, From: at(0x40), To: n.Self(), Seq: find.Seq})
	wantSucc(t, n, 0x20, 0x30, 0x40)
}
