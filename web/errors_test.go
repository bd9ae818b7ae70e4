package web

import (
	"errors"
	"fmt"
	"net/http/httptest"
	"testing"

	"peal/node"
)

func TestErrors(t *testing.T) {
	tests := []struct {
		err    error
		status int
		code   string
	}{
		{node.ErrInvalid, 400, "usage"},
		{node.ErrNotFound, 404, "not_found"},
		{node.ErrNoPeer, 503, "no_peer"},
		{node.ErrQuorum, 503, "quorum"},
		{node.ErrUnknown, 504, "unknown"},
		{node.ErrConflict, 409, "conflict"},
		{node.ErrClosed, 503, "closed"},
		{errors.New("disk on fire"), 500, "internal"},
	}
	paths := []string{"GET /v1/kv/k", "PUT /v1/kv/k", "DELETE /v1/kv/k", "POST /v1/touch/k", "GET /v1/lookup/k", "GET /v1/kv", "GET /v1/ring"}
	for _, test := range tests {
		f := newFake(1)
		f.err = fmt.Errorf("do this: %w", test.err)
		base := serve(t, f).URL
		for _, path := range paths {
			var method, rest string
			fmt.Sscan(path, &method, &rest)
			got := ask(t, base, method, rest, "")
			want := fmt.Sprintf("{\"error\":%q,\"code\":%q}\n", f.err, test.code)
			if got.status != test.status || got.body != want {
				t.Errorf("%v at %s: got %d %s want %d %s", test.err, path, got.status, got.body, test.status, want)
			}
		}
	}
}

func TestErrorIsOneLine(t *testing.T) {
	f := newFake(1)
	f.err = errors.Join(node.ErrQuorum, errors.New("two peers are down"))
	ask(t, serve(t, f).URL, "GET", "/v1/kv/k", "").want(t, 503, `"quorum not met; two peers are down"`)
}

func TestUnknownRoutes(t *testing.T) {
	base := serve(t, newFake(1)).URL
	for _, path := range []string{"/v1", "/v1/", "/v1/lookup", "/v1/nothing", "/nothing.js", "/../server.go", "/%2e%2e/server.go", "//", "/static/index.html"} {
		ask(t, base, "GET", path, "").want(t, 404, "see /openapi.yaml")
	}
	got := ask(t, base, "POST", "/v1/kv/k", "")
	got.want(t, 405, "use GET or HEAD or PUT or DELETE")
	if allow := got.header.Get("Allow"); allow != "GET, HEAD, PUT, DELETE" {
		t.Errorf("got Allow %q", allow)
	}
	ask(t, base, "PUT", "/v1/ring", "").want(t, 405, "use GET or HEAD")
	ask(t, base, "GET", "/v1/leave", "").want(t, 405, "use POST")
	ask(t, base, "GET", "/v1/touch/k", "").want(t, 405, "use POST")
}

// A handler can be tested without a connection, which has no deadlines to set.
func TestWithoutConnection(t *testing.T) {
	w := httptest.NewRecorder()
	r := httptest.NewRequest("GET", "http://localhost/healthz", nil)
	New(Config{Backend: newFake(1)}).ServeHTTP(w, r)
	if w.Code != 200 {
		t.Errorf("got %d %s, want 200", w.Code, w.Body)
	}
}
