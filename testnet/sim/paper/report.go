package paper

import (
	"fmt"
	"slices"
	"time"
)

// A Size says how much is measured.
type Size struct {
	Bits       []int         // the rings of path length have 2^bits peers
	Peers      int           // of the failure and churn tables, at first
	Lookups    int           // for each figure, about
	Rings      int           // of path length and failures, which share the lookups
	ChurnRings int           // of churn, each with all the lookups
	Settling   time.Duration // of churn in the paper's slow ring before lookups count
	Rates      int           // of the churn table, every so many rows are measured
	LoadBits   int           // peers and keys of the load are 2^LoadBits fewer
}

// Full is the size of the paper. In 20 minutes all fingers are refreshed four
// times over, so they are as stale as they will be. Quick is for a look: its
// churn is short, and meets fingers that are better than later on.
var (
	Full  = Size{Bits: []int{6, 7, 8, 9, 10, 11, 12, 14}, Peers: 1000, Lookups: 10000, Rings: 10, ChurnRings: 5, Settling: 20 * time.Minute, Rates: 1}
	Quick = Size{Bits: []int{6, 8, 10}, Peers: 1000, Lookups: 400, Rings: 4, Settling: time.Minute, Rates: 7, LoadBits: 3}
)

// A Report has the figures of all experiments.
type Report struct {
	Seed     uint64       `json:"seed"`
	Paths    []PathRow    `json:"paths"`
	Failures []FailureRow `json:"failures"`
	Churn    []ChurnRow   `json:"churn"`
	Load     []LoadRow    `json:"load"`

	size Size
}

// A Job fills in one figure of a report.
type Job struct {
	Name string
	Run  func() error
}

// New makes a report that has the published figures only.
func New(size Size, seed uint64) *Report {
	r := &Report{Seed: seed, Failures: slices.Clone(publishedFailures), Load: slices.Clone(publishedLoad), size: size}
	for _, bits := range size.Bits {
		r.Paths = append(r.Paths, PathRow{Peers: 1 << bits, Published: publishedPaths[1<<bits]})
	}
	for i := 0; i < len(publishedChurn); i += size.Rates {
		r.Churn = append(r.Churn, publishedChurn[i])
	}
	return r
}

// Jobs gives what fills in the rest, the longest first. They may run in
// parallel.
func (r *Report) Jobs() []Job {
	var jobs []Job
	add := func(into *Measured, from func(size Size, seed uint64) (Measured, error), format string, args ...any) {
		name := fmt.Sprintf(format, args...)
		jobs = append(jobs, Job{name, func() (err error) {
			if *into, err = from(r.size, r.Seed); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			return nil
		}})
	}
	for i := range r.Churn {
		row := &r.Churn[i]
		add(&row.Paper, at(paperChurn, row.Rate), "churn %.2f/s", row.Rate)
	}
	for i := range r.Churn {
		row := &r.Churn[i]
		add(&row.Shipped, at(shippedChurn, row.Rate), "churn %.2f/s, as shipped", row.Rate)
	}
	for i := len(r.Paths) - 1; i >= 0; i-- {
		row := &r.Paths[i]
		add(&row.Shipped, at(shippedPath, row.Peers), "path, %d peers, as shipped", row.Peers)
		add(&row.Paper, at(paperPath, row.Peers), "path, %d peers", row.Peers)
	}
	for i := range r.Failures {
		row := &r.Failures[i]
		add(&row.Shipped, at(shippedFailure, row.Failed), "%.0f %% failed, as shipped", 100*row.Failed)
		add(&row.Paper, at(paperFailure, row.Failed), "%.0f %% failed", 100*row.Failed)
	}
	return append(jobs, r.loadJobs()...)
}

// at fixes the first argument of an experiment.
func at[T any](experiment func(T, Size, uint64) (Measured, error), v T) func(Size, uint64) (Measured, error) {
	return func(size Size, seed uint64) (Measured, error) { return experiment(v, size, seed) }
}

func (r *Report) loadJobs() []Job {
	var jobs []Job
	for i := range r.Load {
		row := &r.Load[i]
		jobs = append(jobs, Job{fmt.Sprintf("load, %d positions", row.Positions), func() error {
			row.place(loadPeers>>r.size.LoadBits, loadKeys>>r.size.LoadBits, r.Seed)
			return nil
		}})
	}
	return jobs
}

// The load experiment of the paper.
const (
	loadPeers = 10_000
	loadKeys  = 1_000_000
)
