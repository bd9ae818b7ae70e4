package replica

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// fill gives a peer records of ten thousand bytes each.
func fill(p *peer, count int) {
	for i := range count {
		give(p, old(fmt.Sprint(i), strings.Repeat("v", 10_000)))
	}
}

func TestRepairRate(t *testing.T) {
	for _, way := range []direction{onlyGive, onlyTake} {
		c, a, b := pair(t, 1)
		from := map[direction]*peer{onlyGive: a, onlyTake: b}[way]
		fill(from, 300)
		a.Throttle(100_000, false)
		start := c.now
		if end := c.reconcile(a, b, whole(), way); !end.ok || end.moved != 300 {
			t.Errorf("ended %v, want success and all moved", end)
		}
		if took := c.now.Sub(start).Seconds(); took < 20 || took > 31 {
			t.Errorf("3 MB at 100 kB/s took %.1f s, want all but the last batch paid for: 20 to 31 s", took)
		}
	}
}

// A rate that was far too low holds nothing up once it is raised.
func TestRaisedRepairRate(t *testing.T) {
	c, a, b := pair(t, 1)
	fill(b, 300)
	a.Throttle(1, false)
	c.after(time.Minute, func() { a.Throttle(1_000_000, false) })
	start := c.now
	if end := c.reconcile(a, b, whole(), exchange); !end.ok || end.moved != 300 {
		t.Errorf("ended %v, want success and all moved", end)
	}
	if took := c.now.Sub(start); took < time.Minute || took > 70*time.Second {
		t.Errorf("3 MB took %v, at 1 MB/s after a minute at 1 B/s", took)
	}
}

// Who leaves does not wait: what is not handed over by then is not handed over at all.
func TestLeaveKnowsNoThrottle(t *testing.T) {
	for _, paused := range []bool{false, true} {
		c := settledCluster(t, 4)
		p := c.peers[0]
		fill(p, 100)
		p.Throttle(1, paused)
		start := c.now
		c.leave(p)
		if took := c.now.Sub(start); took > soon {
			t.Errorf("paused %v: the leave took %v", paused, took)
		}
	}
}

func TestPausedRepairSaysSo(t *testing.T) {
	c, a, b := pair(t, 1)
	fill(b, 300)
	a.Throttle(0, true)
	looked := false
	c.after(time.Minute, func() {
		looked = true
		got := a.Repair().Transfer
		if got == nil || got.With != b.self.Peer || got.Moved != 0 || got.Left == 0 || got.Waiting != "repair is paused" {
			t.Errorf("the transfer is %+v, want one that is paused, with records left", got)
		}
		a.Throttle(0, false)
	})
	if end := c.reconcile(a, b, whole(), exchange); !end.ok || end.moved != 300 {
		t.Errorf("ended %v, want success and all moved", end)
	}
	if !looked {
		t.Error("the transfer did not wait for the pause to end")
	}
	if got := a.Repair(); got.Transfer != nil || a.Len() != 300 {
		t.Errorf("afterwards %+v and %d records, want no transfer and 300", got, a.Len())
	}
}

// A store that is behind gets no more from a session until it has caught up.
func TestSessionWaitsForTheStore(t *testing.T) {
	c, a, b := pair(t, 1)
	fill(b, 100)
	c.watch = func(m Message) {
		if m.Kind == Compared && a.slow == 0 {
			a.slow = time.Minute
			a.discard(Item{Key: "slow"})
			c.after(0, func() { a.unstored = maxUnstored/2 + 1 })
		}
	}
	looked := false
	c.after(30*time.Second, func() {
		looked = true
		if got := a.Repair().Transfer; got == nil || got.Moved != 0 || got.Waiting != "the store is busy" {
			t.Errorf("the transfer is %+v, want one that waits for the store", got)
		}
	})
	if end := c.reconcile(a, b, whole(), onlyTake); !end.ok || end.moved != 100 || !looked {
		t.Errorf("ended %v, after the look %v; want success and all moved", end, looked)
	}
}

// What the store cannot keep up with is refused, not piled up.
func TestFullOutboxRefuses(t *testing.T) {
	_, a, b := pair(t, 1)
	a.Ready()
	refused := 0
	for i := range 100 {
		rec := old(fmt.Sprint(i), strings.Repeat("v", MaxValueLen))
		if a.merge(startTime, Message{Kind: Write, From: b.self.Peer, Records: []Record{rec}}).Refused == StoreFailed {
			refused++
		}
	}
	if want := 100 - maxUnstored/MaxValueLen - 1; refused < want || refused > want+1 {
		t.Errorf("%d of 100 writes of 1 MiB were refused, want about %d", refused, want)
	}
}
