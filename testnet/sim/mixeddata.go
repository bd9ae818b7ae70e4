package sim

import (
	"cmp"
	"slices"
	"time"

	"peal/node/replica"
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
	cfg.Node.Successors = max(cfg.Node.Successors, cfg.Data.Replica.N+1)
	cfg.ClockDrift = min(cfg.ClockDrift, steadyDrift)
	if cfg.Data.Replica.Grace != 0 {
		cfg.ClockDrift /= 10
		if r.below(4) != 0 || cfg.Data.Replica.N < 3 {
			cfg.Loss, cfg.Reorder = 0, 0
			cfg.Faults = slices.DeleteFunc(cfg.Faults, func(f Fault) bool { return severs[f.Kind] })
		}
		cfg.Faults = append(cfg.Faults, Fault{At: duration * 5 / 6, Kind: Restart, Count: maxReturn})
	}
	cfg.Faults = append(cfg.Faults, mixedDisks(seed, peers, duration)...)
	slices.SortStableFunc(cfg.Faults, func(a, b Fault) int { return cmp.Compare(a.At, b.At) })
	return cfg
}

// severs has what makes peers take those alive for dead. Parts that went on alone may
// bring deleted keys back, and take what others wrote for deleted: the oracle excuses most
// of that, but not where two replicas are all there are.
var severs = map[FaultKind]bool{Cut: true, Partition: true, Loss: true, Delay: true}

// maxReturn peers come back in the end where deletes are forgotten.
const maxReturn = 100

// steadyDrift bounds the drift of clocks whose times of day are compared: so they
// stay within [replica.MaxSkew] of each other however long a run takes.
const steadyDrift = 0.005

// MixedData is a data plane in which all follows from the seed: how many replicas
// a key has, the quorums, how many keys there are, how long they live, how wrong the
// clocks are, how slow the disks.
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
	d.Replica.Quorums = anyQuorums(&r)
	if r.below(3) == 0 {
		d.forgetful(&r)
	}
	d.TTL = []time.Duration{0, 3 * time.Second, 10 * time.Second, 40 * time.Second}[r.below(4)]
	return d
}

// anyQuorums are majorities of three replicas, most of the time.
func anyQuorums(r *stream) (q replica.Quorums) {
	q.N = [...]int{3, 3, 3, 3, 1, 2, 4, 5}[r.below(8)]
	switch r.below(8) {
	case 0:
		q.W, q.R = 1, q.N
	case 1:
		q.W, q.R = q.N, 1
	case 2:
		q.W, q.R = 1, 1
	}
	return q.Complete()
}

// forgetful lets tombstones go while the run lasts. What real clocks differ by, and what
// real rounds take, is nothing beside the grace period, so it is little here as well. In
// the end clients only read, so that deleted keys stay deleted.
func (d *Data) forgetful(r *stream) {
	d.Replica.Grace = []time.Duration{15 * time.Second, 25 * time.Second}[r.below(2)]
	d.Replica.RoundEvery = 2 * time.Second
	d.Skew = min(d.Skew, d.Replica.Grace/100)
	d.Writing = []time.Duration{10 * time.Second, 30 * time.Second}[r.below(2)]
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
