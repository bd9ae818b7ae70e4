package web

import (
	"net/http/httptest"
	"testing"
)

func TestOtherSitesAreRefused(t *testing.T) {
	f := newFake(1)
	server := serve(t, &fakeLab{fake: f})
	strangers := []string{"Origin: http://evil.example", "Origin: null", "Origin: http://127.0.0.1:1", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site"}
	requests := [][2]string{{"GET", "/v1/kv/k"}, {"HEAD", "/v1/ring"}, {"GET", "/v1/kv"}, {"GET", "/v1/ring"}, {"GET", "/v1/lookup/k"}, {"OPTIONS", "/v1/kv/k"}, {"PUT", "/v1/kv/k"}, {"DELETE", "/v1/kv/k"}, {"POST", "/v1/leave"}, {"POST", "/v1/testnet/kill"}, {"POST", "/v1/testnet/join"}}
	for _, header := range strangers {
		for _, c := range requests {
			got := ask(t, server.URL, c[0], c[1], "x", header)
			if c[0] == "HEAD" {
				got.want(t, 403, "")
				continue
			}
			got.want(t, 403, `{"error":"a web page of another site sent this request: only the dashboard here, and programs that are no browser, may use the API","code":"refused"}`)
		}
	}
	if len(f.values) != 0 {
		t.Errorf("a stranger stored %v", f.values)
	}
	ask(t, server.URL, "GET", "/", "", "Sec-Fetch-Site: cross-site").want(t, 200, "<!doctype html>") // a link to the dashboard
	ask(t, server.URL, "GET", "/v1/ring", "", "Sec-Fetch-Site: none").want(t, 200, "")               // typed by the user
	ask(t, server.URL, "GET", "/v1/ring", "", "Sec-Fetch-Site: same-origin").want(t, 200, "")
	ask(t, server.URL, "PUT", "/v1/kv/k", "x", "Origin: "+server.URL).want(t, 200, "")
	ask(t, server.URL, "PUT", "/v1/kv/k", "x", "Origin: "+server.URL, "Sec-Fetch-Site: same-origin").want(t, 200, "")
}

func TestHost(t *testing.T) {
	tests := []struct {
		listen, host string
		status       int
	}{
		{"127.0.0.1:7600", "127.0.0.1:7600", 200},
		{"127.0.0.1:7600", "127.9.9.9", 200},
		{"127.0.0.1:7600", "LocalHost.:80", 200},
		{"127.0.0.1:7600", "peal.localhost", 200},
		{"127.0.0.1:7600", "[::1]:7600", 200},
		{"127.0.0.1:7600", "[::1]", 200},
		{"127.0.0.1:7600", "evil.example:7600", 403},
		{"127.0.0.1:7600", "127.0.0.1.evil.example", 403},
		{"127.0.0.1:7600", "10.0.0.1:7600", 403},
		{"127.0.0.1:7600", "", 403},
		{"[::1]:7600", "evil.example", 403},
		{"localhost:7600", "evil.example", 403},
		{"", "evil.example", 403},
		{"0.0.0.0:7600", "box.lan:7600", 200},
		{":7600", "box.lan:7600", 200},
		{"192.0.2.1:7600", "box.lan", 200},
	}
	for _, test := range tests {
		s := New(Config{Backend: newFake(1), Addr: test.listen})
		w, r := httptest.NewRecorder(), httptest.NewRequest("GET", "/v1/peer", nil)
		r.Host = test.host
		if s.ServeHTTP(w, r); w.Code != test.status {
			t.Errorf("Host %q at %q: got %d, want %d", test.host, test.listen, w.Code, test.status)
		}
	}
}

func TestHeaders(t *testing.T) {
	base := serve(t, newFake(1)).URL
	for _, path := range []string{"/", "/v1/peer", "/nothing"} {
		h := ask(t, base, "GET", path, "").header
		if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: got %v", path, h)
		}
		want := "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
		if got := h.Get("Content-Security-Policy"); got != want {
			t.Errorf("%s: got the policy %q, want %q", path, got, want)
		}
	}
}
