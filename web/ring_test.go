package web

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

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

func TestMember(t *testing.T) {
	f := newFake(3)
	base := serve(t, f).URL
	path := "/v1/ring/" + contact(2).Peer.String()
	ask(t, base, "GET", path, "").want(t, 200, `"id":"`+string(text(t, contact(2).ID))+`"`)
	ask(t, base, "GET", "/v1/ring/nobody", "").want(t, 200, `{"seen":"`)
}

func TestWatchedRingIsNotLookedAtAgain(t *testing.T) {
	inHub(t, func(t *testing.T, _ *fake, h *hub) {
		if infos, _ := h.lastLook(); infos != nil {
			t.Errorf("nobody watches, and got %d peers", len(infos))
		}
		next(t, h.add())
		if infos, at := h.lastLook(); len(infos) != 3 || time.Since(at) > settle {
			t.Errorf("got %d peers as of %v", len(infos), at)
		}
	})
}

func TestLeave(t *testing.T) {
	lab := &fakeLab{fake: newFake(2)}
	base := serve(t, lab).URL
	first := `{"left":[{"id":"` + string(text(t, contact(0).ID)) + `"`
	all := ask(t, base, "POST", "/v1/leave", "")
	all.want(t, 200, first)
	all.want(t, 200, string(text(t, contact(1).ID)))
	ask(t, base, "POST", "/v1/leave?via=peer", "").want(t, 200, `"}],"lab":true}`)
	ask(t, serve(t, lab.fake).URL, "POST", "/v1/leave", "").want(t, 200, `"}]}`)

	lab.left = errors.New("successor is gone")
	ask(t, base, "POST", "/v1/leave", "").want(t, 500, "successor is gone")
	lab.left = node.ErrClosed
	ask(t, base, "POST", "/v1/leave", "").want(t, 503, `"code":"closed"`)
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
