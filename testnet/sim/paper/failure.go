package paper

import (
	"time"

	"peal/chord"
	"peal/testnet/sim"
)

// A FailureRow is how lookups fare right after a share of the peers died.
type FailureRow struct {
	Failed            float64  `json:"failed"`
	PublishedPath     float64  `json:"published_path"`
	PublishedTimeouts float64  `json:"published_timeouts"`
	Paper             Measured `json:"as_in_the_paper"`
	Shipped           Measured `json:"as_shipped"`
}

// publishedFailures is table II.
var publishedFailures = []FailureRow{
	{Failed: 0, PublishedPath: 3.84, PublishedTimeouts: 0},
	{Failed: 0.1, PublishedPath: 4.03, PublishedTimeouts: 0.60},
	{Failed: 0.2, PublishedPath: 4.22, PublishedTimeouts: 1.17},
	{Failed: 0.3, PublishedPath: 4.44, PublishedTimeouts: 2.02},
	{Failed: 0.4, PublishedPath: 4.69, PublishedTimeouts: 3.23},
	{Failed: 0.5, PublishedPath: 5.09, PublishedTimeouts: 5.10},
}

// paperFailure: 1,000 peers, 20 successors, and nothing is repaired: no rounds,
// and nobody is given up, for a peer would be asked for hours before.
func paperFailure(failed float64, size Size, seed uint64) (Measured, error) {
	return measure(0, several(size, seed, sim.Config{
		Peers: size.Peers, CrashShare: failed, Lookups: float64(size.Lookups), Duration: time.Second,
		Node: chord.Config{
			Successors: 20, CacheSize: -1, StabilizeEvery: never, FixFingerEvery: -1, FixedPauses: true, FingerSamples: -1, Parallel: 1,
			Tries: 16, LookupTimeout: time.Minute,
		},
	})...)
}

// shippedFailure: our lists of 8, and the ring repairs itself as ever while the
// lookups of the first ten seconds run. The caches are empty, as after a start.
func shippedFailure(failed float64, size Size, seed uint64) (Measured, error) {
	return measure(0, several(size, seed, sim.Config{
		Peers: size.Peers, CrashShare: failed, Lookups: float64(size.Lookups) / 10, Duration: 10 * time.Second,
	})...)
}
