package paper

import (
	"time"

	"peal/chord"
	"peal/testnet/sim"
)

// A ChurnRow is how lookups fare while peers join and leave. The paper's peers
// say goodbye when they leave; as shipped, we let them crash, which is harder.
type ChurnRow struct {
	Rate              float64  `json:"rate"` // joins a second, and as many departures
	PublishedTimeouts float64  `json:"published_timeouts"`
	PublishedFailures float64  `json:"published_failures_per_10000"`
	Paper             Measured `json:"as_in_the_paper"`
	Shipped           Measured `json:"as_shipped"`
}

// publishedChurn is table III.
var publishedChurn = []ChurnRow{
	{Rate: 0.05, PublishedTimeouts: 0.05, PublishedFailures: 0},
	{Rate: 0.10, PublishedTimeouts: 0.11, PublishedFailures: 0},
	{Rate: 0.15, PublishedTimeouts: 0.16, PublishedFailures: 2},
	{Rate: 0.20, PublishedTimeouts: 0.23, PublishedFailures: 5},
	{Rate: 0.25, PublishedTimeouts: 0.30, PublishedFailures: 6},
	{Rate: 0.30, PublishedTimeouts: 0.34, PublishedFailures: 8},
	{Rate: 0.35, PublishedTimeouts: 0.42, PublishedFailures: 16},
	{Rate: 0.40, PublishedTimeouts: 0.46, PublishedFailures: 15},
}

// paperChurn: about 1,000 peers, 20 successors, a round every 30 s with one
// finger, a lookup a second. One lookup in some 25,000 fails, so that one
// ring does not tell how many do.
func paperChurn(rate float64, size Size, seed uint64) (Measured, error) {
	const round = 30 * time.Second
	return measure(size.Settling, repeated(size.ChurnRings, seed, sim.Config{
		Peers: size.Peers, Joins: rate, Leaves: rate, Lookups: 1,
		Duration: size.Settling + time.Duration(size.Lookups)*time.Second,
		Latency:  sim.Exponential, MinLatency: time.Nanosecond, MaxLatency: 100 * time.Millisecond,
		Node: chord.Config{
			Successors: 20, CacheSize: -1, StabilizeEvery: round, FixFingerEvery: round, FixedPauses: true, FingerSamples: -1, Parallel: 1,
			MinTimeout: 500 * time.Millisecond, MaxTimeout: 500 * time.Millisecond,
		},
	})...)
}

// shippedChurn: our rounds of a second, lists of 8 and the cache. There are 40
// lookups a second, since a second of ours costs as much as a minute of theirs.
func shippedChurn(rate float64, size Size, seed uint64) (Measured, error) {
	const warmUp, perSecond = 20 * time.Second, 40
	return measure(warmUp, repeated(size.ChurnRings, seed, sim.Config{
		Peers: size.Peers, Joins: rate, Crashes: rate, Lookups: perSecond,
		Duration: warmUp + time.Duration(size.Lookups)*time.Second/perSecond,
		Latency:  sim.Exponential, MinLatency: time.Nanosecond, MaxLatency: 100 * time.Millisecond,
	})...)
}
