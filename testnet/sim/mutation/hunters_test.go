package mutation

import (
	"flag"
	"fmt"
	"slices"
	"testing"
	"time"

	"peal/chord"
	"peal/node/replica"
	"peal/testnet/sim"
	"peal/testnet/sim/explore"
	"peal/testnet/sim/study"
)

var hunterName = flag.String("hunter", "", "run this hunter alone, as the test of the mutants does")

// What a hunter prints: the violation behind sighting, or unseen.
const (
	sighting = "a violation: "
	unseen   = "no violation"
)

// TestHunt is one hunter's run, in a binary with or without a mutant.
func TestHunt(t *testing.T) {
	i := slices.IndexFunc(hunters, func(h hunter) bool { return h.name == *hunterName })
	if i < 0 {
		t.Skip("no -hunter is named")
	}
	if err := hunters[i].hunt(); err != nil {
		fmt.Printf("%s%v\n", sighting, err)
		t.Fail()
		return
	}
	fmt.Println(unseen)
}

// A hunter looks for a broken promise of the protocol.
type hunter struct {
	name string
	hunt func() error
}

var hunters = []hunter{
	{"exploration", explored},
	{"simulation", mixed},
	{"joins", joins},
	{"rebirths", rebirths},
	{"restarts", restarts},
	{"goodbyes", goodbyes},
	{"merging", merging},
	{"newcomers", newcomers},
	{"detector", detector},
	{"data", data},
	{"crowds", crowds},
	{"returns", returns},
}

// explored visits all states of the small rings of the quick table, and of one
// whose members lose their whole lists.
func explored() error {
	lonely := explore.Config{Members: 4, Successors: 1, Rounds: 1, Crashes: 2, Reckless: true}
	for _, cfg := range append(explore.Table(true), lonely) {
		if _, err := explore.Run(cfg); err != nil {
			return err
		}
	}
	return nil
}

// mixed simulates rings of 8 to 64 peers, with all kinds of faults.
func mixed() error {
	for seed := range uint64(40) {
		if _, err := sim.Run(sim.MixedConfig(1+seed, 0, time.Minute)); err != nil {
			return err
		}
	}
	return nil
}

// data simulates rings of 8 to 32 peers that keep data, with all kinds of faults, of
// disks as well.
func data() error {
	for seed := range uint64(12) {
		if _, err := sim.Run(sim.MixedDataConfig(1+seed, 0, time.Minute)); err != nil {
			return err
		}
	}
	return nil
}

// crowds triples a ring of eight at once while clients write and clocks differ. So many
// newcomers join side by side that some keys have no other replicas.
func crowds() error {
	for seed := uint64(72); seed < 80; seed++ { // one in ten finds the rarest mistake
		cfg := sim.Config{
			Peers: 8, Seed: 1 + seed, Lookups: -1, Duration: 10 * time.Second,
			Data:   &sim.Data{Skew: 30 * time.Second, Keys: 200, Rate: 300},
			Faults: []sim.Fault{{Kind: sim.Join, At: 5 * time.Second, Count: 16, Pick: seed}},
		}
		if _, err := sim.Run(cfg); err != nil {
			return err
		}
	}
	return nil
}

// returns lets members crash, or stand still, while keys are deleted and forgotten, and
// then come back.
func returns() error {
	for seed := uint64(240); seed < 252; seed++ { // one in a hundred finds the rarest mistake
		cfg := sim.Config{
			Peers: 8, Seed: 1 + seed, Lookups: -1, Duration: 40 * time.Second,
			Data: &sim.Data{Writing: 10 * time.Second, Keys: 64, Replica: replica.Config{Grace: 12 * time.Second, RoundEvery: time.Second}},
		}
		cfg.Faults = []sim.Fault{
			{Kind: sim.Crash, At: 4 * time.Second, Pick: seed}, {Kind: sim.Restart, At: 32 * time.Second},
		}
		if _, err := sim.Run(cfg); err != nil {
			return err
		}
		cfg.Faults = []sim.Fault{{Kind: sim.Pause, At: 4 * time.Second, Pick: seed, For: 28 * time.Second}}
		if _, err := sim.Run(cfg); err != nil {
			return err
		}
	}
	return nil
}

// joins lets a peer join, and soon after another crash, again and again. Lists
// of three that are taken over whole always bear one crash: no member may be
// anybody's last live successor.
func joins() error {
	cfg := sim.Config{Peers: 4, Seed: 1, Lookups: -1, Duration: time.Second, Node: chord.Config{Successors: 3}}
	for i := range 200 {
		at := time.Duration(i) * 30 * time.Second
		cfg.Faults = append(cfg.Faults,
			sim.Fault{Kind: sim.Join, At: at, Pick: uint64(i)},
			sim.Fault{Kind: sim.Crash, At: at + time.Duration(i%20)*25*time.Millisecond, Pick: uint64(i)})
	}
	r, err := sim.Run(cfg)
	if err == nil && r.Spared > 0 {
		err = fmt.Errorf("%d of %d single crashes would have taken somebody's last live successor", r.Spared, r.Spared+r.Crashed)
	}
	return err
}

// crashesAndReturns lets members of a small ring crash and come back at once, with
// an empty memory, so many times. A share of the messages is late; nobody is given
// up for silence.
func crashesAndReturns(seed uint64, times int, pause, absence time.Duration, reorder float64) (sim.Report, error) {
	cfg := sim.Config{
		Peers: 6, Seed: seed, Lookups: -1, Duration: time.Second, Reorder: reorder,
		Node: chord.Config{Successors: 3, MinTimeout: 2500 * time.Millisecond},
	}
	for i := range times {
		at := time.Duration(i) * pause
		cfg.Faults = append(cfg.Faults,
			sim.Fault{Kind: sim.Crash, At: at, Pick: uint64(i)},
			sim.Fault{Kind: sim.Restart, At: at + time.Duration(i%20)*absence})
	}
	return sim.Run(cfg)
}

// rebirths lets members come back while answers to their earlier lives are still
// under way.
func rebirths() error {
	for seed := range uint64(20) {
		if _, err := crashesAndReturns(1+seed, 200, time.Second, 5*time.Millisecond, 0.5); err != nil {
			return err
		}
	}
	return nil
}

// restarts lets members come back now and then. That a peer is no member is then
// an old story where it has spoken as one since, so hardly ever is anybody alive
// given up.
func restarts() error {
	var events, asserted int
	for seed := range uint64(20) {
		r, err := crashesAndReturns(1+seed, 60, 10*time.Second, 10*time.Millisecond, 0.3)
		if err != nil {
			return err
		}
		events, asserted = events+r.Events, asserted+r.Asserted
	}
	if (events-asserted)*60 > events {
		return fmt.Errorf("live peers were given up: all invariants held after %d of %d events only", asserted, events)
	}
	return nil
}

// goodbyes lets members leave. Nobody need wait for a timeout then.
func goodbyes() error {
	const limit = 2.5 // seconds, less than three requests take to time out
	for seed := range uint64(5) {
		r, err := sim.Run(sim.Config{
			Peers: 20, Seed: 1 + seed, Lookups: -1, Duration: time.Second, Node: chord.Config{Successors: 2},
			Faults: []sim.Fault{{Kind: sim.Leave, Pick: seed}},
		})
		if err == nil && r.IdealAfter > limit {
			err = fmt.Errorf("seed %d: the ring is ideal %.1f s after a goodbye, want at most %.1f s", 1+seed, r.IdealAfter, limit)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// merging splits rings, and lets rings begin apart, and bounds the time until
// they are one, as package study does.
func merging() error {
	cases := study.MergeCases([]int{10, 100}, []time.Duration{time.Minute})
	for _, c := range append(cases, study.MergeCase{Peers: 1000, Apart: 2}) {
		row, err := c.Measure(1)
		if err != nil {
			return err
		}
		if limit := c.Held.Seconds() + 30; row.Merged < 0 || row.Merged > limit {
			return fmt.Errorf("%d peers, %s: one ring after %.1f s, want at most %.0f s", row.Peers, row.Split, row.Merged, limit)
		}
	}
	return nil
}

// newcomers splits rings, lets most of their peers join while they are split, and
// bounds the time until they are one. Newcomers of one part never knew those of
// the other, so to try again whom they gave up is not enough.
func newcomers() error {
	const limit = 8.0 // seconds, for half of the rings; it takes about 5
	var took []float64
	for seed := range uint64(31) {
		r, err := sim.Run(sim.Config{
			Peers: 8, Seed: 1 + seed, Lookups: -1, Duration: time.Second, Node: chord.Config{Successors: 3},
			Faults: []sim.Fault{
				{Kind: sim.Partition, Pick: seed, Shares: []float64{0.5}, For: time.Minute},
				{Kind: sim.Join, At: 20 * time.Second, Pick: seed, Count: 60},
			},
		})
		if err != nil {
			return err
		}
		took = append(took, r.IdealAfter)
	}
	slices.Sort(took)
	if median := took[len(took)/2]; median > limit {
		return fmt.Errorf("half of the rings are one only %.1f s after the split, want at most %.0f s", median, limit)
	}
	return nil
}

// detector counts the live peers that are given up, as package study does.
func detector() error {
	for _, c := range []study.DetectorCase{{Loss: 0.2}, {Loss: 0.05, Slow: true}} {
		row, err := c.Measure(1, 5*time.Minute)
		if err != nil {
			return err
		}
		if a, f := row.Adapts.False, row.Fixed.False; a*10 > f {
			return fmt.Errorf("%s: %d live peers given up, want at most a tenth of the %d with a fixed timeout", row.Network, a, f)
		}
	}
	return nil
}
