package bench

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"peal/node"
	"peal/testnet"
)

// settleTime bounds how long the ring is waited for.
const settleTime = 10 * time.Minute

// A bench is one run.
type bench struct {
	cfg    Config
	net    *testnet.Testnet
	peers  peers
	ring   Ring
	data   *data
	read   func() meter
	report *Report
}

// Run starts a testnet and measures it. Interrupted, it reports what it has.
func Run(ctx context.Context, cfg Config) (*Report, error) {
	cfg.Testnet.Peers = cmp.Or(cfg.Testnet.Peers, 100)
	cfg.Testnet.Transport = cmp.Or(cfg.Testnet.Transport, testnet.TCP)
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "peal-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if cfg.Durable {
		cfg.Testnet.DataDir = filepath.Join(dir, "peers")
	}
	net, err := testnet.New(cfg.Testnet)
	if err != nil {
		return nil, err
	}
	defer net.Close()
	b := &bench{cfg: cfg, net: net, peers: peers{r: cfg.R, w: cfg.W}, data: newData(cfg), read: meterOf(net), report: newReport(cfg)}
	b.ring, b.report.Peers, b.report.Transport = &b.peers, cfg.Testnet.Peers, cfg.Testnet.Transport
	return b.end(ctx, b.run(ctx, dir))
}

// Drive measures a ring that runs elsewhere, beside the bare HTTP request.
func Drive(ctx context.Context, cfg Config, url string, ring Ring, bare func(context.Context) error) (*Report, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	b := &bench{cfg: cfg, ring: ring, data: newData(cfg), read: meterOf(nil), report: newReport(cfg)}
	b.report.API = url
	healthz := func(ctx context.Context, _ string) (int, error) { return 0, bare(ctx) }
	err := b.stages(ctx, b.fill, func(ctx context.Context) error {
		b.contest(ctx, b.bothWays(true, Healthz, healthz))
		return nil
	})
	return b.end(ctx, err)
}

// end makes no error of an interruption.
func (b *bench) end(ctx context.Context, err error) (*Report, error) {
	if ctx.Err() != nil {
		b.report.Interrupted, err = true, nil
	}
	return b.report, err
}

// stages does one after another until there is an error or an interruption.
func (b *bench) stages(ctx context.Context, list ...func(context.Context) error) error {
	for _, stage := range list {
		if err := stage(ctx); err != nil || ctx.Err() != nil {
			return err
		}
	}
	return nil
}

// run measures either what fails, or what does not.
func (b *bench) run(ctx context.Context, dir string) error {
	if b.cfg.Kill > 0 || b.cfg.Hang > 0 {
		return b.stages(ctx, b.start, b.fill, b.warm, b.faults)
	}
	atRest := func(into **Footprint) func(context.Context) error {
		return func(ctx context.Context) error { *into = b.rest(ctx); return nil }
	}
	besideBare := func(ctx context.Context) error { return b.besideBare(ctx, dir) }
	return b.stages(ctx, b.start, atRest(&b.report.Settled), b.fill, b.warm, besideBare, atRest(&b.report.Loaded), b.profiles)
}

// start starts the ring and waits until it has settled.
func (b *bench) start(ctx context.Context) error {
	begin := time.Now()
	if err := b.net.Start(ctx, func(joined, total int) { b.cfg.Progress(Joining, joined, total) }); err != nil {
		return err
	}
	if err := b.settle(ctx); err != nil {
		return err
	}
	b.report.Settle = time.Since(begin).Seconds()
	b.peers.look(b.net)
	return nil
}

func (b *bench) settle(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, settleTime)
	defer cancel()
	return b.net.Settle(ctx)
}

// tries is how often a key is put until the bench is given up.
const tries = 10

// fill stores all keys.
func (b *bench) fill(ctx context.Context) error {
	return b.forAll(ctx, Storing, b.cfg.Keys, func(ctx context.Context, i int) (err error) {
		for range tries {
			if _, err = b.ring.Put(ctx, b.data.key(uint64(i)), b.data.value); err == nil || ctx.Err() != nil {
				break
			}
		}
		return err
	})
}

// Before anything is measured each peer reads a key of each other one, as far as there are
// not too many reads then, in all.
const (
	maxReads = 20_000
	minReads = 20 // of one peer
)

// warm lets the peers know each other, and open the connections and streams that they use
// all the time. A read that fails is no matter here.
func (b *bench) warm(ctx context.Context) error {
	live := b.net.Live()
	keys := b.data.oneOfEach(live)
	each := min(len(keys), max(maxReads/len(live), minReads))
	return b.forAll(ctx, Warming, each*len(live), func(ctx context.Context, i int) error {
		peer, round := i%len(live), i/len(live)
		_, _ = live[peer].Get(ctx, []byte(keys[(peer+round)%len(keys)]), node.ReadOptions{R: b.cfg.R})
		return nil
	})
}

// forAll does something so often, by as many clients as there are.
func (b *bench) forAll(ctx context.Context, s Stage, count int, do func(context.Context, int) error) error {
	var mu sync.Mutex // Progress is told of one at a time, in order
	done := 0
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(b.cfg.Clients)
	for i := range count {
		group.Go(func() error {
			if err := do(ctx, i); err != nil {
				return fmt.Errorf("%s: %w", s.Doing, err)
			}
			mu.Lock()
			defer mu.Unlock()
			done++
			b.cfg.Progress(s, done, count)
			return nil
		})
	}
	return group.Wait()
}

// besideBare is the contest between the ring and what it is made of, which is gone
// when the ring is looked at again.
func (b *bench) besideBare(ctx context.Context, dir string) (err error) {
	net, err := openBare(ctx, b.cfg.Testnet.Transport, b.cfg.Testnet.Peers, b.data.value)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, net.Close()) }()
	disk, err := openDisk(filepath.Join(dir, "bare"), b.data.value)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, disk.Close()) }()
	b.contest(ctx, b.bareCosts(net, disk))
	return nil
}
