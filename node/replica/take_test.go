package replica

import (
	"fmt"
	"testing"
	"time"

	"peal/chord"
)

// A peer without records takes all those of another, and not one list.
func TestNewcomerFetchesWithoutLists(t *testing.T) {
	c, a, b := pair(t, 1)
	fill(b, 1000)
	c.watch = func(m Message) {
		if len(m.Items) > 0 {
			t.Errorf("a %v with %d items", m.Kind, len(m.Items))
		}
	}
	if end := c.reconcile(a, b, whole(), exchange); !end.ok || end.moved != 1000 || a.Len() != 1000 {
		t.Errorf("ended %+v with %d records, want success and 1000", end, a.Len())
	}
}

// Whatever a peer answers to a fetch, only what was asked for is taken, and the
// session ends.
func TestFetchFromAStranger(t *testing.T) {
	arc := chord.Arc{From: chord.ID{0x20}, To: chord.ID{0x60}}
	inside := Record{Key: keyBetween(arc.From, arc.To, 0), Version: Version{Stamp: Stamp{Wall: 1, Writer: "w"}}}
	outside := Record{Key: keyBetween(arc.To, arc.From, 0), Version: Version{Stamp: Stamp{Wall: 1, Writer: "w"}}}
	for _, answer := range []Message{
		{Arc: arc, Records: []Record{outside, inside}},
		{Arc: chord.Arc{From: arc.From, To: arc.From}, Records: []Record{inside}},
		{Arc: chord.Arc{From: arc.From, To: chord.ID{0x61}}, Records: []Record{inside}},
		{Records: []Record{inside}},
	} {
		c, a, b := pair(t, 1)
		c.mute(b)
		var end *ending
		a.reconcile(c.now, share{with: b.self, arc: arc, way: exchange}, func(_ chord.Time, e ending) { end = &e })
		reply := func(m Message) {
			m.From, m.Seq = b.self.Peer, a.requests[0].seq
			a.Step(c.now, m)
		}
		reply(Message{Kind: Compared, Ranges: []Range{{Arc: arc, Count: 2, Sum: Fingerprint{1, 1}}}})
		answer.Kind = Pulled
		reply(answer)
		if end == nil || end.moved != 1 || a.Len() != 1 || end.ok != (answer.Arc == arc) {
			t.Errorf("%v: ended %+v with %d records, want one, and success only for the whole arc", answer.Arc, end, a.Len())
		}
	}
}

// While a newcomer catches up, the others do not send it what it fetches anyway.
func TestNobodyPushesToANewcomer(t *testing.T) {
	for seed := range uint64(10) {
		c := newCluster(t, seed)
		for i := range 8 {
			c.join(named(i))
		}
		c.settle()
		for i := range 2000 {
			rec := old(fmt.Sprint("key ", i), "value")
			for _, p := range c.replicas(rec.Key) {
				give(p, rec)
			}
		}
		newcomer, pushed := c.join(named(99)), 0
		c.watch = func(m Message) {
			if m.Kind == Write && m.To == newcomer.self.Peer && newcomer.place.complete == nil {
				pushed += len(m.Records)
			}
		}
		c.settle()
		if pushed > 0 || newcomer.Len() == 0 {
			t.Errorf("seed %d: %d records were pushed to the newcomer, which holds %d; want none pushed", seed, pushed, newcomer.Len())
		}
		c.wantPlaced()
	}
}

// Newcomers do not take from one that was away what may be deleted, as long as a peer that
// may know cannot be located.
func TestNothingIsTakenEarlyWhileNobodyIsLocated(t *testing.T) {
	c := newCluster(t, 1)
	c.grace = time.Hour
	for _, self := range ats(0x10, 0x30, 0x48, 0x70, 0x90, 0xb0) {
		c.join(self)
	}
	c.settle()
	key := keyBetween(at(0x40).ID, at(0x42).ID, 1)
	c.wantPut(c.peers[0], key, "value")
	c.wantPut(c.peers[0], keyBetween(at(0x40).ID, at(0x42).ID, 2), "value")
	c.pass(regularRound)
	p := c.live(at(0x48).Peer)
	was := p.Presence(c.now)
	c.kill(p)
	c.settle()
	c.remove(c.peers[0], key)
	c.pass(away)
	c.lag, c.lost = 0, true
	c.comeBack(p, was)
	for _, self := range ats(0x43, 0x44, 0x45, 0x46, 0x47, 0x49, 0x4a, 0x4b, 0x4c, 0x4d, 0x4e, 0x4f, 0x50, 0x51, 0x52) {
		c.join(self)
	}
	c.pass(soon / 2)
	for _, q := range c.peers {
		if _, has := q.index.Get(key); has && q.self != p.self {
			t.Errorf("%v has taken it", q.self)
		}
	}
}
