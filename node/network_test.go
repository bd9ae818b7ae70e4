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
}

func newNetwork() *network { return &network{peers: map[chord.PeerID]*wire{}} }

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
func (w *wire) PeerAddrs(p chord.PeerID) []string { return []string{string(p)} }
func (w *wire) Connect(_ context.Context, a string) (chord.PeerID, error) {
	if w.net.live(chord.PeerID(a)) == nil {
		return "", errors.New("refused")
	}
	return chord.PeerID(a), nil
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
	time.AfterFunc(delay, func() {
		if w.net.live(w.self) == nil {
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
	})
}

func (w *wire) Close() error {
	w.net.mu.Lock()
	defer w.net.mu.Unlock()
	w.dead = true
	return nil
}

// open starts the i-th node of a test; it joins through the 0-th.
func (n *network) open(t *testing.T, i int) *node.Node {
	t.Helper()
	cfg := node.Config{Transport: &wire{net: n, self: name(i)}, Store: store.Memory()}
	if i > 0 {
		cfg.Join = []string{string(name(0))}
	}
	p, err := node.Open(context.Background(), cfg)
	if err != nil {
		t.Fatalf("open peer %d: %v", i, err)
	}
	return p
}

func name(i int) chord.PeerID { return chord.PeerID(fmt.Sprintf("peer %d", i)) }
