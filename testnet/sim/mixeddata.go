package sim

import (
	"cmp"
	"slices"
	"time"
)

// MixedDataConfig is [MixedConfig] with a data plane and faults of disks; unless
// peers is set, it has 8 to 32.
func MixedDataConfig(seed uint64, peers int, duration time.Duration) Config {
	r := newStream(seed, 0xda7a)
	few := 8 + r.below(25)
	if peers == 0 {
		peers = few
	}
	cfg := MixedConfig(seed, peers, duration)
	cfg.Data = MixedData(seed)
	cfg.ClockDrift = min(cfg.ClockDrift, steadyDrift)
	cfg.Faults = append(cfg.Faults, mixedDisks(seed, peers, duration)...)
	slices.SortStableFunc(cfg.Faults, func(a, b Fault) int { return cmp.Compare(a.At, b.At) })
	return cfg
}

// steadyDrift bounds the drift of clocks whose times of day are compared: so they
// stay within [replica.MaxSkew] of each other however long a run takes.
const steadyDrift = 0.005

// MixedData is a data plane in which all follows from the seed: the quorums, how
// many keys there are, how wrong the clocks are, how slow the disks.
func MixedData(seed uint64) *Data {
	r := newStream(seed, 0xda7b)
	d := &Data{Keys: []int{8, 32, 32, 200}[r.below(4)], Rate: []float64{5, 20, 60}[r.below(3)]}
	d.Replica.RoundEvery = []time.Duration{5 * time.Second, 10 * time.Second, 30 * time.Second}[r.below(3)]
	if r.below(2) == 0 {
		d.Skew = 30 * time.Second
	}
	if r.below(4) == 0 {
		d.Sync = 20 * time.Millisecond
	}
	d.Replica.W, d.Replica.R = 2, 2
	switch r.below(8) {
	case 0:
		d.Replica.W, d.Replica.R = 1, 3
	case 1:
		d.Replica.W, d.Replica.R = 3, 1
	case 2:
		d.Replica.W, d.Replica.R = 1, 1
	}
	return d
}

// diskFaults come beside those of the ring, one every ten seconds on average.
var diskFaults = [...]FaultKind{Wreck, Spoil, Spoil, DiskFails, DiskFull, DiskSlow}

const disksPause = 10 * time.Second

func mixedDisks(seed uint64, peers int, duration time.Duration) (faults []Fault) {
	r := newStream(seed, 0xd15c)
	for at := r.exponential(disksPause); at < duration; at += r.exponential(disksPause) {
		f := Fault{At: at.Round(time.Millisecond), Kind: diskFaults[r.below(len(diskFaults))], Pick: r.next() >> 32, Adjacent: r.below(3) == 0}
		f.Count = burst(&r, peers)
		switch f.Kind {
		case Wreck:
			f.Count = 1
		case Spoil:
			f.Rate = tenths(&r, 9)
		case DiskSlow:
			f.By = (10*time.Millisecond + r.upTo(time.Second)).Round(time.Millisecond)
		}
		if f.Kind.lasting() {
			f.For = (time.Second + r.upTo(10*time.Second)).Round(time.Millisecond)
		}
		faults = append(faults, f)
	}
	return faults
}
