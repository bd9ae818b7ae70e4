package paper

import (
	"time"

	"peal/chord"
	"peal/testnet/sim"
)

// A PathRow is the length of lookups in a ring where nothing happens.
type PathRow struct {
	Peers     int      `json:"peers"`
	Published float64  `json:"published_mean,omitempty"` // 0 where the paper's is not at hand
	Paper     Measured `json:"as_in_the_paper"`
	Shipped   Measured `json:"as_shipped"`
}

// publishedPaths is the mean path of figure 10.
var publishedPaths = map[int]float64{1 << 6: 3.92, 1 << 8: 4.89, 1 << 10: 5.92, 1 << 12: 6.88}

// paperPath: complete fingers, no cache, one successor; nothing is maintained,
// for nothing changes.
func paperPath(peers int, size Size, seed uint64) (Measured, error) {
	return measure(0, several(size, seed, sim.Config{
		Peers: peers, Lookups: float64(size.Lookups), Duration: time.Second,
		Node: chord.Config{Successors: 1, CacheSize: -1, StabilizeEvery: never, FixFingerEvery: -1, FixedPauses: true, FingerSamples: -1, Parallel: 1},
	})...)
}

// shippedPath: the location cache learns from a minute in which every peer looks
// up ten keys, and then as fast as it is measured.
func shippedPath(peers int, size Size, seed uint64) (Measured, error) {
	const warmUp = time.Minute
	perSecond := float64(peers) / 6
	measured := time.Duration(float64(size.Lookups) / perSecond * float64(time.Second))
	return measure(warmUp, sim.Config{Peers: peers, Seed: seed, Lookups: perSecond, Duration: warmUp + measured})
}

// never is longer than any run.
const never = 1000 * time.Hour
