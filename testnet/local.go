package testnet

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"

	"peal/chord"
	"peal/node"
	"peal/node/store"
	"peal/testnet/remote"
	"peal/testnet/usage"
	"peal/transport"
)

// A local is this process as a host of peers.
type local struct {
	cfg     Config // Peers are those of this host
	closing atomic.Bool
	parts   atomic.Pointer[partition]

	mu     sync.Mutex
	peers  []*resident
	hung   []*line // of peers that hang
	closed bool
}

var _ remote.Host = (*local)(nil)

// A resident is a peer that runs in this process.
type resident struct {
	*node.Node
	line *line
	host *local
}

// Leave makes the peer leave the ring in good order.
func (r *resident) Leave(ctx context.Context) error {
	defer r.host.forget(r)
	return r.Node.Leave(ctx)
}

// Lost is never so: this process still runs.
func (r *resident) Lost() bool { return false }

// Kill stops the peer without a goodbye.
func (r *resident) Kill(hang bool) error {
	defer r.host.forget(r)
	if hang {
		r.host.hang(r.line)
	}
	return r.Node.Close()
}

// Start runs a peer and returns when it is a member.
func (l *local) Start(ctx context.Context, number int, ways []string) (remote.Peer, error) {
	var open atomic.Bool
	givenUp := func() bool { return l.closing.Load() || !open.Load() && ctx.Err() != nil }
	log := slog.New(quiet{l.cfg.Logger.Handler(), givenUp})
	cfg, wire, err := l.peerConfig(number, log.With("number", number))
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
	r := &resident{p, wire, l}
	l.peers = append(l.peers, r)
	return r, nil
}

// peerConfig gives a peer its transport and its store.
func (l *local) peerConfig(number int, log *slog.Logger) (node.Config, *line, error) {
	cfg := node.Config{
		Ring: l.cfg.Ring, Version: l.cfg.Version, Observer: l.cfg.Observer,
		Logger: log, Store: store.Memory(),
	}
	cfg.Replica.Quorums, cfg.Replica.RoundEvery = l.cfg.Quorums, l.cfg.RoundEvery
	var keyFile string
	if l.cfg.DataDir != "" {
		dir := filepath.Join(l.cfg.DataDir, fmt.Sprintf("peer-%04d", number))
		db, err := store.Open(filepath.Join(dir, "store"))
		if err != nil {
			return cfg, nil, err
		}
		cfg.Store, keyFile = db, filepath.Join(dir, "identity.key")
	}
	tr, err := transport.New(transport.Config{
		KeyFile: keyFile, Ring: l.cfg.Ring, Listen: listenAddrs[l.cfg.Transport],
		Memory: l.cfg.Transport == Memory, Lean: true, MaxConns: l.maxConns(), Logger: log,
	})
	if err != nil {
		cfg.Store.Close()
		return cfg, nil, err
	}
	wire := &line{Transport: tr, parts: &l.parts, cable: cable{delay: l.cfg.Latency / 2}}
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

// Rest gives back what only the start of peers needed, and lets less garbage gather
// from then on: a ring at rest makes little, but by default as much may lie around as
// there is in use, stacks included.
func (l *local) Rest() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(50)
	}
	debug.FreeOSMemory()
}

func (l *local) forget(r *resident) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.peers = slices.DeleteFunc(l.peers, func(p *resident) bool { return p == r })
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
