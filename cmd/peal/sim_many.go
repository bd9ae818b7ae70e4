package main

import (
	"context"
	"fmt"
	"hash/fnv"
	"io"
	"slices"
	"time"

	"peal/testnet/sim"
)

// A simSummary tells of many runs; it is its JSON.
type simSummary struct {
	FirstSeed  uint64          `json:"first_seed"`
	Seeds      int             `json:"seeds"`
	Violations []*simResult    `json:"violations"`
	Events     int             `json:"events"`
	Asserted   int             `json:"asserted"` // events after which all invariants had to hold
	Messages   int             `json:"messages"`
	Faults     int             `json:"faults"`
	IdealMax   float64         `json:"ideal_max"` // seconds from a run's last fault until its ring was ideal
	Data       *sim.DataReport `json:"data,omitempty"`
	Took       float64         `json:"took"` // seconds of real time
	TraceHash  string          `json:"trace_hash"`
}

// simMany runs many seeds on all processors.
func (c *cli) simMany(ctx context.Context, o *simOptions) error {
	if !c.json() {
		if err := c.printf("seeds %d to %d\n", o.seed, o.seed+uint64(o.seeds)-1); err != nil {
			return err
		}
	}
	bar := c.progress("simulating", "seed", o.seeds)
	begin := time.Now()
	runs, err := inParallel(ctx, bar, o.seeds, func(i int) (*simResult, error) {
		r, err := o.runSeed(o.seed + uint64(i))
		if r.Violation != nil {
			bar.note("%v", r.Violation)
		}
		return r, err
	})
	if err != nil {
		return err
	}
	sum := summarize(o, runs)
	sum.Took = time.Since(begin).Seconds()
	for _, r := range sum.Violations {
		r.writeLog(ctx, o.config(r.Seed))
	}
	if err := c.printSummary(sum); err != nil || len(sum.Violations) == 0 {
		return err
	}
	return fail(codeCheck, "%s broke a rule", counted(len(sum.Violations), "seed"))
}

// runSeed runs one seed. A violation is no error, but part of the result.
func (o *simOptions) runSeed(seed uint64) (r *simResult, err error) {
	r = &simResult{Command: o.command(seed)}
	begin := time.Now()
	r.Report, err = sim.Run(o.config(seed))
	r.Took = time.Since(begin).Seconds()
	if err = r.take(err); err != nil {
		return r, fail(codeUsage, "seed %d: %v", seed, err)
	}
	return r, nil
}

// summarize adds runs up. Its trace hash is one of all their hashes.
func summarize(o *simOptions, runs []*simResult) *simSummary {
	sum := &simSummary{FirstSeed: o.seed, Seeds: len(runs), Violations: []*simResult{}}
	all := fnv.New64a()
	for _, r := range runs {
		if r.Violation != nil {
			sum.Violations = append(sum.Violations, r)
		}
		sum.Events += r.Events
		sum.Asserted += r.Asserted
		sum.Messages += r.Messages
		sum.Faults += r.Faults
		if r.Data != nil {
			sum.Data = sum.Data.Plus(r.Data)
		}
		sum.IdealMax = max(sum.IdealMax, r.IdealAfter)
		io.WriteString(all, r.TraceHash)
	}
	sum.TraceHash = fmt.Sprintf("%016x", all.Sum64())
	return sum
}

func (c *cli) printSummary(sum *simSummary) error {
	if c.json() {
		return c.printJSON(sum)
	}
	facts := [][2]string{
		{"runs", fmt.Sprintf("%s, %d with a violation", counted(sum.Seeds, "seed"), len(sum.Violations))},
		{"faults", fmt.Sprint(sum.Faults)},
		{"checked", fmt.Sprintf("all invariants after %d of %s (%.0f %%); else some peer was taken for dead wrongly",
			sum.Asserted, counted(sum.Events, "event"), percent(sum.Asserted, sum.Events))},
		{"ideal", fmt.Sprintf("at most %.1f s after a run's last fault", sum.IdealMax)},
		{"messages", fmt.Sprintf("%d; %.0f a second of real time", sum.Messages, float64(sum.Messages)/max(sum.Took, 1e-9))},
		{"trace hash", sum.TraceHash},
	}
	if sum.Data != nil {
		facts = slices.Insert(facts, len(facts)-2, dataFacts(sum.Data)...)
	}
	for _, r := range sum.Violations {
		facts = append(facts, violationFacts(r)...)
	}
	return printFacts(c.out, c.width, facts)
}
