package churn

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"peal/chord"
	"peal/node"
)

// A Ring is what is churned. Its methods are called from several goroutines.
// Nobody else may start or kill its peers meanwhile.
type Ring interface {
	// Peers is the ring with all its live peers.
	Peers(context.Context) (node.Ring, error)

	// Join starts a peer and returns when it is a member.
	Join(context.Context) (chord.Contact, error)

	// Kill stops a peer at random, without a goodbye.
	Kill(context.Context) (chord.Contact, error)

	// Lookup asks a live peer at random for the owner of a key. An error says
	// that it does not know for now.
	Lookup(ctx context.Context, key []byte) (node.Route, error)
}

// Config of a churn.
type Config struct {
	// Joins, Kills and Lookups a second, evenly spread.
	Joins, Kills, Lookups float64

	// For so long.
	For time.Duration

	// Progress is called about once a second with what has happened so far, if
	// it is not nil. There is never more than one call at a time, and none after
	// Run has returned.
	Progress func(Report)
}

const (
	patience  = 30 * time.Second       // with a lookup that is asked again and again
	askPause  = 100 * time.Millisecond // before it is asked again
	healing   = 15 * time.Second       // the ring has so long to become well-formed
	healPause = 200 * time.Millisecond
)

func (c *Config) validate() error {
	switch {
	case !(c.Joins >= 0) || !(c.Kills >= 0) || !(c.Lookups >= 0):
		return fmt.Errorf("%w: joins, kills or lookups are negative, or no number", ErrUsage)
	case c.Joins > 1000 || c.Kills > 1000 || c.Lookups > 100_000:
		return fmt.Errorf("%w: at most 1000 joins and kills and 100000 lookups a second are possible", ErrUsage)
	case c.For <= 0:
		return fmt.Errorf("%w: it must go on for more than 0 s", ErrUsage)
	}
	return nil
}

var (
	// ErrUsage: the rates or the time make no sense.
	ErrUsage = errors.New("the churn cannot be run")

	// ErrIllFormed: a churn says nothing of a ring that was out of order before.
	ErrIllFormed = errors.New("the ring is not well-formed to begin with")
)

// A run is one churn.
type run struct {
	cfg   Config
	ring  Ring
	begin time.Time
	work  sync.WaitGroup
	salt  uint64 // makes the keys others each time

	mu      sync.Mutex
	history history
	changes map[int]moment // joins and kills under way, since when
	changed int            // ever begun
	asked   int            // lookups ever begun
	answers []answer       // not judged yet
	took    []time.Duration
	report  Report
	lost    error // why the history cannot be trusted, if it cannot
}

// Run churns a well-formed ring, then waits until it is well-formed again, for
// 15 s at most. It fails if nobody can tell what a join or a kill without an
// answer has done, as the report may be wrong then. If ctx ends, the report is of what
// there was until then.
func Run(ctx context.Context, ring Ring, cfg Config) (Report, error) {
	if err := cfg.validate(); err != nil {
		return Report{}, err
	}
	r := &run{cfg: cfg, ring: ring, salt: rand.Uint64(), changes: map[int]moment{}}
	if err := r.meet(ctx); err != nil {
		return Report{}, err
	}
	r.begin = time.Now()
	within, cancel := context.WithTimeout(ctx, cfg.For)
	defer cancel()
	var rounds sync.WaitGroup
	rounds.Go(func() { r.every(within, cfg.Joins, 0.25, func() { r.join(ctx) }) })
	rounds.Go(func() { r.every(within, cfg.Kills, 0.75, func() { r.kill(ctx) }) })
	rounds.Go(func() { r.every(within, cfg.Lookups, 0.5, func() { r.lookup(ctx) }) })
	rounds.Go(func() { r.tell(within) })
	rounds.Wait()
	seconds := r.now().Seconds()
	r.work.Wait()
	r.judge()
	r.report.Seconds, r.report.Took = seconds, spreadOf(r.took)
	if ctx.Err() == nil {
		r.heal(ctx)
	}
	r.report.Interrupted = ctx.Err() != nil
	return r.report, cmp.Or(r.lost, ctx.Err())
}

// meet learns who is there.
func (r *run) meet(ctx context.Context) error {
	ring, err := r.ring.Peers(ctx)
	if err != nil {
		return err
	}
	if !ring.WellFormed {
		return fmt.Errorf("%w: %s", ErrIllFormed, ring.Problem)
	}
	for _, p := range ring.Peers {
		r.history.add(p.Contact, always, always)
	}
	r.report.Before = len(ring.Peers)
	return nil
}

func (r *run) now() moment { return time.Since(r.begin) }

// every calls f so many times a second until ctx ends, first after a part of
// the pause between two calls. It does not wait for f: a slow call must not
// keep the next from being made.
func (r *run) every(ctx context.Context, rate, first float64, f func()) {
	if rate == 0 {
		return
	}
	for i := first; ; i++ {
		due := r.begin.Add(time.Duration(i / rate * float64(time.Second)))
		if !sleep(ctx, time.Until(due)) {
			return
		}
		r.work.Go(f)
	}
}

// tell tells of the progress, one call after the other.
func (r *run) tell(ctx context.Context) {
	for sleep(ctx, time.Second) {
		r.progress()
	}
}

// sleep reports whether the time passed before ctx ended.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}

// heal waits until the ring is well-formed.
func (r *run) heal(ctx context.Context) {
	begin := time.Now()
	for {
		ring, err := r.ring.Peers(ctx)
		took := time.Since(begin)
		r.report.After, r.report.WellFormed, r.report.Problem = len(ring.Peers), ring.WellFormed, ring.Problem
		if err != nil {
			r.report.Problem = err.Error()
		}
		r.report.Healed = took.Seconds()
		if ring.WellFormed || took > healing || !sleep(ctx, healPause) {
			return
		}
	}
}
