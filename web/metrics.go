package web

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"

	"peal/node"
)

// metrics counts the requests that are over. A WebSocket is one too, but its
// life is no latency.
type metrics struct {
	mu       sync.Mutex
	requests map[answered]uint64
	latency  map[string]latency // by route
}

type answered struct {
	route, method string
	code          int
}

type latency struct {
	count uint64
	sum   time.Duration
}

func (m *metrics) observe(r route, code int, elapsed time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.requests == nil {
		m.requests = make(map[answered]uint64)
		m.latency = make(map[string]latency)
	}
	name := cmp.Or(r.pattern, "none") // a stranger's paths must not become labels
	m.requests[answered{name, r.method, code}]++
	if r.timeout != noTimeout {
		l := m.latency[name]
		m.latency[name] = latency{l.count + 1, l.sum + elapsed}
	}
}

func (s *Server) showMetrics(w http.ResponseWriter, r *http.Request) error {
	var b bytes.Buffer
	s.metrics.write(&b)
	family(&b, "peal_websocket_clients", "gauge", "WebSockets that are open.")
	fmt.Fprintf(&b, "peal_websocket_clients %d\n", s.hub.count())
	family(&b, "peal_events_total", "counter", "Events of the peers, by kind.")
	counts := s.feed.Counts()
	for _, kind := range slices.Sorted(maps.Keys(counts)) {
		fmt.Fprintf(&b, "peal_events_total{kind=%q} %d\n", string(kind), counts[kind])
	}
	if infos, err := s.own(r); err == nil {
		writeHoldings(&b, infos)
	}
	return sendText(w, "text/plain; version=0.0.4; charset=utf-8", b.Bytes())
}

func (m *metrics) write(b *bytes.Buffer) {
	m.mu.Lock()
	defer m.mu.Unlock()
	family(b, "peal_http_requests_total", "counter", "Requests answered, by route, method and status.")
	order := func(a, b answered) int {
		return cmp.Or(cmp.Compare(a.route, b.route), cmp.Compare(a.method, b.method), cmp.Compare(a.code, b.code))
	}
	for _, k := range slices.SortedFunc(maps.Keys(m.requests), order) {
		fmt.Fprintf(b, "peal_http_requests_total{route=%q,method=%q,code=\"%d\"} %d\n", k.route, k.method, k.code, m.requests[k])
	}
	family(b, "peal_http_request_seconds", "summary", "Time from request to answer, by route.")
	for _, name := range slices.Sorted(maps.Keys(m.latency)) {
		l := m.latency[name]
		fmt.Fprintf(b, "peal_http_request_seconds_sum{route=%q} %g\n", name, l.sum.Seconds())
		fmt.Fprintf(b, "peal_http_request_seconds_count{route=%q} %d\n", name, l.count)
	}
}

// own is what the peers of this process know of themselves. A single peer is
// not made to walk the ring whenever it is measured.
func (s *Server) own(r *http.Request) ([]node.Info, error) {
	if s.lab != nil {
		ring, err := s.lab.Ring(r.Context())
		return ring.Peers, err
	}
	p, err := s.backend.Peer("")
	if err != nil {
		return nil, err
	}
	return []node.Info{p.Info()}, nil
}

func writeHoldings(b *bytes.Buffer, infos []node.Info) {
	var keys, records int
	var bytes int64
	var sent node.Traffic
	for _, i := range infos {
		keys += i.Keys
		records += i.Records
		bytes += i.Bytes
		sent = sent.Plus(i.Sent)
	}
	family(b, "peal_peers", "gauge", "Live peers in this process.")
	fmt.Fprintf(b, "peal_peers %d\n", len(infos))
	family(b, "peal_keys", "gauge", "Live keys whose owner is a peer of this process.")
	fmt.Fprintf(b, "peal_keys %d\n", keys)
	family(b, "peal_records", "gauge", "Records that the peers of this process hold, replicas and tombstones too.")
	fmt.Fprintf(b, "peal_records %d\n", records)
	family(b, "peal_value_bytes", "gauge", "Bytes of the values of these records.")
	fmt.Fprintf(b, "peal_value_bytes %d\n", bytes)
	family(b, "peal_sent_bytes", "gauge", "Bytes of the messages that the live peers of this process have sent since they were started, by what for.")
	for _, of := range []struct {
		what  string
		bytes uint64
	}{{"lookups", sent.Lookups}, {"repair", sent.Repair}, {"requests", sent.Requests}, {"ring", sent.Ring}} {
		fmt.Fprintf(b, "peal_sent_bytes{for=%q} %d\n", of.what, of.bytes)
	}
}

func family(b *bytes.Buffer, name, kind, help string) {
	fmt.Fprintf(b, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind)
}
