package sim

import (
	"errors"
	"flag"
	"fmt"
	"strings"
	"testing"
	"time"

	"peal/chord"
	"peal/node/replica"
)

var dataSeedCount = flag.Int("data-seeds", 10, "how many fresh seeds of mixed faults to run with data")

// TestFreshDataSeeds runs mixed faults over data that nobody has run before. The
// share of the reads that are held to a version must not fade away.
func TestFreshDataSeeds(t *testing.T) {
	t.Parallel()
	base := firstSeed(t)
	sum := &DataReport{}
	for i := range *dataSeedCount {
		if r := mustHoldData(t, base+uint64(i)); r.Data != nil {
			sum = sum.Plus(r.Data)
		}
		if i%1000 == 999 {
			t.Logf("%d seeds run", i+1)
		}
	}
	t.Logf("%d of %d reads were held to a version, and %d of %d writes; %d conditions; %d tombstones collected, %d deletes forgotten, %d excused", sum.ReadsHeld, sum.Reads, sum.WritesHeld, sum.Acknowledged, sum.ConditionsHeld, sum.Collected, sum.Forgotten, sum.Excused)
	if *dataSeedCount >= 10 && (sum.ReadsHeld*20 < sum.Reads || sum.WritesHeld*10 < sum.Acknowledged || sum.ConditionsHeld*200 < sum.Acknowledged) {
		t.Error("want a twentieth of the reads at least, a tenth of the writes, and conditions in a 200th of them")
	}
	if *dataSeedCount >= 100 && sum.Excused*2 > sum.Forgotten { // one ring that falls apart excuses many
		t.Error("most of the deletes that were forgotten may come back")
	}
}

// TestOldDataSeeds runs seeds with data that once failed.
func TestOldDataSeeds(t *testing.T) {
	t.Parallel()
	eachOldSeed(t, "testdata/dataseeds.txt", func(s oldSeed) { mustHoldData(t, s.seed) })
}

// mustHoldData is mustHold with data, for 8 to 32 peers.
func mustHoldData(t *testing.T, seed uint64) Report {
	t.Helper()
	return mustHoldIn(t, MixedDataConfig(seed, 0, time.Minute), fmt.Sprintf("peal sim --data --seed %d", seed))
}

func TestSameSeedSameData(t *testing.T) {
	first, second := mustRun(t, MixedDataConfig(1, 12, 20*time.Second)), mustRun(t, MixedDataConfig(1, 12, 20*time.Second))
	if first.TraceHash != second.TraceHash || fmt.Sprint(*first.Data) != fmt.Sprint(*second.Data) {
		t.Errorf("two runs of one seed differ: %s and %s, %+v and %+v", first.TraceHash, second.TraceHash, *first.Data, *second.Data)
	}
}

// quiet is a ring with data in which nothing else goes wrong than these faults.
func quiet(faults ...Fault) Config {
	return Config{Peers: 8, Seed: 1, Duration: 20 * time.Second, Lookups: -1, Faults: faults, Data: &Data{Replica: replica.Config{RoundEvery: 5 * time.Second}}}
}

func TestDataWithoutFaults(t *testing.T) {
	d := mustRun(t, quiet()).Data
	if d.Unknown+d.Failed+d.ReadsFailed+d.Refused+d.Orphaned > 0 {
		t.Errorf("without faults, the data fails: %+v", *d)
	}
	if d.Acknowledged < 200 || d.ReadsHeld < d.Reads/2 || d.KeysChecked != 32 || d.LastReads != 8*32 || d.Listings != listers*len(prefixes) {
		t.Errorf("%+v: want hundreds of writes, most reads held to a version, and every key read through every peer", *d)
	}
}

// Keys expire, and touches find nothing where they have.
func TestDataExpires(t *testing.T) {
	cfg := quiet()
	cfg.Duration, cfg.Data.TTL = time.Minute+20*time.Second, time.Second
	d := mustRun(t, cfg).Data
	if d.Unknown+d.Failed+d.ReadsFailed > 0 || d.Expired < 20 || d.Declined < 20 {
		t.Errorf("%+v: want dozens of reads of expired keys, and of touches that find nothing", *d)
	}
}

// Deletes are forgotten, and stay done though peers come back that never heard of them.
func TestDataForgets(t *testing.T) {
	cfg := quiet(
		Fault{Kind: Crash, At: time.Second, Count: 1}, Fault{Kind: Pause, At: time.Second, Pick: 1, For: 20 * time.Second},
		Fault{Kind: Restart, At: 22 * time.Second}, Fault{Kind: Join, At: 22 * time.Second, Count: 2})
	cfg.Duration, cfg.Data.Writing = 30*time.Second, 6*time.Second
	cfg.Data.Replica.Grace, cfg.Data.Replica.RoundEvery = 10*time.Second, time.Second
	if d := mustRun(t, cfg).Data; d.Collected < 10 || d.Forgotten < 5 || d.Excused*2 > d.Forgotten {
		t.Errorf("%+v: want deletes to be forgotten, and few that may come back", *d)
	}
}

// Each fault of a disk, and what it must lead to.
func TestDiskFaultsTakeEffect(t *testing.T) {
	for _, c := range []struct {
		fault Fault
		seen  func(Report) bool
	}{
		{Fault{Kind: DiskFails, For: 5 * time.Second}, func(r Report) bool { return r.Data.Refused > 0 }},
		{Fault{Kind: DiskFull, For: 5 * time.Second}, func(r Report) bool { return r.Data.Refused > 0 }},
		{Fault{Kind: DiskSlow, Count: 8, For: 10 * time.Second, By: 8 * time.Second}, func(r Report) bool { return r.Data.Unknown+r.Data.Failed > 0 }},
		{Fault{Kind: Spoil, Rate: 0.9}, func(r Report) bool { return r.Data.Spoiled > 0 && r.Data.Misread > 0 }},
		{Fault{Kind: Wreck}, func(r Report) bool { return r.Crashed == 1 && r.Data.Moved > 0 }},
		{Fault{Kind: Leave}, func(r Report) bool { return r.Left == 1 && r.Data.KeysChecked == 32 }}, // when it has handed over
		{Fault{Kind: Join, Count: 4}, func(r Report) bool { return r.Data.Moved > 0 && r.Data.Handed > 0 }},
	} {
		c.fault.At = 5 * time.Second
		if r := mustRun(t, quiet(c.fault)); !c.seen(r) {
			t.Errorf("%v has no effect: %+v", c.fault, *r.Data)
		}
	}
}

// A peer that crashes comes back with its disk, and one that is wrecked without.
func TestDisksOutliveCrashes(t *testing.T) {
	for _, kind := range []FaultKind{Crash, Wreck} {
		s, err := New(quiet(Fault{At: 10 * time.Second, Kind: kind, Count: 1}))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Run(); err != nil {
			t.Fatal(err)
		}
		dead := s.crashed[0]
		if got := len(dead.disk.records) > 0; got != (kind == Crash) {
			t.Errorf("after a %v the disk has %d records", kind, len(dead.disk.records))
		}
	}
}

// TestOracle spoils the data behind the replicas' backs, and wants to be told.
func TestOracle(t *testing.T) {
	for _, c := range []struct {
		want   string
		meddle func(*Simulation)
	}{
		{"want the acknowledged version", func(s *Simulation) {
			for _, p := range s.owners(s.data.keys[0]) {
				delete(p.disk.records, s.data.keys[0].name)
			}
		}},
		{"as nothing: want", func(s *Simulation) { delete(s.owners(s.data.keys[0])[1].disk.records, s.data.keys[0].name) }},
		{"which belongs to", func(s *Simulation) {
			k := s.data.keys[0]
			first, _ := s.place(k.id)
			p := s.members[(first+3)%len(s.members)]
			p.disk.records[k.name] = s.owners(k)[0].disk.records[k.name]
		}},
	} {
		cfg := quiet()
		cfg.invariant = func(s *Simulation) error {
			if s.data.readBy == 0 && s.now > chord.Time(33*time.Second) {
				c.meddle(s)
			}
			return nil
		}
		_, err := Run(cfg)
		var v *Violation
		if !errors.As(err, &v) || !strings.Contains(v.Invariant, c.want) {
			t.Errorf("got %v, want a violation with %q", err, c.want)
		}
	}
}

func TestDataConfigIsChecked(t *testing.T) {
	for _, d := range []Data{
		{Keys: -1}, {Rate: -1}, {Skew: time.Hour}, {Sync: -1}, {Deadline: -1}, {TTL: -1}, {Replica: replica.Config{RoundEvery: -1}},
		{Replica: replica.Config{Quorums: replica.Quorums{N: 3, W: 4}}},
	} {
		if _, err := New(Config{Peers: 3, Data: &d}); err == nil {
			t.Errorf("%+v passes", d)
		}
	}
	for kind := DiskFails; kind <= Wreck; kind++ {
		fault := Fault{Kind: kind, For: time.Second, By: time.Second, Rate: 0.5}
		if _, err := New(Config{Peers: 3, Faults: []Fault{fault}}); err == nil {
			t.Errorf("without data, %v passes", kind)
		}
	}
}
