package study

import (
	"time"

	"peal/chord"
	"peal/testnet/sim"
)

// An UpkeepCase is a ring whose peers come and go at a rate.
type UpkeepCase struct {
	Peers int
	Churn float64 // share of the peers that join in a minute, and as many crash
	Fixed bool    // pauses do not grow while nothing changes
}

// UpkeepCases are a ring at rest and two that churn, each with pauses that grow and
// without.
func UpkeepCases(peers int) (cases []UpkeepCase) {
	for _, churn := range []float64{0, 0.01, 0.1} {
		for _, fixed := range []bool{false, true} {
			cases = append(cases, UpkeepCase{peers, churn, fixed})
		}
	}
	return cases
}

// An UpkeepRow tells what it costs to keep the ring in order, and how lookups fare.
type UpkeepRow struct {
	Peers    int     `json:"peers"`
	Churn    float64 `json:"churn_per_minute"`
	Pauses   string  `json:"pauses"`
	Messages float64 `json:"messages_per_peer_second"` // sent; as many arrive
	Bytes    float64 `json:"bytes_per_peer_second"`
	Lookups  int     `json:"lookups"`
	Failed   int     `json:"failed_lookups"`
	Path     float64 `json:"mean_path"`
	Timeouts float64 `json:"timeouts_per_lookup"`
	Found    float64 `json:"found_after_s"` // seconds until a neighbour gives up a crashed peer, half of the times
}

// upkeepWarmUp is the time until the pauses are as long as they become.
const upkeepWarmUp = 10 * time.Minute

// Measure runs the case for the time given, after a warm-up that does not count.
func (c UpkeepCase) Measure(seed uint64, duration time.Duration) (UpkeepRow, error) {
	row := UpkeepRow{Peers: c.Peers, Churn: c.Churn, Pauses: "growing"}
	if c.Fixed {
		row.Pauses = "fixed"
	}
	before, err := c.run(seed, upkeepWarmUp, nil)
	if err != nil {
		return row, err
	}
	var paths, timeouts int
	after, err := c.run(seed, upkeepWarmUp+duration, func(o sim.Outcome) {
		if o.Began < chord.Time(upkeepWarmUp) {
			return
		}
		row.Lookups++
		paths, timeouts = paths+o.Path, timeouts+o.Timeouts
		if !o.Right {
			row.Failed++
		}
	})
	peerSeconds := float64(c.Peers) * duration.Seconds()
	row.Messages = float64(after.Messages-before.Messages) / peerSeconds
	row.Bytes = float64(after.Bytes-before.Bytes) / peerSeconds
	row.Path = float64(paths) / float64(max(1, row.Lookups))
	row.Timeouts = float64(timeouts) / float64(max(1, row.Lookups))
	row.Found = after.DetectedP50
	return row, err
}

// run is the same run for any duration, but for how long it goes on.
func (c UpkeepCase) run(seed uint64, duration time.Duration, observe func(sim.Outcome)) (sim.Report, error) {
	rate := c.Churn * float64(c.Peers) / 60
	return sim.Run(sim.Config{
		Peers: c.Peers, Seed: seed, Duration: duration, Lookups: 1, Joins: rate, Crashes: rate,
		CheckEvery: time.Minute, SettleFor: -1, Observe: observe, Node: chord.Config{FixedPauses: c.Fixed},
	})
}
