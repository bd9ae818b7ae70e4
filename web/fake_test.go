package web

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"peal/chord"
	"peal/node"
	"peal/node/replica"
)

// A fake is a Backend of one peer, which holds values in a map.
type fake struct {
	mu     sync.Mutex
	values map[string][]byte
	totals map[string]uint64 // of manifests
	info   node.Info
	ring   node.Ring
	looks  int
	delay  time.Duration // of a look
	err    error         // every operation of the peer ends with it
	left   error         // the leave ends with it
	listed [3]string

	write   node.WriteOptions // of the last write
	read    node.ReadOptions  // of the last read
	short   node.Receipt      // what a write that ends with err has come to
	expires *time.Time        // of every value
}

func newFake(peers int) *fake {
	f := &fake{values: make(map[string][]byte), totals: make(map[string]uint64)}
	f.ring = node.Ring{Name: "peal", WellFormed: true, Replicated: true}
	for i := range peers {
		f.ring.Peers = append(f.ring.Peers, infoOf(i))
	}
	f.info = infoOf(0)
	return f
}

func infoOf(i int) node.Info {
	return node.Info{
		Contact:    contact(i),
		Ring:       "peal",
		Member:     true,
		Successors: []chord.Contact{contact(i + 1), contact(i + 2)},
		Keys:       10,
		Records:    30,
		Bytes:      1000,
		Sent:       node.Traffic{Ring: 20, Lookups: 10, Requests: 5, Repair: 4},
	}
}

func contact(i int) chord.Contact { return chord.NewContact(chord.PeerID(fmt.Sprintf("peer%d", i)), 0) }

var stamp = replica.Version{Stamp: replica.Stamp{Wall: 1700000000000, Count: 2, Writer: "writer"}}

func (f *fake) Peer(via string) (Peer, error) {
	if via != "" && via != contact(0).ID.String() {
		return nil, fmt.Errorf("no live peer is called %q", via)
	}
	return f, nil
}

func (f *fake) Ring(ctx context.Context) (node.Ring, error) {
	select {
	case <-time.After(f.delay):
	case <-ctx.Done():
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.looks++
	return f.ring, f.err
}

func (f *fake) setRing(change func(*node.Ring)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	peers := append([]node.Info(nil), f.ring.Peers...)
	f.ring.Peers = peers
	change(&f.ring)
}

func (f *fake) Leave(_ context.Context, via string) ([]chord.Contact, error) {
	if via != "" {
		return []chord.Contact{contact(0)}, f.left
	}
	return []chord.Contact{contact(0), contact(1)}, f.left
}

func (f *fake) Info() node.Info { return f.info }

func (f *fake) Put(_ context.Context, key, value []byte, opt node.WriteOptions) (node.Receipt, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.write = opt
	if f.err != nil {
		return f.short, f.err
	}
	f.values[string(key)], f.totals[string(key)] = bytes.Clone(value), opt.Total
	return node.Receipt{Version: stamp, Expires: f.expires, Replicas: []chord.Contact{contact(1)}, Wanted: 3, Hops: 1}, nil
}

func (f *fake) Get(ctx context.Context, key []byte, opt node.ReadOptions) (node.Value, error) {
	f.mu.Lock()
	f.read = opt
	value, ok := f.values[string(key)]
	total := f.totals[string(key)]
	f.mu.Unlock()
	switch {
	case f.err == context.DeadlineExceeded:
		<-ctx.Done()
		return node.Value{}, ctx.Err()
	case f.err != nil:
		return node.Value{}, f.err
	case !ok:
		return node.Value{}, fmt.Errorf("get %q: %w", key, node.ErrNotFound)
	}
	return node.Value{Data: value, Total: total, Version: stamp, Expires: f.expires, Asked: 2, Agreed: 2, Replies: []node.Reply{{Contact: contact(1), Version: &stamp}, {Contact: contact(2)}}, Hops: 1, Millis: 1.5}, nil
}

func (f *fake) Touch(_ context.Context, key []byte, opt node.WriteOptions) (node.Receipt, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.write = opt
	if _, ok := f.values[string(key)]; f.err == nil && !ok {
		return f.short, fmt.Errorf("touch %q: %w", key, node.ErrNotFound)
	}
	if f.err != nil {
		return f.short, f.err
	}
	return node.Receipt{Version: stamp, Expires: f.expires, Wanted: 3}, nil
}

func (f *fake) Delete(_ context.Context, key []byte, opt node.WriteOptions) (node.Receipt, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.write = opt
	if f.err != nil {
		return f.short, f.err
	}
	delete(f.values, string(key))
	return node.Receipt{Version: stamp, Wanted: 3}, nil
}

func (f *fake) Lookup(_ context.Context, key []byte) (node.Route, error) {
	others := []node.Other{{Contact: contact(4), Why: "farther"}}
	hops := []node.Hop{{Contact: contact(1), Millis: 2, Why: "closest", Others: others}, {Contact: contact(2), Failed: true}}
	return node.Route{ID: chord.KeyID(key), Owner: contact(3), Hops: hops}, f.err
}

func (f *fake) LimitRepair(l node.RepairLimit) error {
	if l.Rate != nil {
		f.info.Repair.Rate = *l.Rate
	}
	if l.Paused != nil {
		f.info.Repair.Paused = *l.Paused
	}
	return f.err
}

func (f *fake) Keys(_ context.Context, prefix []byte, cursor string, limit int) (node.Page, error) {
	f.listed = [3]string{string(prefix), cursor, fmt.Sprint(limit)}
	return node.Page{Keys: []node.KeyInfo{{Key: "a", Version: stamp, Size: 3}, {Key: "\xff"}}, Next: "more"}, f.err
}

// A fakeLab is a Lab that notes what it is asked.
type fakeLab struct {
	*fake
	request KillRequest
	cut     CutRequest
	healed  int
	count   int
	choice  Choice
	names   []string
	down    time.Duration
	wear    Impairment
	network Network
	refuse  error
}

func (l *fakeLab) Kill(k KillRequest) (Killed, error) {
	l.request = k
	return Killed{[]chord.Contact{contact(1)}, 1, 3}, l.refuse
}

func (l *fakeLab) Join(_ context.Context, n int) ([]chord.Contact, error) {
	l.count = n
	return []chord.Contact{contact(7)}, l.refuse
}

func (l *fakeLab) Cut(c CutRequest) ([][]chord.Contact, error) {
	l.cut = c
	return [][]chord.Contact{{contact(1)}, {contact(2)}}, l.refuse
}

func (l *fakeLab) Heal() Network {
	l.healed++
	return l.network
}

func (l *fakeLab) Network() Network { return l.network }

func (l *fakeLab) Pause(which Choice) ([]chord.Contact, error) {
	l.choice = which
	return []chord.Contact{contact(1)}, l.refuse
}

func (l *fakeLab) Resume(names []string) ([]chord.Contact, error) {
	l.names = names
	return []chord.Contact{contact(1)}, l.refuse
}

func (l *fakeLab) Restart(ctx context.Context, which Choice, down time.Duration) ([]chord.Contact, error) {
	l.choice, l.down = which, down
	return []chord.Contact{contact(1)}, cmp.Or(l.refuse, ctx.Err())
}

func (l *fakeLab) Impair(i Impairment) error {
	l.wear = i
	return l.refuse
}

// serve starts a server on loopback for the length of a test.
func serve(t *testing.T, b Backend) *httptest.Server {
	t.Helper()
	return serveServer(t, New(Config{Backend: b}))
}

func serveServer(t *testing.T, s *Server) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(s)
	t.Cleanup(func() {
		s.Close()
		server.Close()
	})
	return server
}

// An answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

// ask sends a request; headers are given as "Name: value".
func ask(t *testing.T, base, method, path, body string, headers ...string) answer {
	t.Helper()
	req, err := http.NewRequest(method, base+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Set(name, value)
		if name == "Host" {
			req.Host = value
		}
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header, string(b)}
}

// want checks the status and that the body contains a text.
func (a answer) want(t *testing.T, status int, text string) {
	t.Helper()
	if a.status != status || !strings.Contains(a.body, text) {
		t.Errorf("got %d %q, want %d with %q", a.status, a.body, status, text)
	}
}

// pass lets virtual time go by; for tests in a synctest bubble.
func pass(d time.Duration) { time.Sleep(d) }
