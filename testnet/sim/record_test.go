package sim

import (
	"slices"
	"testing"
	"time"

	"peal/chord"
)

// TestObserverSeesTheRing builds the ring from what is observed, and compares.
func TestObserverSeesTheRing(t *testing.T) {
	cfg := churning(3)
	views := make(map[chord.Contact]*View)
	count := make(map[ObservationKind]int)
	last := chord.Time(0)
	cfg.Record = func(o Observation) {
		if o.At < last {
			t.Errorf("time fell from %d to %d", last, o.At)
		}
		last = o.At
		count[o.Kind]++
		switch o.Kind {
		case Viewed:
			views[o.Peer] = o.View
		case Crashed, Left:
			delete(views, o.Peer)
		case LookedUp:
			if hops, choices := len(o.Result.Hops), len(o.Result.Choices); hops != choices {
				t.Errorf("seed %d: a lookup tells of %d choices for %d hops", cfg.Seed, choices, hops)
			}
		}
	}
	s, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.Run()
	if err != nil {
		t.Fatal(err)
	}
	if len(views) != len(s.members) {
		t.Errorf("seed %d: observed %d peers, want %d", cfg.Seed, len(views), len(s.members))
	}
	for _, want := range s.allViews() {
		got := views[want.Self]
		if got == nil || got.Pred() != want.Pred() || !slices.Equal(got.Succ, want.Succ) || got.Member != want.Member {
			t.Errorf("seed %d: observed %+v, want %+v", cfg.Seed, got, want)
		}
	}
	if count[Crashed] != r.Crashed || count[Left] != r.Left || count[LookedUp] != r.Found+r.Failed || r.Crashed*r.Left*r.Found == 0 {
		t.Errorf("seed %d: observed %v, want as in %+v", cfg.Seed, count, r)
	}
}

func TestObservingChangesNothing(t *testing.T) {
	cfg := churning(4)
	want := mustRun(t, cfg).TraceHash
	cfg.Record, cfg.Stop = func(Observation) {}, func() bool { return false }
	if got := mustRun(t, cfg).TraceHash; got != want {
		t.Errorf("seed %d: the trace is %s when observed, want %s", cfg.Seed, got, want)
	}
}

// A run that is stopped is none that broke a rule.
func TestStop(t *testing.T) {
	asked, violated := 0, false
	cfg := churning(1)
	cfg.Stop = func() bool { asked++; return asked == 3 }
	cfg.Record = func(o Observation) { violated = violated || o.Kind == Violated }
	if r, err := Run(cfg); err != ErrStopped || r.Events != 3*stopEvery || violated {
		t.Errorf("stopped after %d events, error %v, violated %v; want %v after %d", r.Events, err, violated, ErrStopped, 3*stopEvery)
	}
}

// TestViolationIsObserved lets a ring have no time to become ideal.
func TestViolationIsObserved(t *testing.T) {
	var last Observation
	cfg := Config{
		Peers: 50, Seed: 1, CrashShare: 0.3, Duration: time.Second, SettleFor: time.Second,
		Record: func(o Observation) { last = o },
	}
	if _, err := Run(cfg); err == nil {
		t.Fatal("the run has no error")
	}
	if last.Kind != Violated || last.Text == "" {
		t.Errorf("the last observation is %+v, want the violation", last)
	}
}

// TestFaultsAreObserved wants the beginning and the end of each.
func TestFaultsAreObserved(t *testing.T) {
	var said []string
	cfg := Config{
		Peers: 12, Seed: 1, Duration: 10 * time.Second,
		Faults: []Fault{
			{At: time.Second, Kind: Loss, For: time.Second, Rate: 0.2},
			{At: 3 * time.Second, Kind: Partition, For: 2 * time.Second, Shares: []float64{0.25, 0.5}},
			{At: 7 * time.Second, Kind: Pause, For: time.Second},
		},
		Record: func(o Observation) {
			if o.Kind == Faulted {
				said = append(said, o.Text)
			}
		},
	}
	mustRun(t, cfg)
	want := []string{
		"loss: 20 % of the messages do not arrive, for 1s", "the loss is over",
		"partition: 25 %, 50 %, and the rest, for 2s", "the partition is over", "stands still, for 1s", "goes on",
	}
	if !slices.Equal(said, want) {
		t.Errorf("observed %q, want %q", said, want)
	}
}
