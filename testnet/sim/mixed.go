package sim

import (
	"cmp"
	"slices"
	"time"
)

// MixedConfig is a run with [Mixed] faults, in which all follows from the seed:
// also how long the lists are, how far the peers are from each other, whether
// clocks drift, whether messages get lost all the time, whether owners confirm
// lookups; and unless peers is set, how many there are, 8 to 64.
func MixedConfig(seed uint64, peers int, duration time.Duration) Config {
	r := newStream(seed, 0xc0f1)
	few := 8 + r.below(57)
	if peers == 0 {
		peers = few
	}
	cfg := Config{
		Peers: peers, Seed: seed, Duration: duration, Lookups: 2, Redial: true,
		Confirm: seed%2 == 1, Latency: Latency(r.below(3)), Refuse: r.below(3) == 0, Faults: Mixed(seed, peers, duration),
	}
	cfg.Node.Successors = 3 + r.below(6)
	if r.below(3) == 0 {
		cfg.ClockDrift = 0.05
	}
	if r.below(4) == 0 {
		cfg.Loss, cfg.Duplicate, cfg.Reorder = 0.01, 0.01, 0.01
	}
	if r.below(4) == 0 {
		cfg.Node.CacheSize = -1
	}
	return cfg
}

// Mixed makes up a schedule of faults of all kinds for a ring of so many peers,
// within a duration: on average one every four seconds. Most are small; now
// and then a third of the peers crash at once, or the ring is split.
func Mixed(seed uint64, peers int, duration time.Duration) []Fault {
	r := newStream(seed, 0xfa17)
	var faults []Fault
	for at := r.exponential(mixedPause); at < duration; at += r.exponential(mixedPause) {
		f := anyFault(&r, peers)
		f.At = at.Round(time.Millisecond)
		faults = append(faults, f)
	}
	slices.SortStableFunc(faults, func(a, b Fault) int { return cmp.Compare(a.At, b.At) })
	return faults
}

const mixedPause = 4 * time.Second

// likely kinds come several times.
var likely = [...]FaultKind{
	Join, Join, Join, Join, Leave, Leave, Crash, Crash, Crash, Crash, Restart, Restart, Restart,
	Pause, Pause, Pause, Cut, Partition, Loss, Duplicate, Delay,
}

func anyFault(r *stream, peers int) Fault {
	f := Fault{Kind: likely[r.below(len(likely))], Pick: r.next() >> 32, Adjacent: r.below(3) == 0}
	switch f.Kind {
	case Join, Leave, Crash, Restart:
		f.Count = burst(r, peers)
	case Pause:
		f.Count = burst(r, peers)
		f.For = time.Second + r.upTo(4*time.Second)
		if r.below(8) == 0 {
			f.For *= 8
		}
	case Cut:
		f.Shares = []float64{tenths(r, 5), tenths(r, 5)}
		f.For = time.Second + r.upTo(20*time.Second)
	case Partition:
		f.Shares = parts(r)
		f.For = time.Second + r.upTo(60*time.Second)
	case Loss:
		f.Rate = tenths(r, 4) / 2
	case Duplicate:
		f.Rate = tenths(r, 9)
	case Delay:
		f.By = 100*time.Millisecond + r.upTo(2*time.Second)
	}
	if f.Kind.lasting() && f.For == 0 {
		f.For = time.Second + r.upTo(15*time.Second)
	}
	f.For, f.By = f.For.Round(time.Millisecond), f.By.Round(time.Millisecond)
	return f
}

// burst is the number of peers that a fault hits.
func burst(r *stream, peers int) int {
	switch r.below(8) {
	case 0:
		return 1 + r.below(max(1, peers/3))
	case 1, 2:
		return 2 + r.below(max(1, peers/16))
	}
	return 1
}

// tenths gives 0.1 to most/10.
func tenths(r *stream, most int) float64 { return float64(1+r.below(most)) / 10 }

// parts divides the ring in two or three, equal or not.
func parts(r *stream) []float64 {
	if r.below(3) == 0 {
		return []float64{tenths(r, 4), tenths(r, 4)}
	}
	return []float64{tenths(r, 5)}
}
