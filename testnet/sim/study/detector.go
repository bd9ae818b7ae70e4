package study

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"peal/chord"
	"peal/testnet/sim"
)

// A DetectorCase is a network in which failures are to be detected.
type DetectorCase struct {
	Loss float64 // share of the messages
	Slow bool    // a tenth of the peers stop again and again, for 1 to 5 s each time
}

// DetectorCases are all the networks.
func DetectorCases() []DetectorCase {
	return []DetectorCase{
		{}, {Loss: 0.01}, {Loss: 0.05}, {Loss: 0.20},
		{Slow: true}, {Loss: 0.05, Slow: true},
	}
}

// String says what kind of network it is.
func (c DetectorCase) String() string {
	text := fmt.Sprintf("%.0f %% loss", 100*c.Loss)
	if c.Slow {
		text += ", slow peers"
	}
	return text
}

// Detection is what a failure detector did.
type Detection struct {
	P50      float64 `json:"p50_s"` // seconds from a crash until a neighbour gave the peer up
	P99      float64 `json:"p99_s"`
	False    int     `json:"false_verdicts"` // live peers that were given up
	PerHour  float64 `json:"false_verdicts_per_peer_hour"`
	Messages float64 `json:"messages_per_peer_second"`
}

// A DetectorRow compares chord's failure detector with a plain one, for which a
// neighbour is dead when nothing was heard from it for Timeout after a request. That
// is fitted, so that the median times to detect are about the same.
type DetectorRow struct {
	Network string    `json:"network"`
	Loss    float64   `json:"loss"`
	Slow    bool      `json:"slow_peers"`
	Timeout float64   `json:"timeout_s"`
	Adapts  Detection `json:"adaptive"`
	Fixed   Detection `json:"fixed_timeout"`
}

// firstTimeout is as long as the three tries of chord's detector last together
// where messages take a tenth of a second.
const firstTimeout = 3500 * time.Millisecond

// fits is how many timeouts are tried, of which the one that fits best counts.
const fits = 3

// The ring, and what becomes of it: at the end, peers crash one after another.
const (
	detectorPeers = 100
	slowEvery     = 20 * time.Second // pause between two stops of a slow peer
	crashes       = 40
	crashEvery    = 2 * time.Second
	crashTime     = crashes*crashEvery + 10*time.Second
)

// Measure runs the case with both detectors for the time given.
func (c DetectorCase) Measure(seed uint64, duration time.Duration) (row DetectorRow, err error) {
	row = DetectorRow{Network: c.String(), Loss: c.Loss, Slow: c.Slow}
	if row.Adapts, err = c.detect(seed, duration, 0); err != nil {
		return row, err
	}
	timeout := firstTimeout
	for i := range fits {
		fixed, err := c.detect(seed, duration, timeout)
		if err != nil {
			return row, err
		}
		late := fixed.P50 - row.Adapts.P50
		if i == 0 || math.Abs(late) < math.Abs(row.Fixed.P50-row.Adapts.P50) {
			row.Timeout, row.Fixed = timeout.Seconds(), fixed
		}
		timeout = max(timeout-time.Duration(late*float64(time.Second)), firstTimeout/4)
	}
	return row, nil
}

func (c DetectorCase) detect(seed uint64, duration, fixed time.Duration) (Detection, error) {
	r, err := sim.Run(sim.Config{
		Peers: detectorPeers, Seed: seed, Duration: duration, Lookups: -1, Loss: c.Loss, Faults: c.faults(seed, duration),
		CheckEvery: time.Minute, SettleFor: -1, Node: chord.Config{FixedTimeout: fixed},
	})
	hours := detectorPeers * duration.Hours()
	return Detection{
		P50: r.DetectedP50, P99: r.DetectedP99, False: r.WronglyDead,
		PerHour: float64(r.WronglyDead) / hours, Messages: float64(r.Messages) / (hours * 3600),
	}, err
}

// faults lets the slow peers stop, and at the end some of the others crash.
// Nobody comes or goes before, so that the same numbers mean the same peers.
func (c DetectorCase) faults(seed uint64, duration time.Duration) []sim.Fault {
	r := rand.New(rand.NewPCG(seed, 0))
	var faults []sim.Fault
	for k := range uint64(detectorPeers / 10) {
		if c.Slow {
			faults = append(faults, stops(r, 10*k, duration-crashTime)...)
		}
	}
	for k := range uint64(crashes) {
		faults = append(faults, sim.Fault{At: duration - crashTime + time.Duration(k)*crashEvery, Kind: sim.Crash, Pick: 9*k + 5})
	}
	return faults
}

func stops(r *rand.Rand, pick uint64, until time.Duration) (faults []sim.Fault) {
	for at := time.Duration(r.Int64N(int64(slowEvery))); at < until; at += slowEvery {
		length := time.Second + time.Duration(r.Int64N(int64(4*time.Second)))
		faults = append(faults, sim.Fault{At: at, Kind: sim.Pause, Pick: pick, For: length})
	}
	return faults
}
