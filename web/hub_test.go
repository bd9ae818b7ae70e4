package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"peal/node"
)

const look = 250 * time.Millisecond

// A frame is a snapshot or a delta, as a client decodes it.
type frame struct {
	Type       string
	Seq        uint64
	Ring       string
	Lab        bool
	WellFormed bool `json:"well_formed"`
	Problem    string
	Replicated bool
	Peers      []frameView
	Gone       []string
	Events     []node.Event
	Replay     Playback
	Log        []node.Event
	More       map[string]int
}

type frameView struct {
	ID, Pred      string
	Succ, Fingers []string
	Keys          int
	Member        bool
}

func decode(t *testing.T, message []byte) frame {
	t.Helper()
	var f frame
	if err := json.Unmarshal(message, &f); err != nil {
		t.Fatalf("%v in %.300s", err, message)
	}
	return f
}

// next is the next message of a client, within a minute of virtual time.
func next(t *testing.T, c *client) frame {
	t.Helper()
	select {
	case message, ok := <-c.queue:
		if !ok {
			t.Fatal("the queue is closed")
		}
		return decode(t, message)
	case <-time.After(time.Minute):
		t.Fatal("no message came")
	}
	return frame{}
}

// settle is after how long nothing that happened before is still on its way.
const settle = 2*look + 2*flushEvery

// inHub runs a test in virtual time with a hub over three peers.
func inHub(t *testing.T, test func(t *testing.T, f *fake, h *hub)) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(3)
		h := newHub(f, NewFeed(), look)
		defer h.close()
		test(t, f, h)
	})
}

func event(kind node.EventKind) node.Event { return node.Event{Peer: contact(0), Kind: kind} }

func idOf(i int) string {
	id := contact(i).ID
	return fmt.Sprintf("%x", id[:8])
}

func TestSnapshotComesFirst(t *testing.T) {
	inHub(t, func(t *testing.T, _ *fake, h *hub) {
		first := next(t, h.add())
		if first.Type != "snapshot" || first.Ring != "peal" || first.Lab || !first.WellFormed || !first.Replicated || len(first.Peers) != 3 {
			t.Errorf("got %+v, want a snapshot of 3 peers", first)
		}
		v := first.Peers[1]
		if v.ID != idOf(1) || v.Pred != "" || len(v.Succ) != 2 || v.Succ[0] != idOf(2) || v.Fingers == nil || v.Keys != 10 || !v.Member {
			t.Errorf("got %+v, want peer 1", v)
		}
	})
}

func TestDeltas(t *testing.T) {
	inHub(t, func(t *testing.T, f *fake, h *hub) {
		c := h.add()
		seq := next(t, c).Seq
		f.setRing(func(r *node.Ring) { r.Peers[1].Keys = 11 })
		if d := next(t, c); d.Type != "delta" || d.Seq != seq+1 || len(d.Peers) != 1 || d.Peers[0].ID != idOf(1) || d.Peers[0].Keys != 11 || len(d.Gone) != 0 {
			t.Errorf("change: got %+v", d)
		}
		f.setRing(func(r *node.Ring) { r.Peers = append(r.Peers[:2:2], infoOf(9)) })
		if d := next(t, c); d.Seq != seq+2 || len(d.Peers) != 1 || d.Peers[0].ID != idOf(9) || len(d.Gone) != 1 || d.Gone[0] != idOf(2) {
			t.Errorf("join and crash: got %+v", d)
		}
		f.setRing(func(r *node.Ring) { r.WellFormed, r.Problem = false, "a gap" })
		if d := next(t, c); d.Seq != seq+3 || d.WellFormed || d.Problem != "a gap" || len(d.Peers) != 0 {
			t.Errorf("problem: got %+v", d)
		}
		h.feed.Publish(node.Event{Kind: node.Dead, Peer: contact(0), About: contact(2)})
		if d := next(t, c); d.Seq != seq+4 || len(d.Events) != 1 || d.Events[0].About != contact(2) {
			t.Errorf("event: got %+v", d)
		}
	})
}

func TestNothingIsSentWhileNothingHappens(t *testing.T) {
	inHub(t, func(t *testing.T, _ *fake, h *hub) {
		c := h.add()
		next(t, c)
		pass(time.Minute)
		if len(c.queue) != 0 {
			t.Errorf("got %s", <-c.queue)
		}
	})
}

func TestFloodIsCapped(t *testing.T) {
	inHub(t, func(t *testing.T, _ *fake, h *hub) {
		c := h.add()
		next(t, c)
		for range 1000 {
			h.feed.Publish(event(node.Stored))
		}
		if d := next(t, c); len(d.Events) != maxPerKind || d.More["stored"] != 1000-maxPerKind {
			t.Errorf("got %d events and more %v", len(d.Events), d.More)
		}
	})
}

func TestDeltasAreBatched(t *testing.T) {
	inHub(t, func(t *testing.T, _ *fake, h *hub) {
		c := h.add()
		next(t, c)
		for range 1000 {
			h.feed.Publish(event(node.LookedUp))
			pass(time.Millisecond)
		}
		if got := len(c.queue); got < 4 || got > 6 {
			t.Errorf("got %d messages in a second, want about 5", got)
		}
	})
}

func TestNewcomerJoinsTheNumbering(t *testing.T) {
	inHub(t, func(t *testing.T, f *fake, h *hub) {
		old := h.add()
		next(t, old)
		h.feed.Publish(event(node.Met))
		seq := next(t, old).Seq
		young := h.add()
		if s := next(t, young); s.Type != "snapshot" || s.Seq != seq {
			t.Errorf("got %s %d, want the snapshot of %d", s.Type, s.Seq, seq)
		}
		f.setRing(func(r *node.Ring) { r.Peers[0].Keys++ })
		for _, c := range []*client{old, young} {
			if d := next(t, c); d.Type != "delta" || d.Seq != seq+1 {
				t.Errorf("got %s %d, want the delta of %d", d.Type, d.Seq, seq+1)
			}
		}
	})
}

func TestResync(t *testing.T) {
	inHub(t, func(t *testing.T, _ *fake, h *hub) {
		c, other := h.add(), h.add()
		next(t, c)
		next(t, other)
		h.resync(c)
		if s := next(t, c); s.Type != "snapshot" || len(s.Peers) != 3 {
			t.Errorf("got %+v, want a snapshot", s)
		}
		pass(settle)
		if len(other.queue) != 0 {
			t.Errorf("another client got %s", <-other.queue)
		}
	})
}

// A client that reads nothing costs its queue; the others miss nothing, and
// what it gets when it reads again is a picture of the present.
func TestSlowClientIsResynchronised(t *testing.T) {
	inHub(t, func(t *testing.T, f *fake, h *hub) {
		fast, slow := h.add(), h.add()
		seq := next(t, fast).Seq
		for i := range uint64(3 * queueLen) {
			f.setRing(func(r *node.Ring) { r.Peers[0].Keys = 100 + int(i) })
			if d := next(t, fast); d.Seq != seq+i+1 || d.Peers[0].Keys != 100+int(i) {
				t.Fatalf("the fast client got %+v, want number %d", d, seq+i+1)
			}
		}
		if len(slow.queue) != queueLen {
			t.Errorf("%d messages wait for the slow client, want %d", len(slow.queue), queueLen)
		}
		for i := range uint64(queueLen) {
			if got := next(t, slow); got.Seq != seq+i {
				t.Errorf("got number %d, want %d", got.Seq, seq+i)
			}
		}
		got := next(t, slow)
		if got.Type != "snapshot" || got.Seq != seq+3*queueLen || got.Peers[0].Keys != 100+3*queueLen-1 {
			t.Errorf("got %+v, want a snapshot of the present", got)
		}
		h.feed.Publish(event(node.Met))
		if d := next(t, slow); d.Seq != got.Seq+1 {
			t.Errorf("got number %d, want %d", d.Seq, got.Seq+1)
		}
	})
}

func TestRingThatCannotBeSeen(t *testing.T) {
	inHub(t, func(t *testing.T, f *fake, h *hub) {
		f.err = errors.New("no answer")
		c := h.add()
		if s := next(t, c); s.Type != "snapshot" || s.WellFormed || s.Problem != "the ring cannot be seen: no answer" || len(s.Peers) != 0 {
			t.Errorf("got %+v, want an empty snapshot with the problem", s)
		}
		f.setRing(func(*node.Ring) { f.err = nil })
		var last frame
		for last.Type != "snapshot" {
			last = next(t, c)
		}
		if last.Ring != "peal" || len(last.Peers) != 3 {
			t.Errorf("got %+v, want a snapshot with the name", last)
		}
		f.setRing(func(*node.Ring) { f.err = errors.New("no answer") })
		if d := next(t, c); d.Problem == "" || len(d.Gone) != 0 {
			t.Errorf("got %+v, want the problem and the peers as they were", d)
		}
	})
}

func TestLooksOnlyWhileWatched(t *testing.T) {
	inHub(t, func(t *testing.T, f *fake, h *hub) {
		looks := func() int {
			f.mu.Lock()
			defer f.mu.Unlock()
			return f.looks
		}
		pass(time.Minute)
		if got := looks(); got != 0 {
			t.Errorf("looked %d times before the first client", got)
		}
		c := h.add()
		pass(10*look + look/2)
		if got := looks(); got != 11 {
			t.Errorf("looked %d times in 10 intervals, want 11", got)
		}
		h.remove(c)
		h.remove(c)
		before := looks()
		pass(time.Minute)
		if got := looks(); got != before {
			t.Errorf("looked %d times after the last client", got-before)
		}
		f.setRing(func(r *node.Ring) { r.Peers = r.Peers[:1] })
		f.delay = time.Second
		if s := next(t, h.add()); len(s.Peers) != 1 {
			t.Errorf("got %d peers, want the ring of now", len(s.Peers))
		}
	})
}

func TestClosedHubAdmitsNobody(t *testing.T) {
	inHub(t, func(t *testing.T, _ *fake, h *hub) {
		c := h.add()
		h.close()
		h.close()
		if _, open := <-c.queue; open {
			t.Error("the queue is open")
		}
		if h.add() != nil {
			t.Error("a client was admitted")
		}
	})
}

// BenchmarkFlush is the work of 5 flushes a second with 500 peers that change
// all the time and 10 clients.
func BenchmarkFlush(b *testing.B) {
	f := newFake(500)
	for i := range f.ring.Peers {
		for j := range 8 {
			f.ring.Peers[i].Successors = append(f.ring.Peers[i].Successors, contact(i+j))
			f.ring.Peers[i].Fingers = append(f.ring.Peers[i].Fingers, contact(i+j))
		}
	}
	h := newHub(f, NewFeed(), look)
	h.events = h.feed.subscribe()
	h.shown = pictureOf(f.ring)
	for range 10 {
		h.clients[&client{queue: make(chan []byte, queueLen), synced: true}] = true
	}
	for b.Loop() {
		for i := range f.ring.Peers {
			f.ring.Peers[i].Keys++
		}
		h.latest = pictureOf(f.ring)
		h.flush()
		for c := range h.clients {
			<-c.queue
		}
	}
}
