package chord

import (
	"slices"
	"testing"
	"time"
)

// The tests of this file take the sentences of Zave (IEEE TSE 2017) and Stoica
// et al. (IEEE/ACM ToN 2003) one by one; each begins with its sentence.

// A joiner takes over the successor list of the member before its place whole,
// and that member as predecessor.
func TestJoinTakesOverTheList(t *testing.T) {
	n := newNode(t, 0x20, 3)
	n.Meet(0, at(0x10))
	find := onlySent(t, n, Find, 0x10)
	if find.Target != n.Self().ID {
		t.Errorf("the joiner looks for %v, want its own place", find.Target)
	}
	n.Step(1, Message{Kind: Found, From: at(0x10), To: n.Self(), Member: true, Seq: find.Seq, Done: true, Succ: ats(0x30, 0x40, 0x50)})
	wantSucc(t, n, 0x30, 0x40, 0x50)
	wantPred(t, n, at(0x10))
	if !n.Member() {
		t.Error("it is no member")
	}
}

// Only then is it a member: before, it answers that it is none.
func TestJoinerIsNoMember(t *testing.T) {
	n := newNode(t, 0x20, 3)
	n.Meet(0, at(0x10))
	n.Step(1, Message{Kind: Query, From: at(0x30), To: n.Self(), Member: true, Seq: 7})
	if got := onlySent(t, n, State, 0x30); got.Member || got.Seq != 7 {
		t.Errorf("the joiner answers Member %v, Seq %d, want false, 7", got.Member, got.Seq)
	}
}

// A join that leads nowhere ends, and may be begun again.
func TestJoinFails(t *testing.T) {
	n := newNode(t, 0x20, 3)
	n.Meet(0, at(0x10))
	end := silence(n, Time(time.Minute))
	if e := n.Ready().Events; !slices.Contains(e, Event{JoinFailed, at(0x10)}) {
		t.Errorf("events %v, want a failed join through %v", e, at(0x10))
	}
	n.Meet(end, at(0x30))
	onlySent(t, n, Find, 0x30)
}

// Stabilize: the head of the list is asked for its state, and yields a fresh
// list: itself and its own list up to length r.
func TestStabilizeTakesTheHeadsList(t *testing.T) {
	n := member(t, 0x10, 0xf0, 0x20, 0x30, 0x40)
	n.Tick(n.Deadline())
	answer(n, Time(2*time.Second), onlySent(t, n, Query, 0x20), ats(0x10), ats(0x30, 0x50, 0x60))
	wantSucc(t, n, 0x20, 0x30, 0x50)
}

// Then the head is notified.
func TestStabilizeNotifies(t *testing.T) {
	n := member(t, 0x10, 0xf0, 0x20, 0x30, 0x40)
	n.Tick(n.Deadline())
	answer(n, Time(2*time.Second), onlySent(t, n, Query, 0x20), ats(0x10), ats(0x30, 0x40, 0x50))
	if got := onlySent(t, n, Notify, 0x20); !slices.Equal(got.Preds, ats(0xf0)) {
		t.Errorf("the notice lists the predecessors %v, want %v", got.Preds, ats(0xf0))
	}
}

// If the head's predecessor lies in between it is asked, and adopted when it answers.
func TestStabilizeAdoptsThePeerBetween(t *testing.T) {
	n := member(t, 0x10, 0xf0, 0x30, 0x40, 0x50)
	n.Tick(n.Deadline())
	now := Time(2 * time.Second)
	answer(n, now, onlySent(t, n, Query, 0x30), ats(0x20), ats(0x40, 0x50, 0x60))
	wantSucc(t, n, 0x30, 0x40, 0x50)
	answer(n, now, onlySent(t, n, Query, 0x20), ats(0xf0), ats(0x30, 0x40, 0x50))
	wantSucc(t, n, 0x20, 0x30, 0x40)
	onlySent(t, n, Notify, 0x20)
}

// A peer in between that does not answer is not adopted.
func TestStabilizeNeedsAnAnswer(t *testing.T) {
	n := member(t, 0x10, 0xf0, 0x30, 0x40, 0x50)
	n.Tick(n.Deadline())
	now := Time(2 * time.Second)
	answer(n, now, onlySent(t, n, Query, 0x30), ats(0x20), ats(0x40, 0x50, 0x60))
	query := onlySent(t, n, Query, 0x20)
	n.Step(now, Message{Kind: State, From: at(0x20), To: n.Self(), Seq: query.Seq}) // it lives, but is no member
	wantSucc(t, n, 0x30, 0x40, 0x50)
}

// A dead head is dropped, and the next one asked.
func TestFailover(t *testing.T) {
	n := member(t, 0x10, 0xf0, 0x20, 0x30, 0x40)
	n.Tick(n.Deadline())
	n.Ready()
	n.Step(Time(2*time.Second), Message{Kind: Unreachable, From: at(0x20), To: n.Self()})
	wantSucc(t, n, 0x30, 0x40)
	onlySent(t, n, Query, 0x30)
}

// A silent head is asked as often as configured before it counts as dead, and
// the one behind it meanwhile, but not adopted.
func TestFailoverAfterSilence(t *testing.T) {
	n := member(t, 0x10, 0xf0, 0x20, 0x30, 0x40)
	queries, probed := 0, false
	for n.Neighbourhood().Succ[0] == at(0x20) && n.Deadline() < Time(time.Minute) {
		now := n.Deadline()
		n.Tick(now)
		for _, m := range slices.Clone(n.Ready().Messages) {
			switch {
			case m.Kind != Query:
			case m.To == at(0x20):
				queries++
			case m.To == at(0x30) && n.Neighbourhood().Succ[0] == at(0x20):
				probed = true
				answer(n, now, m, ats(0x20), ats(0x40))
				wantSucc(t, n, 0x20, 0x30, 0x40)
			case m.To != at(0x30):
				answer(n, now, m, nil, ats(0x10))
			}
		}
	}
	wantSucc(t, n, 0x30, 0x40)
	if queries != 3 || !probed {
		t.Errorf("the head was asked %d times, the next %v; want 3, true", queries, probed)
	}
}

// A head that was given up comes back through the list of a peer that has not
// noticed: it is dropped again.
func TestFailoverOfOneGivenUpBefore(t *testing.T) {
	n := member(t, 0x10, 0xf0, 0x20, 0x30, 0x40)
	n.Step(0, Message{Kind: Unreachable, From: at(0x30), To: n.Self()})
	n.Tick(n.Deadline())
	answer(n, Time(2*time.Second), onlySent(t, n, Query, 0x20), ats(0x10), ats(0x30, 0x40))
	wantSucc(t, n, 0x20, 0x30, 0x40)
	n.Step(Time(2*time.Second), Message{Kind: Leaving, From: at(0x20), To: n.Self(), Member: false})
	for n.Deadline() < Time(10*time.Second) && firstOf(n.Neighbourhood().Succ) == at(0x30) {
		n.Tick(n.Deadline())
	}
	wantSucc(t, n, 0x40)
}

// A reply is dropped, and asked for again, if the neighbours changed meanwhile.
func TestStaleReplyIsDropped(t *testing.T) {
	const staleAt = Time(1100 * time.Millisecond)
	n := member(t, 0x10, 0xf0, 0x20, 0x30, 0x40)
	n.Tick(n.Deadline())
	query := onlySent(t, n, Query, 0x20)
	n.Step(staleAt, Message{Kind: Notify, From: at(0xf8), To: n.Self(), Member: true})
	answer(n, staleAt, query, ats(0x10), ats(0x50, 0x60, 0x70))
	wantSucc(t, n, 0x20, 0x30, 0x40)
	onlySent(t, n, Query, 0x20)
}

// Rectify: a notifier that is closer than the predecessor is adopted.
func TestRectifyAdoptsTheCloser(t *testing.T) {
	n := member(t, 0x40, 0x10, 0x50)
	n.Step(0, Message{Kind: Notify, From: at(0x20), To: n.Self(), Member: true, Preds: ats(0x10, 0xf0)})
	wantPred(t, n, at(0x20))
}

// Otherwise the predecessor is pinged, and stays if it answers.
func TestRectifyKeepsTheLiving(t *testing.T) {
	n := member(t, 0x40, 0x20, 0x50)
	n.Step(0, Message{Kind: Notify, From: at(0x10), To: n.Self(), Member: true})
	answer(n, 1, onlySent(t, n, Query, 0x20), ats(0x10), ats(0x40))
	wantPred(t, n, at(0x20))
}

// Only a dead predecessor gives way.
func TestRectifyReplacesTheDead(t *testing.T) {
	n := member(t, 0x40, 0x20, 0x50)
	notice := Message{Kind: Notify, From: at(0x10), To: n.Self(), Member: true}
	n.Step(0, notice)
	n.Step(1, Message{Kind: Unreachable, From: at(0x20), To: n.Self()})
	wantPred(t, n, Contact{})
	n.Step(2, notice)
	wantPred(t, n, at(0x10))
}

// One that was turned away while the dead one was not given up hears when it is, and need
// not wait for its own next round.
func TestRectifyInvitesThoseBefore(t *testing.T) {
	n := member(t, 0x40, 0x30, 0x50)
	n.Step(0, Message{Kind: Notify, From: at(0x30), To: n.Self(), Member: true, Preds: ats(0x20, 0x10)})
	n.Step(1, Message{Kind: Notify, From: at(0x10), To: n.Self(), Member: true})
	n.Ready()
	n.Step(2, Message{Kind: Unreachable, From: at(0x30), To: n.Self()})
	onlySent(t, n, Changed, 0x10)
}

// A notice of a peer that is no member changes nothing.
func TestRectifyWantsMembers(t *testing.T) {
	n := member(t, 0x40, 0x10, 0x50)
	n.Step(0, Message{Kind: Notify, From: at(0x20), To: n.Self()})
	wantPred(t, n, at(0x10))
}

// A leaver tells its successors and its predecessor, and is no member any more.
func TestLeave(t *testing.T) {
	n := member(t, 0x40, 0x10, 0x50, 0x60)
	n.Leave()
	if n.Member() {
		t.Error("it is still a member")
	}
	var told []Contact
	for _, m := range n.Ready().Messages {
		if m.Kind == Leaving && !m.Member {
			told = append(told, m.To)
		}
	}
	if want := ats(0x50, 0x60, 0x10); !slices.Equal(told, want) {
		t.Errorf("it told %v, want %v", told, want)
	}
}

// A joiner that is told of several ways in does not wait for one that is itself
// about to join.
func TestJoinTakesTheWayThatLeadsIn(t *testing.T) {
	n := newNode(t, 0x20, 3)
	n.Meet(0, at(0x10))
	find := onlySent(t, n, Find, 0x10)
	n.Meet(1, at(0x30))
	n.Step(2, Message{Kind: Found, From: at(0x10), To: n.Self(), Seq: find.Seq})
	find = onlySent(t, n, Find, 0x30)
	n.Step(3, Message{Kind: Found, From: at(0x30), To: n.Self(), Member: true, Seq: find.Seq, Done: true, Succ: ats(0x30)})
	if !n.Member() {
		t.Error("it is no member")
	}
}

// Who has left finishes what it looked up for others, and asks nobody for itself.
func TestLeaverFallsSilent(t *testing.T) {
	n := member(t, 0x10, 0xf0, 0x20, 0x30, 0x40)
	n.startLookup(0, fingerLookup, point(0xc8), nil)
	find := onlySent(t, n, Find, 0x40)
	n.Leave()
	n.Ready()
	n.Step(1, Message{Kind: Found, From: at(0x40), To: n.Self(), Member: true, Seq: find.Seq, Done: true, Succ: ats(0xd0)})
	silence(n, Time(time.Minute))
	if sent := n.Ready().Messages; len(sent) > 0 {
		t.Errorf("it sends %v to %v", sent[0].Kind, sent[0].To)
	}
}

// Who has left stays away, whomever it hears of.
func TestLeaverNeverReturns(t *testing.T) {
	n := member(t, 0x40, 0x10, 0x50, 0x60)
	n.Leave()
	n.Ready()
	n.Meet(1, at(0x20))
	n.Create(2)
	if sent := n.Ready().Messages; n.Member() || len(sent) > 0 {
		t.Errorf("it is a member again: %v, or asks to be: %v", n.Member(), sent)
	}
}

// Nobody who said goodbye is taken for dead, though it does not answer any more.
func TestLeaverIsNoDeath(t *testing.T) {
	n := member(t, 0x10, 0xf0, 0x20, 0x30, 0x40)
	n.query(0, at(0x20))
	n.Step(1, Message{Kind: Leaving, From: at(0x20), To: n.Self()})
	n.Step(2, Message{Kind: Unreachable, From: at(0x20), To: n.Self()})
	if e := n.Ready().Events; slices.Contains(e, Event{Dead, at(0x20)}) || n.isLost(at(0x20)) {
		t.Errorf("events %v: it said goodbye, and is taken for dead", e)
	}
}

// Those who are told drop it without waiting for a timeout.
func TestLeaverIsDroppedAtOnce(t *testing.T) {
	n := member(t, 0x10, 0xf0, 0x20, 0x30, 0x40)
	n.Step(0, Message{Kind: Leaving, From: at(0x20), To: n.Self()})
	n.Step(0, Message{Kind: Leaving, From: at(0xf0), To: n.Self()})
	wantSucc(t, n, 0x30, 0x40)
	wantPred(t, n, Contact{})
}

// A predecessor that takes another for its successor shows us that we are beside
// the ring, or in one of two: we look for the peer that should point at us.
func TestPassedOverMemberIntroducesItself(t *testing.T) {
	n := member(t, 0x40, 0x10, 0x50, 0x60)
	n.Tick(n.Deadline())
	var query Message
	for _, m := range n.Ready().Messages {
		if m.Kind == Query && m.To == at(0x10) {
			query = m
		}
	}
	n.Step(Time(2*time.Second), Message{
		Kind: State, From: at(0x10), To: n.Self(), Member: true, Seq: query.Seq, Preds: ats(0x08), Succ: ats(0x20, 0x30),
	})
	if find := onlySent(t, n, Find, 0x10); find.Target != n.Self().ID {
		t.Errorf("it looks for %v, want its own place", find.Target)
	}
}

// When the predecessor dies, those before it stay known, also across the zero of
// the circle.
func TestPredecessorsBeforeADeadOne(t *testing.T) {
	n := member(t, 0x20, 0x10, 0x30, 0x40)
	n.Step(0, Message{Kind: Notify, From: at(0x10), To: n.Self(), Member: true, Preds: ats(0x08, 0xf0)})
	n.Step(1, Message{Kind: Unreachable, From: at(0x10), To: n.Self()})
	want := append([]Contact{{}}, ats(0x08, 0xf0)...)
	if got := n.Neighbourhood().Preds; !slices.Equal(got, want) {
		t.Errorf("predecessors %v, want %v", got, want)
	}
}

// A member whose list changed says so to its predecessor, which asks at once.
func TestChangesTravelBack(t *testing.T) {
	n := member(t, 0x10, 0xf0, 0x20, 0x30, 0x40)
	n.Step(0, Message{Kind: Unreachable, From: at(0x20), To: n.Self()})
	onlySent(t, n, Changed, 0xf0)
	n.Step(1, Message{Kind: Changed, From: at(0x40), To: n.Self(), Member: true})
	if got := sent(n, 0x40); len(got) != 0 {
		t.Errorf("asked %v, which is not the head of the list", got[0].To)
	}
	answer(n, 2, Message{From: n.Self(), To: at(0x30), Seq: n.calls[0].seq}, ats(0x10), ats(0x40))
	n.Ready()
	n.Step(3, Message{Kind: Changed, From: at(0x30), To: n.Self(), Member: true})
	onlySent(t, n, Query, 0x30)
}

// Who comes before a member is passed on the other way as fast, from each to its successor.
func TestChangesTravelForth(t *testing.T) {
	n := member(t, 0x40, 0x20, 0x50, 0x60)
	n.Step(0, Message{Kind: Notify, From: at(0x30), To: n.Self(), Member: true, Preds: ats(0x20)})
	onlySent(t, n, Changed, 0x50)
	n.Step(1, Message{Kind: Notify, From: at(0x30), To: n.Self(), Member: true, Preds: ats(0x20)})
	if got := sent(n, 0x50); len(got) != 0 {
		t.Errorf("sent %v to the successor, though nothing has changed", got[0].Kind)
	}
	n.Step(2, Message{Kind: Changed, From: at(0x30), To: n.Self(), Member: true})
	onlySent(t, n, Query, 0x30)
}
