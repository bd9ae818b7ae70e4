package testnet

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"

	"peal/chord"
	"peal/node"
	"peal/testnet/remote"
	"peal/testnet/usage"
	"peal/transport"
)

// A local is this process as a host of peers.
type local struct {
	cfg     Config // Peers are those of this host
	closing atomic.Bool
	parts   atomic.Pointer[partition]
	wear    atomic.Pointer[Impairment]

	mu     sync.Mutex
	peers  []*resident
	homes  map[int]*home // of the peers by number, and of those that have crashed
	hung   []*line       // of peers that hang
	closed bool
}

var _ remote.Host = (*local)(nil)

func newLocal(cfg Config) *local {
	if cfg.crowd() > 1 {
		lightHandshakes()
	}
	return &local{cfg: cfg}
}

// A resident is a peer that runs in this process.
type resident struct {
	*node.Node
	number int
	line   *line
	host   *local

	mu   sync.Mutex
	goOn func() // resumes it; nil unless it is paused
}

// Leave makes the peer leave the ring in good order.
func (r *resident) Leave(ctx context.Context) error {
	defer r.host.forget(r, false)
	return r.Node.Leave(ctx)
}

// Lost is never so: this process still runs.
func (r *resident) Lost() bool { return false }

// Kill stops the peer without a goodbye.
func (r *resident) Kill(hang bool) error {
	defer r.host.forget(r, false)
	if hang {
		r.host.hang(r.line)
	}
	return r.Node.Close()
}

// Crash stops the peer without a goodbye, and keeps its home.
func (r *resident) Crash() error {
	defer r.host.forget(r, true)
	return r.Node.Close()
}

// Pause stops the peer with its connections open.
func (r *resident) Pause() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.goOn != nil {
		return nil
	}
	goOn, err := r.Node.Pause()
	r.goOn = goOn
	return err
}

// Resume lets it go on.
func (r *resident) Resume() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.goOn != nil {
		r.goOn()
		r.goOn = nil
	}
	return nil
}

// Start runs a peer and returns when it is a member.
func (l *local) Start(ctx context.Context, number int, ways []string) (remote.Peer, error) {
	var open atomic.Bool
	h, again := l.home(number)
	givenUp := func() bool { return l.closing.Load() || !open.Load() && (again || ctx.Err() != nil) }
	log := slog.New(quiet{l.cfg.Logger.Handler(), givenUp})
	cfg, wire, err := l.peerConfig(h, log.With("number", number))
	if err != nil {
		return nil, err
	}
	cfg.Join = ways
	p, err := node.Open(ctx, cfg)
	if err != nil {
		return nil, err
	}
	open.Store(true)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		p.Close()
		return nil, node.ErrClosed
	}
	r := &resident{Node: p, number: number, line: wire, host: l}
	l.peers = append(l.peers, r)
	return r, nil
}

// peerConfig gives a peer its transport and its store.
func (l *local) peerConfig(h *home, log *slog.Logger) (node.Config, *line, error) {
	cfg := node.Config{Ring: l.cfg.Ring, Version: l.cfg.Version, Observer: l.cfg.Observer, Logger: log}
	cfg.Chord, cfg.Redial = l.cfg.upkeep(), l.cfg.redial()
	cfg.Replica.Quorums, cfg.Replica.RoundEvery = l.cfg.Quorums, l.cfg.RoundEvery
	ways := transport.Config{
		Ring: l.cfg.Ring, Listen: listenAddrs[l.cfg.Transport],
		Memory: l.cfg.Transport == Memory, Lean: true, MaxConns: l.maxConns(), MaxIdle: l.cfg.idle(), Logger: log,
	}
	var err error
	if cfg.Store, err = h.open(&ways); err != nil {
		return cfg, nil, err
	}
	tr, err := transport.New(ways)
	if err != nil {
		cfg.Store.Close()
		return cfg, nil, err
	}
	wire := &line{Transport: tr, parts: &l.parts, wear: &l.wear, cable: cable{delay: l.cfg.Latency / 2}}
	cfg.Transport = wire
	return cfg, wire, nil
}

// maxConns shares the process's file descriptors among the peers, since a ring
// of some hundred would otherwise become a full mesh: each TCP connection takes
// one descriptor at each end.
func (l *local) maxConns() int {
	files := openFiles()
	if l.cfg.Transport != TCP || files == 0 {
		return 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	share := files * 7 / 10 / uint64(max(l.cfg.Peers, len(l.peers)+1))
	return int(min(max(share, 24), 400))
}

// Part parts the peers that run here from others.
func (l *local) Part(parts map[chord.PeerID]int) {
	p := partition(parts)
	l.parts.Store(&p)
}

// Impair makes the network of the peers that run here bad.
func (l *local) Impair(i Impairment) { l.wear.Store(&i) }

// Stats sums up what the transports of the peers have counted.
func (l *local) Stats() transport.Stats {
	l.mu.Lock()
	defer l.mu.Unlock()
	var sum transport.Stats
	for _, r := range l.peers {
		if counting, ok := r.line.Transport.(interface{ Stats() transport.Stats }); ok {
			sum = sum.Plus(counting.Stats())
		}
	}
	return sum
}

// Memory is what this process takes.
func (l *local) Memory() int64 { return usage.Memory() }

// forget takes a peer out of those that run, and its home unless that is kept.
func (l *local) forget(r *resident, keep bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.peers = slices.DeleteFunc(l.peers, func(p *resident) bool { return p == r })
	if !keep {
		delete(l.homes, r.number)
	}
}

// Close stops all peers.
func (l *local) Close() error {
	l.closing.Store(true)
	l.mu.Lock()
	peers, hung := l.peers, l.hung
	l.peers, l.hung, l.closed = nil, nil, true
	l.mu.Unlock()
	for _, wire := range hung {
		wire.Transport.Close()
	}
	return errors.Join(together(peers, func(r *resident) error { return r.Node.Close() })...)
}

// together does something with each of a list at the same time.
func together[T any, R any](list []T, do func(T) R) []R {
	results := make([]R, len(list))
	var wait sync.WaitGroup
	for i, one := range list {
		wait.Go(func() { results[i] = do(one) })
	}
	wait.Wait()
	return results
}
