package bench

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime/pprof"
)

// profiles writes what takes CPU time at rest and under each kind of request.
func (b *bench) profiles(ctx context.Context) error {
	if b.cfg.Profiles == "" {
		return nil
	}
	jobs := []struct {
		name string
		run  func()
	}{{"rest", func() { b.watch(ctx) }}}
	for _, c := range b.operations() {
		if len(c.clients) == b.cfg.Clients {
			jobs = append(jobs, struct {
				name string
				run  func()
			}{c.name, func() { c.turn(ctx, b.cfg.Duration, b.read) }})
		}
	}
	for i, job := range jobs {
		if err := profile(filepath.Join(b.cfg.Profiles, job.name+".pprof"), job.run); err != nil {
			return err
		}
		b.cfg.Progress(Profiling, i+1, len(jobs))
	}
	return nil
}

func profile(file string, run func()) error {
	f, err := os.Create(file)
	if err != nil {
		return fmt.Errorf("write a profile: %w", err)
	}
	defer f.Close()
	if err := pprof.StartCPUProfile(f); err != nil {
		return fmt.Errorf("take a profile: %w", err)
	}
	run()
	pprof.StopCPUProfile()
	return f.Close()
}
