package study

import (
	"fmt"
	"slices"
	"time"

	"peal/chord"
	"peal/testnet/sim"
)

// A StretchCase is a way to choose fingers, and of how many hops are asked at a time.
type StretchCase struct {
	Samples  int // of chord.Config: how many peers are measured for a finger; -1: none
	Parallel int
}

// StretchCases are the ways to compare; the last one is the default.
func StretchCases() []StretchCase {
	return []StretchCase{{-1, 1}, {-1, 2}, {2, 1}, {8, 1}, {8, 2}, {4, 1}, {4, 2}}
}

// String says how fingers are chosen.
func (c StretchCase) String() string {
	if c.Samples < 0 {
		return "first of the interval"
	}
	return fmt.Sprintf("nearest, of %d more each time", c.Samples)
}

// A StretchRow tells how long lookups take. Their stretch is the time until the owner
// can have answered a question, divided by the round trip to the owner.
type StretchRow struct {
	Fingers  string  `json:"fingers"`
	Parallel int     `json:"parallel"`
	Peers    int     `json:"peers"`
	Lookups  int     `json:"lookups"`
	Path     float64 `json:"mean_path"` // requests that were answered
	Took     float64 `json:"took_p50_ms"`
	TookP95  float64 `json:"took_p95_ms"`
	P50      float64 `json:"stretch_p50"`
	P95      float64 `json:"stretch_p95"`
	Messages float64 `json:"messages_per_peer_second"` // lookups included
}

// The map: what messages take between two peers, about.
const (
	stretchNearest  = time.Millisecond
	stretchFarthest = 200 * time.Millisecond
)

const stretchLookups = 20 // a second

// Measure runs the case in a ring of some size, without location caches: first for a
// time in which the peers find their fingers, then for the time given.
func (c StretchCase) Measure(seed uint64, peers int, warmUp, duration time.Duration) (StretchRow, error) {
	row := StretchRow{Fingers: c.String(), Parallel: c.Parallel, Peers: peers}
	var stretches []float64
	var times []time.Duration
	paths := 0
	r, err := sim.Run(sim.Config{
		Peers: peers, Seed: seed, Duration: warmUp + duration, Lookups: stretchLookups,
		Latency: sim.Internet, MinLatency: stretchNearest, MaxLatency: stretchFarthest,
		CheckEvery: time.Minute, SettleFor: -1, Node: chord.Config{CacheSize: -1, FingerSamples: c.Samples, Parallel: c.Parallel},
		Observe: func(o sim.Outcome) {
			if o.Began >= chord.Time(warmUp) && o.Direct > 0 {
				stretches = append(stretches, float64(o.Took)/float64(o.Direct))
				times = append(times, o.Took)
				paths += o.Path
			}
		},
	})
	slices.Sort(stretches)
	slices.Sort(times)
	at := func(share float64) int { return int(share * float64(len(stretches)-1)) }
	if row.Lookups = len(times); row.Lookups > 0 {
		row.Path = float64(paths) / float64(row.Lookups)
		row.Took, row.TookP95 = times[at(0.5)].Seconds()*1e3, times[at(0.95)].Seconds()*1e3
		row.P50, row.P95 = stretches[at(0.5)], stretches[at(0.95)]
	}
	row.Messages = float64(r.Messages) / (float64(peers) * r.Seconds)
	return row, err
}
