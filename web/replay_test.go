package web

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"peal/node"
)

// A fakePlayer is a Player at a moment that the test sets.
type fakePlayer struct {
	*fake
	moment Moment
	wish   Steering
	refuse error
}

func (p *fakePlayer) Look() Moment {
	p.mu.Lock()
	defer p.mu.Unlock()
	m := p.moment
	m.Ring = p.ring
	return m
}

func (p *fakePlayer) Film() Film {
	return Film{File: "run.jsonl", Source: "simulator", Seed: 1<<64 - 1, Length: 12.5}
}

func (p *fakePlayer) Steer(s Steering) (Playback, error) {
	p.wish = s
	return Playback{At: 3, Speed: 1}, p.refuse
}

func (p *fakePlayer) set(change func(*Moment)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change(&p.moment)
}

func newFakePlayer() *fakePlayer {
	return &fakePlayer{fake: newFake(3), moment: Moment{Playback: Playback{Speed: 1, Playing: true}, Log: []node.Event{event(node.Joined)}}}
}

func TestSteering(t *testing.T) {
	p := newFakePlayer()
	base := serve(t, p).URL
	got := ask(t, base, "POST", "/v1/replay", `{"play":true,"speed":4,"seek":12.5,"step":-1}`)
	if got.status != http.StatusOK || !strings.Contains(got.body, `"at":3`) {
		t.Fatalf("got %d %s", got.status, got.body)
	}
	if w := p.wish; !*w.Play || *w.Speed != 4 || *w.Seek != 12.5 || *w.Step != -1 {
		t.Errorf("the player was asked for %+v", w)
	}
	if got := ask(t, base, "POST", "/v1/replay", `{"seek":1}`); got.status != http.StatusOK || p.wish.Play != nil || p.wish.Step != nil {
		t.Errorf("got %d, and %+v asked for; want only to seek", got.status, p.wish)
	}
	p.refuse = errors.New("the speed 0 is not allowed")
	for _, body := range []string{`{"speed":0}`, `{"seek":"x"}`, `{"rewind":true}`, ``} {
		if got := ask(t, base, "POST", "/v1/replay", body); got.status != http.StatusBadRequest {
			t.Errorf("%s: got %d %s, want 400", body, got.status, got.body)
		}
	}
	if got := ask(t, base, "POST", "/v1/replay", `{"play":true}`, "Origin: http://evil.example"); got.status != http.StatusForbidden {
		t.Errorf("from another site: got %d, want 403", got.status)
	}
}

func TestFilm(t *testing.T) {
	got := ask(t, serve(t, newFakePlayer()).URL, "GET", "/v1/replay", "")
	for _, want := range []string{`"file":"run.jsonl"`, `"seed":"18446744073709551615"`, `"marks":[]`, `"length":12.5`} {
		if !strings.Contains(got.body, want) {
			t.Errorf("got %s, want %s in it", got.body, want)
		}
	}
}

func TestNoPlayer(t *testing.T) {
	base := serve(t, newFake(1)).URL
	for _, method := range []string{"GET", "POST"} {
		if got := ask(t, base, method, "/v1/replay", `{}`); got.status != http.StatusNotFound || !strings.Contains(got.body, "peal replay") {
			t.Errorf("%s: got %d %s", method, got.status, got.body)
		}
	}
}

// TestJumpSendsASnapshot: what happened before a jump does not show after it.
func TestJumpSendsASnapshot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newFakePlayer()
		feed := NewFeed()
		h := newHub(p, feed, look)
		defer h.close()
		c := h.add()
		if m := next(t, c); m.Type != "snapshot" || m.Replay.Speed != 1 || len(m.Log) != 1 {
			t.Fatalf("got %+v, want a snapshot with the log", m)
		}
		p.set(func(m *Moment) { m.Playback.At = 5 })
		feed.Publish(event(node.Dead))
		d := next(t, c)
		for d.Replay.At != 5 {
			if d.Type != "delta" {
				t.Fatalf("got %+v, want deltas", d)
			}
			d = next(t, c)
		}
		p.set(func(m *Moment) { m.Playback.At, m.Playback.Jumps = 2, 1 })
		p.setRing(func(r *node.Ring) { r.Peers = r.Peers[:1] })
		time.Sleep(look) // virtual: until the hub has looked
		feed.Publish(event(node.Dead))
		s := next(t, c)
		if s.Type != "snapshot" || s.Replay.At != 2 || len(s.Peers) != 1 || len(s.Log) != 1 || s.Log[0].Kind != node.Joined {
			t.Errorf("got %+v, want a snapshot of the moment", s)
		}
	})
}

// An event that is passed right behind a jump shows once, whether a message goes out
// before, or amid the look that passes it, or not.
func TestEventBehindAJumpShowsOnce(t *testing.T) {
	for _, when := range []string{"after", "before", "amid"} {
		p, feed := newFakePlayer(), NewFeed()
		h := newHub(p, feed, look)
		h.events = feed.subscribe()
		c := &client{queue: make(chan []byte, queueLen)}
		h.clients[c] = true
		shown := 0
		flush := func() {
			h.flush()
			for len(c.queue) > 0 {
				if m := next(t, c); m.Type == "snapshot" {
					shown = len(m.Log)
				} else {
					shown += len(m.Events)
				}
			}
		}
		see := func(change func(*Moment)) {
			p.set(change)
			h.see(t.Context(), h.look(t.Context()))
		}
		see(func(*Moment) {})
		flush()
		see(func(m *Moment) { m.Playback.Jumps, m.Log = 1, nil })
		if when == "before" {
			flush()
		}
		feed.Publish(event(node.Dead)) // as a look does
		if when == "amid" {
			flush()
		}
		see(func(m *Moment) { m.Playback.Event, m.Log = 1, []node.Event{event(node.Dead)} })
		flush()
		flush()
		if shown != 1 {
			t.Errorf("a message %s the look: the event shows %d times", when, shown)
		}
	}
}

// TestNudge wants a look long before its time.
func TestNudge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newFakePlayer()
		h := newHub(p, NewFeed(), time.Hour)
		defer h.close()
		c := h.add()
		next(t, c)
		p.set(func(m *Moment) { m.Playback.At = 7 })
		h.lookNow()
		if d := next(t, c); d.Replay.At != 7 {
			t.Errorf("got %+v, want the time 7", d)
		}
	})
}

// Before it is played a recording has no peer to ask; that is not the reason.
func TestRecordingOnlyLooks(t *testing.T) {
	p := newFakePlayer()
	p.err = node.ErrNoPeer
	base := serve(t, p).URL
	for _, path := range []string{
		"PUT /v1/kv/k", "GET /v1/kv/k", "DELETE /v1/kv/k", "GET /v1/kv", "GET /v1/lookup/k",
		"POST /v1/leave", "POST /v1/testnet/kill", "POST /v1/testnet/join",
	} {
		method, path, _ := strings.Cut(path, " ")
		got := ask(t, base, method, path, "")
		got.want(t, http.StatusConflict, "this is a recording")
		got.want(t, http.StatusConflict, `"code":"recording"`)
	}
}
