package bench

import (
	"context"
	"math"
	"sync"
	"time"

	"peal/chord"
	"peal/node"
	"peal/testnet"
)

// A Fault is how requests fared while a share of the peers failed. They are made at a
// steady rate, whether the ones before are answered or not, and each counts from when it
// was due: clients that wait for answers would ask least when it takes longest.
type Fault struct {
	Kind      string  `json:"kind"` // kill or hang
	Share     float64 `json:"share"`
	Failed    int     `json:"peers_failed"`
	PerSecond float64 `json:"per_second"` // gets and puts
	Gets      Tail    `json:"get"`
	Puts      Tail    `json:"put"`

	DeadContacts int      `json:"dead_contacts"`                  // in the tables of the others at the end
	Clean        *float64 `json:"tables_clean_seconds,omitempty"` // until there were none; absent: never
	Settled      *float64 `json:"settled_seconds,omitempty"`      // until the ring had all replicas again; absent: never
}

// A Tail compares requests before the fault and after it.
type Tail struct {
	Before Sample  `json:"before"`
	After  Sample  `json:"after"`
	Ratio  float64 `json:"p99_ratio"`
}

// A Sample is what came of requests.
type Sample struct {
	Count   int    `json:"count"`
	Failed  int    `json:"failed"`
	Failure string `json:"failure,omitempty"` // why the last one failed
	Quantiles
}

// faults lets peers fail, if any shall.
func (b *bench) faults(ctx context.Context) error {
	for _, f := range []struct {
		kind  string
		share float64
		how   testnet.Death
	}{{"kill", b.cfg.Kill, testnet.Crash}, {"hang", b.cfg.Hang, testnet.Hang}} {
		if f.share == 0 || ctx.Err() != nil {
			continue
		}
		if err := b.fault(ctx, Fault{Kind: f.kind, Share: f.share, PerSecond: b.cfg.Rate}, f.how); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) fault(ctx context.Context, f Fault, how testnet.Death) error {
	if err := b.settle(ctx); err != nil { // after the fault before
		return err
	}
	b.steady(ctx) // so that peers know each other, and are connected
	before := b.steady(ctx)
	if ctx.Err() != nil {
		return nil
	}
	count := int(math.Ceil(f.Share * float64(len(b.net.Live()))))
	killed, err := b.net.KillRandom(count, false, how)
	if err != nil {
		return err
	}
	b.peers.look(b.net)
	f.Failed = len(killed.Peers)
	look := b.follow(ctx, &f, killed.Peers)
	after := b.steady(ctx)
	look()
	f.Gets, f.Puts = tailOf(before[0], after[0]), tailOf(before[1], after[1])
	b.report.Faults = append(b.report.Faults, f)
	return nil
}

// steady makes gets and puts in turn, and returns the tallies of either.
func (b *bench) steady(ctx context.Context) (tallies [2]tally) {
	every := time.Duration(float64(time.Second) / b.cfg.Rate)
	total := max(2, int(b.cfg.Duration/every))
	asks, choose := [2]ask{b.get, b.put}, b.data.choice()
	var mu sync.Mutex
	var wait sync.WaitGroup
	begin := time.Now()
	for i := range total {
		due := begin.Add(time.Duration(i) * every)
		sleep(ctx, time.Until(due))
		if ctx.Err() != nil {
			break
		}
		key := choose()
		wait.Go(func() {
			rounds, err := asks[i%2](ctx, key)
			took := time.Since(due)
			mu.Lock()
			defer mu.Unlock()
			if ctx.Err() == nil {
				tallies[i%2].count(took, rounds, err)
			}
		})
		b.cfg.Progress(Failing, i+1, total)
	}
	wait.Wait()
	return tallies
}

// follow watches how the ring gets over the loss of peers and fills in that part of the
// fault, until what it returns is called.
func (b *bench) follow(ctx context.Context, f *Fault, lost []chord.Contact) (end func()) {
	ctx, cancel := context.WithCancel(ctx)
	begin, every := time.Now(), min(time.Second/2, b.cfg.Duration/4)
	var watching sync.WaitGroup
	look := func() {
		ring, now := b.net.Ring(), time.Since(begin).Seconds()
		f.DeadContacts = named(ring, lost)
		note(&f.Clean, f.DeadContacts == 0, now)
		note(&f.Settled, ring.WellFormed && ring.Replicated, now)
	}
	watching.Go(func() {
		for sleep(ctx, every) {
			look()
		}
	})
	return func() {
		cancel()
		watching.Wait()
		look()
	}
}

// note keeps since when something holds.
func note(since **float64, holds bool, now float64) {
	switch {
	case !holds:
		*since = nil
	case *since == nil:
		*since = &now
	}
}

// named counts the entries of peers in the tables of a ring.
func named(ring node.Ring, who []chord.Contact) (count int) {
	of := map[chord.PeerID]bool{}
	for _, c := range who {
		of[c.Peer] = true
	}
	for _, p := range ring.Peers {
		for _, list := range [][]chord.Contact{p.Successors, p.Fingers, {p.Predecessor}} {
			for _, c := range list {
				if of[c.Peer] {
					count++
				}
			}
		}
	}
	return count
}

func tailOf(before, after tally) Tail {
	t := Tail{Before: before.sample(), After: after.sample()}
	if t.Before.P99 > 0 {
		t.Ratio = t.After.P99 / t.Before.P99
	}
	return t
}

func (t *tally) sample() Sample {
	s := Sample{Count: len(t.took), Failed: t.failed}
	if t.failure != nil {
		s.Failure = t.failure.Error()
	}
	if s.Count > 0 {
		s.Quantiles = quantiles(t.took)
	}
	return s
}
