package testnet

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"peal/chord"
	"peal/node"
	"peal/testnet/remote"
)

// ErrNoPeers: every peer has been killed.
var ErrNoPeers = errors.New("the testnet has no live peer: join some with 'peal testnet join'")

// A Testnet is a set of running peers. Its methods may be called from any
// goroutine.
type Testnet struct {
	cfg   Config
	ready atomic.Bool // Start is over

	hosts     []remote.Host
	suspected atomic.Int64 // when a peer last was, in nanoseconds since 1970

	mu      sync.Mutex
	rand    *rand.Rand
	parts   partition
	wear    Impairment
	peers   []Peer       // in the order in which they were started
	numbers map[Peer]int // of these
	paused  map[Peer]bool
	started int // ever
	closed  bool
}

// A Peer of a testnet.
type Peer = remote.Peer

// New makes a testnet without peers yet: call [Testnet.Start].
func New(cfg Config) (*Testnet, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	t := &Testnet{
		cfg: cfg, rand: rand.New(rand.NewPCG(cfg.Seed, 0)),
		numbers: map[Peer]int{}, paused: map[Peer]bool{},
	}
	return t, t.place()
}

// Start starts the peers and returns when all are members of the ring. Progress
// is called after each one, if it is not nil.
func (t *Testnet) Start(ctx context.Context, progress func(joined, total int)) error {
	_, err := t.start(ctx, t.fresh(t.cfg.Peers), progress)
	t.ready.Store(err == nil)
	return err
}

// Live are the peers that run now.
func (t *Testnet) Live() []Peer {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.peers)
}

// Peer is the one that via names by its peer ID or the first digits of its
// position; with an empty via, one at random.
func (t *Testnet) Peer(via string) (Peer, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.peers) == 0 && !t.ready.Load() {
		return nil, fmt.Errorf("%w: the testnet is still starting, try again shortly", node.ErrNoPeer)
	}
	if len(t.peers) == 0 {
		return nil, ErrNoPeers
	}
	if via != "" {
		p, err := find(t.peers, via)
		if err == nil && t.paused[p] {
			return nil, fmt.Errorf("%w: the peer %v is paused: let it go on with 'peal testnet resume'", node.ErrNoPeer, p.Self())
		}
		return p, err
	}
	awake := t.awake()
	if len(awake) == 0 {
		return nil, fmt.Errorf("%w: all peers are paused: let them go on with 'peal testnet resume'", node.ErrNoPeer)
	}
	return awake[t.rand.IntN(len(awake))], nil
}

func find(peers []Peer, name string) (Peer, error) {
	var found Peer
	for _, p := range peers {
		c := p.Self()
		if c.Peer.String() == name {
			return p, nil
		}
		digits, _ := c.ID.MarshalText()
		if strings.HasPrefix(string(digits), strings.ToLower(name)) {
			if found != nil {
				return nil, fmt.Errorf("%w: %q is the beginning of several positions: give more digits", node.ErrInvalid, name)
			}
			found = p
		}
	}
	if found == nil {
		return nil, fmt.Errorf("%w: no live peer has the ID or position %q: 'peal ring' lists them", node.ErrInvalid, name)
	}
	return found, nil
}

// Ring is the ring at this moment, as the peers themselves see it.
func (t *Testnet) Ring() node.Ring {
	peers := t.Live()
	infos := together(peers, Peer.Info)
	slices.SortFunc(infos, func(a, b node.Info) int { return a.ID.Compare(b.ID) })
	ring := node.NewRing(t.cfg.Ring, infos)
	if !t.ready.Load() {
		ring.WellFormed, ring.Problem = false, fmt.Sprintf("the testnet is still starting: %d of %d peers", len(peers), t.cfg.Peers)
	}
	return ring
}

const settleEvery = 100 * time.Millisecond

// Settle waits until the ring is well-formed and every record has all its
// replicas.
func (t *Testnet) Settle(ctx context.Context) error {
	for {
		asked := time.Now()
		ring := t.Ring()
		if ring.WellFormed && ring.Replicated {
			return nil
		}
		select {
		case <-time.After(max(settleEvery, 10*time.Since(asked))): // a thousand peers have better things to do
		case <-ctx.Done():
			return fmt.Errorf("the ring has not settled: %s: %w", unsettled(ring), ctx.Err())
		}
	}
}

func unsettled(ring node.Ring) string {
	if ring.Problem != "" {
		return ring.Problem
	}
	for _, p := range ring.Peers {
		if !p.Replicated {
			return fmt.Sprintf("%v still reconciles", p.Contact)
		}
	}
	return "unknown"
}

// Leave makes one peer leave the ring in good order; see [Testnet.Peer] for
// names. The others and the testnet go on. If its records could not all be
// handed over in time it has left nevertheless, and the error says so.
func (t *Testnet) Leave(ctx context.Context, name string) (chord.Contact, error) {
	p, err := t.Peer(name)
	if err != nil {
		return chord.Contact{}, err
	}
	err = p.Leave(ctx)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.forget([]Peer{p})
	return p.Self(), err
}

// Close stops all peers.
func (t *Testnet) Close() error {
	t.mu.Lock()
	t.peers, t.closed = nil, true
	t.mu.Unlock()
	return errors.Join(together(t.hosts, remote.Host.Close)...)
}

// forget takes peers out of the live ones.
func (t *Testnet) forget(gone []Peer) {
	t.peers = slices.DeleteFunc(t.peers, func(p Peer) bool { return slices.Contains(gone, p) })
	for _, p := range gone {
		delete(t.numbers, p)
		delete(t.paused, p)
	}
}

func contacts(peers []Peer) []chord.Contact {
	list := make([]chord.Contact, len(peers))
	for i, p := range peers {
		list[i] = p.Self()
	}
	return list
}
