package main

import (
	"context"
	"runtime"

	"golang.org/x/sync/errgroup"
)

// interruptible does a job, or at least until ctx ends: a simulation is pure and
// cannot be stopped, but the program is about to end anyway.
func interruptible[R any](ctx context.Context, do func() (R, error)) (R, error) {
	var none, result R
	if ctx.Err() != nil { // many jobs may follow, and none of them could be stopped
		return none, fail(codeInterrupted, "interrupted")
	}
	var err error
	done := make(chan struct{})
	go func() {
		defer close(done)
		result, err = do()
	}()
	select {
	case <-done:
	case <-ctx.Done():
	}
	if ctx.Err() != nil {
		return none, fail(codeInterrupted, "interrupted")
	}
	return result, err
}

// inParallel does several jobs, as many at a time as there are processors, until
// one fails or ctx ends. Their results are in order.
func inParallel[R any](ctx context.Context, bar *progress, jobs int, do func(int) (R, error)) ([]R, error) {
	defer bar.end()
	return interruptible(ctx, func() ([]R, error) {
		results := make([]R, jobs)
		group, ctx := errgroup.WithContext(ctx)
		group.SetLimit(runtime.GOMAXPROCS(0))
		for i := range results {
			group.Go(func() (err error) {
				if ctx.Err() != nil {
					return ctx.Err()
				}
				results[i], err = do(i)
				bar.add(0)
				return err
			})
		}
		return results, group.Wait()
	})
}
