package sim

import (
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"testing"
	"time"

	"peal/chord"
)

// mustRun fails the test with all that is needed to see the run again.
func mustRun(t testing.TB, cfg Config) Report {
	t.Helper()
	r, err := Run(cfg)
	if err != nil {
		t.Fatalf("%+v: %v", cfg, err)
	}
	return r
}

func churning(seed uint64) Config {
	return Config{
		Peers: 30, Seed: seed, Grown: true, Duration: 30 * time.Second, CheckEvery: time.Second, Loss: 0.01,
		Joins: 0.2, Leaves: 0.1, Crashes: 0.1, Restarts: 0.1,
	}
}

func TestSameSeedSameTrace(t *testing.T) {
	first, second := mustRun(t, churning(1)), mustRun(t, churning(1))
	if got, want := fmt.Sprintf("%+v", second), fmt.Sprintf("%+v", first); got != want {
		t.Errorf("the second run of one seed reports\n%s\nwant as the first\n%s", got, want)
	}
	if other := mustRun(t, churning(2)); other.TraceHash == first.TraceHash {
		t.Errorf("seeds 1 and 2 both have the trace %s", other.TraceHash)
	}
}

// TestTinyRings goes through joins, leaves, crashes and restarts in rings of
// one to eight peers, and checks the invariants after every event.
func TestTinyRings(t *testing.T) {
	for seed := range uint64(40) {
		mustRun(t, Config{
			Peers: 1 + int(seed%8), Seed: seed, Grown: seed%2 == 0, Refuse: seed%3 == 0, Duration: time.Minute,
			Lookups: 1, Joins: 0.2, Leaves: 0.05, Crashes: 0.1, Restarts: 0.05,
			Node: chord.Config{Successors: 2 + int(seed/8%3), FixFingerEvery: 20 * time.Second},
		})
	}
}

func TestQuarterCrashes(t *testing.T) {
	t.Parallel()
	r := mustRun(t, Config{Peers: 1000, Seed: 1, Grown: true, CrashShare: 0.25, Lookups: 100})
	t.Logf("ideal %.1f s after the crash; %d messages, %d of %d lookups failed, %d named a dead owner, mean path %.2f, %.2f timeouts a lookup",
		r.IdealAfter, r.Messages, r.Failed, r.Lookups, r.DeadOwner, r.MeanPath, r.TimeoutsPer)
	if got, want := r.Crashed+r.Spared, 250; got != want {
		t.Errorf("%d peers crashed or were spared, want %d", got, want)
	}
	if r.Peers != 1000-r.Crashed {
		t.Errorf("%d members are left of 1000 after %d crashes", r.Peers, r.Crashed)
	}
	if r.Failed*100 > r.Lookups || r.WrongOwner > 0 {
		t.Errorf("of %d lookups %d failed and %d were wrong, want at most 1%% and none", r.Lookups, r.Failed, r.WrongOwner)
	}
}

var pathPeers = flag.Int("path-peers", 1000, "size of the ring of TestMeanPath; a million take 8 GB")

// TestMeanPath measures the path length of Stoica et al. (IEEE/ACM ToN 2003,
// section V.C): 1/2 log2 N and 0.9 for the final request to the owner.
func TestMeanPath(t *testing.T) {
	t.Parallel()
	quiet := chord.Config{CacheSize: -1, FixFingerEvery: -1, StabilizeEvery: time.Minute, FingerSamples: -1, Parallel: 1}
	short := quiet
	short.Successors = 1
	cfg := Config{Peers: *pathPeers, Seed: 1, Duration: 20 * time.Second, Lookups: 1000, CheckEvery: time.Minute, Node: short}
	r := mustRun(t, cfg)
	want := math.Log2(float64(cfg.Peers))/2 + 0.9
	t.Logf("mean path with a successor list of 1: %.2f over %d lookups, want %.2f", r.MeanPath, r.Found, want)
	if math.Abs(r.MeanPath-want) > 0.2 || r.Found != r.Lookups || r.WrongOwner > 0 {
		t.Errorf("mean path %.2f, want %.2f +- 0.2; %d of %d found, %d wrong", r.MeanPath, want, r.Found, r.Lookups, r.WrongOwner)
	}
	cfg.Node = quiet
	list := mustRun(t, cfg)
	t.Logf("with the default list: %.2f", list.MeanPath)
	if list.MeanPath >= r.MeanPath {
		t.Errorf("the default successor list gives a mean path of %.2f, want it below %.2f", list.MeanPath, r.MeanPath)
	}
	cfg.Node.CacheSize = 0
	t.Logf("and with the location cache: %.2f", mustRun(t, cfg).MeanPath)
}

var warmPeers = flag.Int("warm-peers", 100, "size of the ring of TestWarmLookups; 1,000 take minutes")

// TestWarmLookups measures the requests of a lookup once peers have heard of most others.
// One whose predecessor is always asked, and names the owner behind it, is never heard
// from itself: lookups of what lies right behind that one go on taking two.
func TestWarmLookups(t *testing.T) {
	t.Parallel()
	const each = 5 // lookups of a peer for each other one, before those that count
	warm := chord.Time(each * *warmPeers * int(time.Second))
	lookups, requests := 0, 0
	mustRun(t, Config{
		Peers: *warmPeers, Seed: 1, Lookups: float64(*warmPeers), Duration: time.Duration(warm) + time.Minute, CheckEvery: time.Minute,
		Observe: func(o Outcome) {
			if o.Began >= warm {
				lookups++
				requests += o.Requests
			}
		},
	})
	got := float64(requests) / float64(lookups)
	t.Logf("%d warm peers: %.2f requests a lookup, of %d", *warmPeers, got, lookups)
	if got > 1.25 {
		t.Errorf("%.2f requests a lookup, want at most 1.25", got)
	}
}

func TestReportIsJSON(t *testing.T) {
	r := mustRun(t, Config{Peers: 3, Duration: 5 * time.Second})
	b, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var back Report
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	if back.TraceHash != r.TraceHash || back.MessagesByKind["query"] != r.MessagesByKind["query"] {
		t.Errorf("read back %+v, want %+v", back, r)
	}
}

func TestProgressReachesTheEnd(t *testing.T) {
	var last, of int
	cfg := Config{Peers: 70, Grown: true, JoinEvery: 100 * time.Millisecond, Duration: 5 * time.Second}
	cfg.Progress = func(done, total int) {
		if done < last {
			t.Errorf("progress fell from %d to %d", last, done)
		}
		last, of = done, total
	}
	mustRun(t, cfg)
	if last != of || of != 12 {
		t.Errorf("progress ended at %d of %d, want 12 of 12", last, of)
	}
}

func TestBadConfig(t *testing.T) {
	for _, cfg := range []Config{
		{Peers: -1}, {Duration: -1}, {Duration: Longest + 1}, {CrashShare: 1}, {Loss: -0.1}, {Joins: math.NaN()},
		{Joins: 1e-300}, {Leaves: 9e-7}, {Crashes: 1e7}, {Restarts: math.Inf(1)}, {Lookups: 1e-300}, {Lookups: math.Inf(-1)},
		{MinLatency: 2, MaxLatency: 1}, {Node: chord.Config{Successors: chord.MaxContacts + 1}},
	} {
		if _, err := New(cfg); err == nil {
			t.Errorf("New(%+v) has no error", cfg)
		}
	}
}

// BenchmarkMessages measures a ring of 1,000 with lookups, crashes and joins.
func BenchmarkMessages(b *testing.B) {
	messages := 0
	for i := 0; b.Loop(); i++ {
		messages += mustRun(b, Config{Peers: 1000, Seed: uint64(i), Lookups: 100, Crashes: 1, Joins: 1, Duration: 30 * time.Second}).Messages
	}
	b.ReportMetric(float64(messages)/b.Elapsed().Seconds(), "messages/s")
}
