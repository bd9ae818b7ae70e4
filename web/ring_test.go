package web

import (
	"encoding/json"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"

	"peal/node"
)

func TestRing(t *testing.T) {
	f := newFake(3)
	f.ring.WellFormed, f.ring.Problem = false, "a gap"
	got := ask(t, serve(t, f).URL, "GET", "/v1/ring", "")
	got.want(t, 200, `"problem":"a gap"`)
	var ring struct{ Peers []map[string]any }
	if err := json.Unmarshal([]byte(got.body), &ring); err != nil || len(ring.Peers) != 3 {
		t.Fatalf("got %d peers (%v), want 3", len(ring.Peers), err)
	}
	if strings.Contains(got.body, "null") {
		t.Errorf("a list is null: %s", got.body)
	}
}

func TestPeer(t *testing.T) {
	got := ask(t, serve(t, newFake(3)).URL, "GET", "/v1/peer", "")
	got.want(t, 200, `"member":true`)
	got.want(t, 200, `"id":"`+string(text(t, contact(0).ID))+`"`)
	if strings.Contains(got.body, `"lab"`) {
		t.Errorf("a single peer calls itself a lab: %s", got.body)
	}
	ask(t, serve(t, &fakeLab{fake: newFake(3)}).URL, "GET", "/v1/peer", "").want(t, 200, `"lab":true,"peers":3`)
}

func TestLeave(t *testing.T) {
	f, ended := newFake(1), 0
	s := New(Config{Backend: f, Leaving: func() { ended++ }})
	leave := func() *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest("POST", "http://localhost/v1/leave", nil))
		return w
	}
	f.left = errors.New("successor is gone")
	if w := leave(); w.Code != 500 || ended != 0 {
		t.Errorf("failed leave: got %d, ended %d times, want 500 and 0", w.Code, ended)
	}
	f.left = nil
	if w := leave(); w.Code != 200 || w.Body.String() != "{}\n" || ended != 1 || !w.Flushed {
		t.Errorf("leave: got %d %s, ended %d times, flushed %v", w.Code, w.Body, ended, w.Flushed)
	}
	f.left = node.ErrClosed
	if w := leave(); w.Code != 503 {
		t.Errorf("leave again: got %d, want 503", w.Code)
	}
}

func TestHealth(t *testing.T) {
	f := newFake(1)
	base := serve(t, f).URL
	ask(t, base, "GET", "/healthz", "").want(t, 200, "ok")
	ask(t, base, "GET", "/readyz", "").want(t, 200, "ok")
	f.info.Member = false
	ask(t, base, "GET", "/healthz", "").want(t, 200, "ok")
	ask(t, base, "GET", "/readyz", "").want(t, 503, "wait until it has joined")
}

func text(t *testing.T, v interface{ MarshalText() ([]byte, error) }) []byte {
	t.Helper()
	b, err := v.MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	return b
}
