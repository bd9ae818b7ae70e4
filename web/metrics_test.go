package web

import (
	"regexp"
	"strings"
	"testing"

	"peal/node"
)

func TestMetrics(t *testing.T) {
	feed := NewFeed()
	s := New(Config{Backend: &fakeLab{fake: newFake(3)}, Feed: feed})
	base := serveServer(t, s).URL
	feed.Publish(node.Event{Kind: node.Dead})
	feed.Publish(node.Event{Kind: node.Dead})
	for range 3 {
		ask(t, base, "GET", "/v1/kv/missing", "")
	}
	ask(t, base, "PUT", "/v1/kv/k", "v")
	ask(t, base, "POST", "/v1/anything", "")
	conn := watch(t, base)
	read(t, conn)
	got := ask(t, base, "GET", "/metrics", "")
	for _, line := range []string{
		`peal_http_requests_total{route="/v1/kv/{key}",method="GET",code="404"} 3`,
		`peal_http_requests_total{route="/v1/kv/{key}",method="PUT",code="200"} 1`,
		`peal_http_requests_total{route="none",method="",code="404"} 1`,
		`peal_http_request_seconds_count{route="/v1/kv/{key}"} 4`,
		`peal_websocket_clients 1`,
		`peal_events_total{kind="dead"} 2`,
		`peal_peers 3`,
		`peal_keys 30`,
		`peal_records 90`,
		`peal_value_bytes 3000`,
		`peal_sent_bytes{for="lookups"} 30`,
		`peal_sent_bytes{for="repair"} 12`,
	} {
		got.want(t, 200, line+"\n")
	}
	wellFormed(t, got.body)
}

var sample = regexp.MustCompile(`^[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? [0-9.e+-]+$`)

func wellFormed(t *testing.T, exposition string) {
	t.Helper()
	for line := range strings.Lines(exposition) {
		line = strings.TrimSuffix(line, "\n")
		if !strings.HasPrefix(line, "# ") && !sample.MatchString(line) {
			t.Errorf("not a sample: %q", line)
		}
	}
}

func TestSinglePeerDoesNotWalkToBeMeasured(t *testing.T) {
	f := newFake(3)
	ask(t, serve(t, f).URL, "GET", "/metrics", "").want(t, 200, "peal_keys 10\n")
	if f.looks != 0 {
		t.Errorf("the ring was walked %d times", f.looks)
	}
}
