package node_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"peal/chord"
	"peal/node"
	"peal/node/store"
)

// A network connects nodes of a test in memory, with a delay.
type network struct {
	mu    sync.Mutex
	peers map[chord.PeerID]*wire
	hung  map[string]bool                   // addresses where dialling waits for ever
	deaf  map[chord.PeerID]bool             // peers that get nothing, without anybody being told
	tap   func(from chord.PeerID, b []byte) // sees what is sent
}

func newNetwork() *network {
	return &network{peers: map[chord.PeerID]*wire{}, hung: map[string]bool{}, deaf: map[chord.PeerID]bool{}}
}

// A wire is one node's transport.
type wire struct {
	net  *network
	self chord.PeerID
	recv node.Receiver
	dead bool
}

const delay = time.Millisecond

func (w *wire) Start(r node.Receiver) error {
	w.net.mu.Lock()
	defer w.net.mu.Unlock()
	w.recv = r
	w.net.peers[w.self] = w
	return nil
}
func (w *wire) Self() chord.PeerID                { return w.self }
func (w *wire) Addrs() []string                   { return []string{string(w.self)} }
func (w *wire) Keep([]chord.PeerID)               {}
func (w *wire) PeerAddrs(p chord.PeerID) []string { return []string{string(p)} }

func (w *wire) Connect(ctx context.Context, a string) (chord.PeerID, error) {
	if w.net.isHung(a) {
		<-ctx.Done()
		return "", ctx.Err()
	}
	if w.net.live(chord.PeerID(a)) == nil {
		return "", errors.New("refused")
	}
	return chord.PeerID(a), nil
}

func (n *network) isHung(addr string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.hung[addr]
}

func (n *network) hang(addr string, hung bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.hung[addr] = hung
}

func (n *network) isDeaf(p chord.PeerID) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.deaf[p]
}

func (n *network) deafen(p chord.PeerID, deaf bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.deaf[p] = deaf
}

func (n *network) live(p chord.PeerID) *wire {
	n.mu.Lock()
	defer n.mu.Unlock()
	if w := n.peers[p]; w != nil && !w.dead {
		return w
	}
	return nil
}

func (w *wire) Send(to chord.PeerID, body []byte, _ []chord.PeerID) {
	if w.net.tap != nil {
		w.net.tap(w.self, body)
	}
	time.AfterFunc(delay, func() {
		if w.net.live(w.self) == nil || w.net.isDeaf(to) {
			return
		}
		dst := w.net.live(to)
		if dst == nil {
			w.recv.Unreachable(to)
			return
		}
		if err := dst.recv.Deliver(w.self, body); err != nil {
			dst.recv.Rejected(w.self, err.Error())
		}
		clear(body) // whoever keeps it is found out
	})
}

func (w *wire) Close() error {
	w.net.mu.Lock()
	defer w.net.mu.Unlock()
	w.dead = true
	return nil
}

// config of the i-th peer of a test, which joins by the given ones.
func (n *network) config(i int, join ...int) node.Config {
	cfg := node.Config{Transport: &wire{net: n, self: name(i)}, Store: store.Memory()}
	for _, k := range join {
		cfg.Join = append(cfg.Join, string(name(k)))
	}
	return cfg
}

// start opens a node that is closed at the test's end.
func start(t *testing.T, cfg node.Config) *node.Node {
	t.Helper()
	p, err := node.Open(context.Background(), cfg)
	if err != nil {
		t.Fatalf("open %s: %v", cfg.Transport.Self(), err)
	}
	t.Cleanup(func() { p.Close() })
	return p
}

// ring starts peers 0 to size-1 and waits until they are one ring.
func (n *network) ring(t *testing.T, size int) []*node.Node {
	t.Helper()
	nodes := []*node.Node{start(t, n.config(0))}
	for i := 1; i < size; i++ {
		nodes = append(nodes, start(t, n.config(i, 0)))
	}
	settle(t, nodes[0], size)
	return nodes
}

// settle waits until the ring has the wanted size and everything is replicated.
func settle(t *testing.T, n *node.Node, peers int) {
	t.Helper()
	var ring node.Ring
	for range 3000 {
		ring, _ = n.Walk(t.Context())
		if ring.WellFormed && ring.Replicated && len(ring.Peers) == peers {
			return
		}
		pass(20 * time.Millisecond)
	}
	for _, p := range ring.Peers {
		t.Logf("%v predecessor %v, successors %v, replicated %v", p.Contact, p.Predecessor, p.Successors, p.Replicated)
	}
	t.Fatalf("%d peers, problem %q, replicated %v; want a ring of %d", len(ring.Peers), ring.Problem, ring.Replicated, peers)
}

func name(i int) chord.PeerID { return chord.PeerID(fmt.Sprintf("peer %d", i)) }

func put(t *testing.T, p *node.Node, key, value string) node.Receipt {
	t.Helper()
	r, err := p.Put(t.Context(), []byte(key), []byte(value), node.WriteOptions{})
	if err != nil {
		t.Fatalf("put %q: %v", key, err)
	}
	return r
}

func wantValue(t *testing.T, p *node.Node, key, want string) {
	t.Helper()
	v, err := p.Get(t.Context(), []byte(key), node.ReadOptions{})
	if err != nil || string(v.Data) != want {
		t.Errorf("get %q at %v: %q, error %v; want %q", key, p.Self(), v.Data, err, want)
	}
}

func wantError(t *testing.T, what string, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("%s: error %v, want %v", what, got, want)
	}
}

// A corpus is what a test has stored.
type corpus int

func (c corpus) put(t *testing.T, nodes ...*node.Node) {
	t.Helper()
	for i := range int(c) {
		put(t, nodes[i%len(nodes)], fmt.Sprint("key ", i), fmt.Sprint("value ", i))
	}
}

func (c corpus) wantAll(t *testing.T, p *node.Node) {
	t.Helper()
	for i := range int(c) {
		wantValue(t, p, fmt.Sprint("key ", i), fmt.Sprint("value ", i))
	}
}

// pass lets virtual time go by: every test here runs in a synctest bubble.
func pass(d time.Duration) { time.Sleep(d) }
