package replica

import (
	"testing"
	"time"

	"peal/chord"
)

// What a store that then refuses is said to have, nobody is told: who asks has to ask
// again.
func TestRefusedRecordIsNowhereSaidToBeHeld(t *testing.T) {
	_, a, b := pair(t, 1)
	rec := old("key", "value")
	ask := func() {
		for _, m := range []Message{
			{Kind: Write, Records: []Record{rec}},
			{Kind: Read, Key: "key"},
			{Kind: Pull, Items: []Item{rec.Item()}},
			{Kind: List, Arc: whole()},
			{Kind: Compare, Ranges: []Range{a.rangeOf(whole())}},
		} {
			m.From = a.self.Peer
			b.Step(startTime, m)
		}
		b.Get(startTime, startTime.Add(soon), "key", 1)
		b.Located(startTime, b.lastID, chord.Result{Owners: []chord.Contact{b.self, a.self}, Whole: true})
	}
	give(a, rec)
	b.Early()
	ask()
	failed := b.Ready()
	ask()
	left := b.NotStored(startTime, failed)
	for _, m := range left.Messages {
		if m.Kind != Written || m.Refused != StoreFailed {
			t.Errorf("goes on to say %v, want just that the record is not written", m)
		}
	}
	for _, o := range left.Outcomes {
		if o.Error != QuorumNotMet || o.Found {
			t.Errorf("the outcome of a read is %v, want that no replica answered", o)
		}
	}
	if len(left.Messages) != 2 || len(left.Outcomes) != 2 {
		t.Errorf("%d messages and %d outcomes are left, want two each", len(left.Messages), len(left.Outcomes))
	}
}

// So nobody leaves what it holds in the keeping of a peer that has refused it.
func TestGivingToAStoreThatRefuses(t *testing.T) {
	c, a, b := pair(t, 1)
	rec := old("key", "value")
	give(a, rec)
	b.refuses, b.slow = true, 100*time.Millisecond
	b.Step(c.now, Message{Kind: Write, From: a.self.Peer, Records: []Record{rec}})
	if end := c.reconcile(a, b, whole(), onlyGive); end.ok {
		t.Errorf("ended %v, while the other's store has %v", end, b.stored)
	}
}

// What gathered while the commit was under way is refused with it, and not stored later.
func TestRefusedWriteIsNotStoredLater(t *testing.T) {
	_, a, b := pair(t, 1)
	give(b, old("older", ""))
	give(b, old("dropped", ""))
	write := func(key string) {
		b.Step(startTime, Message{Kind: Write, From: a.self.Peer, Records: []Record{newer(key, "value")}})
	}
	write("key")
	failed := b.Ready()
	write("another")
	write("older")
	b.discard(Item{Key: "dropped"})
	left := b.NotStored(startTime, failed)
	if next := b.Ready(); len(next.Writes)+len(next.Drops) > 0 {
		t.Errorf("stores %v and drops %v, though all was refused", next.Writes, next.Drops)
	}
	if len(left.Messages) != 3 {
		t.Errorf("answers %v, want three refusals", left.Messages)
	}
	for _, m := range left.Messages {
		if m.Refused != StoreFailed {
			t.Errorf("says %v, want a refusal", m)
		}
	}
	older := old("older", "")
	if it, _ := b.index.Get("older"); b.Len() != 2 || it != older.Item() {
		t.Errorf("holds %d records, %v among them; want what the store has", b.Len(), it)
	}
}

// A read that counted our own copy before the store refused it asks us again.
func TestReadForgetsWhatItsOwnStoreRefused(t *testing.T) {
	_, a, b := pair(t, 1)
	held, refused := old("key", "value"), newer("key", "refused")
	give(b, held)
	b.Step(startTime, Message{Kind: Write, From: a.self.Peer, Records: []Record{refused}})
	failed := b.Ready()
	id := b.Get(startTime, startTime.Add(soon), "key", 2)
	locate := func(now chord.Time) {
		b.Located(now, b.locating[0].id, chord.Result{Owners: []chord.Contact{b.self, a.self}, Whole: true})
	}
	answer := func(now chord.Time, rec Record) {
		b.Step(now, Message{Kind: Answer, From: a.self.Peer, Seq: b.requests[0].seq, Items: []Item{rec.Item()}, Complete: true})
	}
	locate(startTime)
	b.NotStored(startTime, failed)
	answer(startTime, refused)
	if early := b.Early(); len(early.Outcomes) > 0 {
		t.Fatalf("answers %v, of which our own store has nothing", early.Outcomes)
	}
	now := startTime.Add(firstPause)
	b.Tick(now)
	locate(now)
	answer(now, held)
	early := b.Early()
	if len(early.Outcomes) != 1 || early.Outcomes[0].Op != id || early.Outcomes[0].Record.Version != held.Version {
		t.Errorf("answers %v, want version %v", early.Outcomes, held.Version)
	}
}
