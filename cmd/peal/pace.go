package main

import (
	"context"
	"sync"
	"time"

	"github.com/spf13/pflag"
)

// maxParallel bounds how many files or keys move at once.
const maxParallel = 256

// longestPause is where the pauses between attempts stop growing.
const longestPause = 5 * time.Second

// A pace is how many things a verb moves at once, and how long it insists on each.
type pace struct {
	parallel int
	retry    time.Duration // how long to try a thing again while the ring mends
	pause    time.Duration // between two attempts, at first

	last sync.Mutex
	good time.Time // when a request last succeeded, or moved a part of something
}

func (p *pace) flags(flags *pflag.FlagSet, thing string) {
	flags.IntVar(&p.parallel, "parallel", 16, "how many "+thing+"s to move at once")
	flags.DurationVar(&p.retry, "retry", time.Minute, "how long to try a "+thing+" again while the ring mends")
}

// begin looks at the flags, and takes now for the start.
func (p *pace) begin(c *cli) error {
	p.pause, p.good = c.pause, time.Now()
	switch {
	case p.parallel < 1 || p.parallel > maxParallel:
		return fail(codeUsage, "--parallel %d: want 1 to %d", p.parallel, maxParallel)
	case p.retry < 0:
		return fail(codeUsage, "--retry %v: want 0 or more", p.retry)
	}
	return nil
}

// alive takes a value that moves for a sign that the ring is alive.
type alive struct{ *pace }

func (a alive) reach(int64) { a.succeeded() }
func (a alive) end()        {}

func (p *pace) succeeded() {
	p.last.Lock()
	defer p.last.Unlock()
	p.good = time.Now()
}

func (p *pace) sinceSuccess() time.Duration {
	p.last.Lock()
	defer p.last.Unlock()
	return time.Since(p.good)
}

// insist tries again, with growing pauses, while the ring mends. It gives up
// once this has failed for the time of --retry, and sooner where nothing else
// succeeded for so long either, so that a dead ring does not hold everything.
func (p *pace) insist(ctx context.Context, try func() error) error {
	var failing time.Time // since when
	for pause := p.pause; ; pause = min(2*pause, longestPause) {
		err := try()
		if err == nil {
			p.succeeded()
			return nil
		}
		if failing.IsZero() {
			failing = time.Now()
		}
		left := p.retry - max(time.Since(failing), p.sinceSuccess())
		if !transient(err) || left <= 0 || ctx.Err() != nil {
			return err
		}
		sleep(ctx, min(pause, left))
	}
}
