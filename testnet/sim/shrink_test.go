package sim

import (
	"errors"
	"testing"
	"time"

	"peal/chord"
)

var errTooMany = errors.New("too many crashes in a ring that was split")

// TestShrink looks for the smallest schedule in which three peers crash while a
// partition lasts; the invariant that forbids it is the test's own.
func TestShrink(t *testing.T) {
	t.Parallel()
	cfg := MixedConfig(1, 30, 3*time.Minute)
	cfg.invariant = func(s *Simulation) error {
		if s.tally.crashed > 2 && len(s.links.cuts) > 0 {
			return errTooMany
		}
		return nil
	}
	runs := 0
	small, v, err := Shrink(cfg, func(int) { runs++ })
	if err != nil || v == nil {
		t.Fatalf("no violation, error %v", err)
	}
	t.Logf("%d faults of %d are left after %d runs: %v", len(small.Faults), len(cfg.Faults), runs, small.Faults)
	cuts, crashes := 0, 0
	for _, f := range small.Faults {
		switch f.Kind {
		case Crash:
			crashes += max(1, f.Count)
		case Cut, Partition:
			cuts++
		default:
			t.Errorf("%v is left, though it does not matter", f)
		}
	}
	if cuts != 1 || crashes < 3 || crashes > 5 {
		t.Errorf("%d cuts and %d crashes are left, want 1 and 3 to 5", cuts, crashes)
	}
	if _, err := Run(small); !errors.Is(err, errTooMany) {
		t.Errorf("the shrunken run ends with %v, want %v", err, errTooMany)
	}
}

// TestShrunkenRunsTheSame: a violation that needs no fault, but the time to settle
// that a run with faults has, is there also when the schedule alone is run.
func TestShrunkenRunsTheSame(t *testing.T) {
	cfg := Config{Peers: 20, Duration: 5 * time.Second, Faults: []Fault{{Kind: Join}, {Kind: Pause, For: time.Second}, {Kind: Leave}}}
	cfg.invariant = func(s *Simulation) error {
		if s.cfg.SettleFor > 5*time.Minute && s.now > chord.Time(3*time.Second) {
			return errTooMany
		}
		return nil
	}
	small, v, err := Shrink(cfg, nil)
	if err != nil || v == nil || len(small.Faults) != 1 {
		t.Fatalf("%v are left with %v, error %v; want one", small.Faults, v, err)
	}
	cfg.Faults = small.Faults
	var again *Violation
	if _, err := Run(cfg); !errors.As(err, &again) || again.Event != v.Event {
		t.Errorf("the schedule that is left ends with %v, want %v", err, v)
	}
}

func TestShrinkWithoutViolation(t *testing.T) {
	cfg := Config{Peers: 4, Duration: 5 * time.Second, Faults: []Fault{{Kind: Crash}}}
	if _, v, err := Shrink(cfg, nil); v != nil || err != nil {
		t.Errorf("got %v, %v from a run in which all is well", v, err)
	}
	cfg.Node = chord.Config{Successors: -1}
	if _, v, err := Shrink(cfg, nil); v != nil || err == nil {
		t.Errorf("got %v, %v from a config that cannot run", v, err)
	}
}
