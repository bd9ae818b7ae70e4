package testnet

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"peal/chord"
	"peal/node"
	"peal/node/store"
	"peal/transport"
)

// The transports that peers of a testnet can talk over.
const (
	TCP    = "tcp"
	QUIC   = "quic"
	Memory = "memory"
)

// waysIn is how many peers each newcomer is told of, since some may be killed
// meanwhile.
const waysIn = 3

// atOnce is how many peers join at the same time: enough to keep the processors busy,
// and not so many that all wait for each other until they take each other for dead.
func atOnce() int { return 4 * runtime.GOMAXPROCS(0) }

var listenAddrs = map[string][]string{
	TCP:    {"/ip4/127.0.0.1/tcp/0"},
	QUIC:   {"/ip4/127.0.0.1/udp/0/quic-v1"},
	Memory: nil,
}

func validTransport(name string) error {
	if _, ok := listenAddrs[name]; !ok {
		return fmt.Errorf("transport %q: want tcp, quic or memory", name)
	}
	return nil
}

// Join starts n more peers and returns when they are members.
func (t *Testnet) Join(ctx context.Context, n int) ([]chord.Contact, error) {
	if n < 1 || n > 10_000 {
		return nil, fmt.Errorf("%w: join %d peers: want 1 to 10000", node.ErrInvalid, n)
	}
	peers, err := t.start(ctx, n, nil)
	return contacts(peers), err
}

// start runs n peers. The first of a testnet is alone; the others join through
// live ones.
func (t *Testnet) start(ctx context.Context, n int, progress func(joined, total int)) ([]*node.Node, error) {
	var mu sync.Mutex
	var started []*node.Node
	one := func() error {
		p, err := t.startOne(ctx)
		if err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		started = append(started, p)
		if progress != nil {
			progress(len(started), n)
		}
		return nil
	}
	if len(t.Live()) == 0 {
		if err := one(); err != nil {
			return started, err
		}
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce())
	for range n - len(started) {
		group.Go(one)
	}
	err := group.Wait()
	return started, err
}

func (t *Testnet) startOne(ctx context.Context) (*node.Node, error) {
	t.mu.Lock()
	number := t.started
	t.started++
	t.mu.Unlock()
	var open atomic.Bool
	givenUp := func() bool { return t.closing.Load() || !open.Load() && ctx.Err() != nil }
	log := slog.New(quiet{t.cfg.Logger.Handler(), givenUp})
	cfg, err := t.peerConfig(number, log.With("number", number))
	if err != nil {
		return nil, err
	}
	p, err := node.Open(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("start peer %d: %w", number, err)
	}
	open.Store(true)
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		p.Close()
		return nil, ErrNoPeers
	}
	t.peers = append(t.peers, p)
	t.lines[p] = cfg.Transport.(*line)
	return p, nil
}

// peerConfig gives a peer its transport, its store, and live peers to join by.
func (t *Testnet) peerConfig(number int, log *slog.Logger) (node.Config, error) {
	cfg := node.Config{
		Ring: t.cfg.Ring, Version: t.cfg.Version, Observer: t.cfg.Observer,
		Logger: log, Store: store.Memory(),
	}
	for _, way := range t.entrances() {
		cfg.Join = append(cfg.Join, way.Addresses()...)
	}
	cfg.Replica.Quorums, cfg.Replica.RoundEvery = t.cfg.Quorums, t.cfg.RoundEvery
	var keyFile string
	if t.cfg.DataDir != "" {
		dir := filepath.Join(t.cfg.DataDir, fmt.Sprintf("peer-%04d", number))
		db, err := store.Open(filepath.Join(dir, "store"))
		if err != nil {
			return cfg, err
		}
		cfg.Store, keyFile = db, filepath.Join(dir, "identity.key")
	}
	tr, err := transport.New(transport.Config{
		KeyFile: keyFile, Ring: t.cfg.Ring, Listen: listenAddrs[t.cfg.Transport],
		Memory: t.cfg.Transport == Memory, Lean: true, MaxConns: t.maxConns(), Logger: log,
	})
	if err != nil {
		cfg.Store.Close()
		return cfg, fmt.Errorf("start peer %d: %w", number, err)
	}
	cfg.Transport = &line{Transport: tr, parts: &t.parts, cable: cable{delay: t.cfg.Latency / 2}}
	return cfg, nil
}

// maxConns shares the process's file descriptors among the peers, since a ring
// of some hundred would otherwise become a full mesh: each TCP connection takes
// one descriptor at each end.
func (t *Testnet) maxConns() int {
	files := openFiles()
	if t.cfg.Transport != TCP || files == 0 {
		return 0
	}
	share := files * 7 / 10 / uint64(max(t.cfg.Peers, len(t.Live())+1))
	return int(min(max(share, 24), 400))
}
