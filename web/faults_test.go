package web

import (
	"context"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"peal/node"
)

func TestPauseAndResume(t *testing.T) {
	lab := &fakeLab{fake: newFake(3)}
	base := serve(t, lab).URL
	for body, want := range map[string]Choice{`{"count":2}`: {Count: 2}, `{"peers":["ab","cd"]}`: {Peers: []string{"ab", "cd"}}} {
		ask(t, base, "POST", "/v1/testnet/pause", body).want(t, 200, `{"paused":[{"id":"`)
		if !reflect.DeepEqual(lab.choice, want) {
			t.Errorf("%s: got %+v, want %+v", body, lab.choice, want)
		}
	}
	ask(t, base, "POST", "/v1/testnet/resume", `{"peers":["ab"]}`).want(t, 200, `{"resumed":[{"id":"`)
	if want := []string{"ab"}; !reflect.DeepEqual(lab.names, want) {
		t.Errorf("resumed %q, want %q", lab.names, want)
	}
	ask(t, base, "POST", "/v1/testnet/resume", `{}`).want(t, 200, `{"resumed":[`)
	if lab.names != nil {
		t.Errorf("resumed %q, want all", lab.names)
	}
	for _, body := range []string{`{}`, `{"count":1,"peers":["ab"]}`} {
		ask(t, base, "POST", "/v1/testnet/pause", body).want(t, 400, "exactly one of count and peers")
		ask(t, base, "POST", "/v1/testnet/restart", body).want(t, 400, "exactly one of count and peers")
	}
	for verb, body := range map[string]string{"pause": `{"count":1}`, "resume": `{}`, "restart": `{"count":1}`, "impair": `{}`} {
		lab.refuse = node.ErrInvalid
		ask(t, base, "POST", "/v1/testnet/"+verb, body).want(t, 400, `"code":"usage"`)
		lab.refuse = context.DeadlineExceeded // of a process that does not answer
		ask(t, base, "POST", "/v1/testnet/"+verb, body).want(t, 504, `"code":"unknown"`)
	}
}

func TestRestart(t *testing.T) {
	lab := &fakeLab{fake: newFake(3)}
	base := serve(t, lab).URL
	ask(t, base, "POST", "/v1/testnet/restart", `{"count":2,"down":"10s"}`).want(t, 200, `{"restarted":[{"id":"`)
	if want := (Choice{Count: 2}); !reflect.DeepEqual(lab.choice, want) || lab.down != 10*time.Second {
		t.Errorf("got %+v after %v, want %+v after 10s", lab.choice, lab.down, want)
	}
	ask(t, base, "POST", "/v1/testnet/restart", `{"count":2}`).want(t, 200, "restarted")
	if lab.down != 0 {
		t.Errorf("down for %v, want not at all", lab.down)
	}
	for _, down := range []string{"3m", "-1s", "ten"} {
		ask(t, base, "POST", "/v1/testnet/restart", `{"count":2,"down":"`+down+`"}`).want(t, 400, "such as 10s, at most 2m0s")
	}
	ask(t, base, "POST", "/v1/testnet/restart?timeout=10s", `{"count":2,"down":"10s"}`).want(t, 400, "down is 10s, and the request may not take so long")
}

// Peers come back though whoever restarts them does not wait for it.
func TestRestartGoesOnAlone(t *testing.T) {
	ctx, leave := context.WithCancel(t.Context())
	leave()
	got := httptest.NewRecorder()
	request := httptest.NewRequestWithContext(ctx, "POST", "http://localhost/v1/testnet/restart", strings.NewReader(`{"count":2}`))
	New(Config{Backend: &fakeLab{fake: newFake(3)}}).ServeHTTP(got, request)
	if got.Code != 200 {
		t.Errorf("got %d %s, want the restarted ones", got.Code, got.Body)
	}
}

func TestImpair(t *testing.T) {
	lab := &fakeLab{fake: newFake(3)}
	base := serve(t, lab).URL
	ask(t, base, "POST", "/v1/testnet/impair", `{"drop":5,"delay":10.5,"by":"200ms"}`).want(t, 200, `{"drop":5,"delay":10.5,"by":"200ms"}`)
	if want := (Impairment{5, 10.5, 200 * time.Millisecond}); lab.wear != want {
		t.Errorf("got %+v, want %+v", lab.wear, want)
	}
	ask(t, base, "POST", "/v1/testnet/impair", `{"by":"2m"}`).want(t, 400, "at most 1m0s")
	ask(t, base, "POST", "/v1/testnet/impair", `{"loss":1}`).want(t, 400, `unknown field \"loss\"`)
}
