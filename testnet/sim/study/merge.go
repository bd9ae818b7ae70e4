package study

import (
	"fmt"
	"time"

	"peal/testnet/sim"
)

// A MergeCase is a ring that was split, or several that began apart.
type MergeCase struct {
	Peers  int
	Shares []float64     // of the peers in each part but the last
	Apart  int           // so many rings began apart instead, and hear of each other once
	Held   time.Duration // how long the split lasted
}

// MergeCases are splits of any proportion, for rings of these sizes, each held
// for these times, and two rings that began apart.
func MergeCases(sizes []int, held []time.Duration) (cases []MergeCase) {
	for _, n := range sizes {
		for _, shares := range [][]float64{{1 / float64(n)}, {0.5}, {1.0 / 3, 1.0 / 3}} {
			for _, h := range held {
				cases = append(cases, MergeCase{Peers: n, Shares: shares, Held: h})
			}
		}
		cases = append(cases, MergeCase{Peers: n, Apart: 2})
	}
	return cases
}

// String says how the ring is split.
func (c MergeCase) String() string {
	if c.Apart > 0 {
		return fmt.Sprintf("%d rings", c.Apart)
	}
	rest, text := c.Peers, ""
	for _, share := range c.Shares {
		part := int(share*float64(c.Peers) + 0.5)
		rest -= part
		text += fmt.Sprintf("%d/", part)
	}
	return fmt.Sprintf("%s%d", text, rest)
}

// A MergeRow tells how the parts became one.
type MergeRow struct {
	Peers   int     `json:"peers"`
	Split   string  `json:"split"`
	Held    float64 `json:"held_s"`
	Merged  float64 `json:"merged_s"` // seconds from the end of the split until the ring was ideal
	PerPeer float64 `json:"messages_per_peer"`
}

// Measure runs the case.
func (c MergeCase) Measure(seed uint64) (MergeRow, error) {
	cfg := sim.Config{Peers: c.Peers, Seed: seed, Duration: time.Second, Lookups: -1, CheckEvery: time.Second, SettleFor: 40 * time.Minute}
	if c.Apart > 0 {
		cfg.Rings = c.Apart
	} else {
		cfg.Faults = []sim.Fault{{Kind: sim.Partition, Pick: seed, Shares: c.Shares, For: c.Held}}
	}
	r, err := sim.Run(cfg)
	return MergeRow{
		Peers: c.Peers, Split: c.String(), Held: c.Held.Seconds(), Merged: r.IdealAfter,
		PerPeer: float64(r.IdealMessages) / float64(c.Peers),
	}, err
}
