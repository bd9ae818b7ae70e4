package sim

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"peal/chord"
)

func TestFaultsAreJSON(t *testing.T) {
	want := Mixed(1, 64, 10*time.Minute)
	kinds := map[FaultKind]bool{}
	for _, f := range want {
		kinds[f.Kind] = true
		if err := f.validate(); err != nil {
			t.Errorf("%v: %v", f, err)
		}
	}
	if len(kinds) != int(Delay) {
		t.Errorf("ten minutes of mixed faults have %d kinds, want all %d", len(kinds), Delay)
	}
	b, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got []Fault
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	same := slices.EqualFunc(got, want, func(a, b Fault) bool { return a.String() == b.String() })
	if !same || Ends(got) != Ends(want) {
		t.Errorf("read back %v, want %v", got, want)
	}
}

func TestBadFaults(t *testing.T) {
	for _, text := range []string{
		`{"kind":"pause"}`, `{"kind":"loss","for":"1s"}`, `{"kind":"loss","for":"1s","rate":1}`, `{"kind":"delay","for":"1s"}`,
		`{"kind":"cut","for":"1s","shares":[0.5]}`, `{"kind":"partition","for":"1s","shares":[0.6,0.6]}`, `{"kind":"crash","at":"-1s"}`,
		`{"kind":"crash","at":"8761h"}`, `{"kind":"pause","for":"2562047h"}`, `{"kind":"delay","for":"1s","by":"8761h"}`, `{"kind":"join","count":5000001}`,
		`{"kind":"quake"}`, `{"kind":"join","peers":3}`, `{"kind":"join","at":"soon"}`,
	} {
		var f Fault
		if err := json.Unmarshal([]byte(text), &f); err == nil && f.validate() == nil {
			t.Errorf("%s passes", text)
		}
	}
}

// Who wrote a schedule is told which fault is wrong, and what is wanted.
func TestParseFaultsSaysWhatIsWrong(t *testing.T) {
	const list, kinds = `want a list of faults, such as [{"at": "2s", "kind": "crash"}]`, "want one of join, leave, crash, "
	for text, want := range map[string]string{
		`{}`:                              list,
		`null`:                            list,
		`[{]`:                             "it is no JSON: ",
		`[7]`:                             "fault 1: it is a JSON number: want an object",
		`[{"kind":"join"},null]`:          `fault 2: "kind" is missing: ` + kinds,
		`[{"kind":"join"},{"at":"2s"}]`:   `fault 2: "kind" is missing: ` + kinds,
		`[{"kind":"quake"}]`:              `fault 1: "kind" is "quake": ` + kinds,
		`[{"kind":1}]`:                    `fault 1: "kind" is a JSON number: ` + kinds,
		`[{"kind":"join","peers":3}]`:     `fault 1: unknown field "peers"`,
		`[{"kind":"join","at":2}]`:        `fault 1: "at" is a JSON number: want a duration in quotes, such as "2s"`,
		`[{"kind":"join","at":"soon"}]`:   `fault 1: "at" is "soon": want a duration in quotes, such as "2s"`,
		`[{"kind":"join","at":"-1s"}]`:    `fault 1: "at" is -1s: want 0s to 8760h0m0s`,
		`[{"kind":"join","count":-1}]`:    `fault 1: "count" is -1: want 0 to 5000000`,
		`[{"kind":"join","count":1.5}]`:   `fault 1: "count" is a JSON number 1.5: want a whole number`,
		`[{"kind":"cut","shares":["a"]}]`: `fault 1: "shares" is a JSON string: want a list of numbers`,
	} {
		if got, err := ParseFaults([]byte(text)); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v, %v; want %s", text, got, err, want)
		}
	}
	if got, err := ParseFaults([]byte(`[]`)); err != nil || len(got) != 0 {
		t.Errorf("no faults: %v, %v", got, err)
	}
}

// during runs a ring of 20 under one fault, looks at it in the middle, and lets
// it end well.
func during(t *testing.T, f Fault, look func(*Simulation)) Report {
	t.Helper()
	f.At = time.Second
	s, err := New(Config{Peers: 20, Seed: 1, Duration: time.Minute, Faults: []Fault{f}})
	if err != nil {
		t.Fatal(err)
	}
	s.cfg.invariant = func(s *Simulation) error {
		if s.now > chord.Time(f.At+f.For/2) && look != nil {
			look(s)
			look = nil
		}
		return nil
	}
	r, err := s.Run()
	if err != nil || look != nil {
		t.Errorf("%v: %v, looked at: %v", f, err, look == nil)
	}
	return r
}

func TestFaultsTakeEffect(t *testing.T) {
	for _, c := range []struct {
		fault Fault
		did   func(Report) int
		want  int
	}{
		{Fault{Kind: Join, Count: 3}, func(r Report) int { return r.Joined }, 23},
		{Fault{Kind: Leave, Count: 2}, func(r Report) int { return r.Left }, 2},
		{Fault{Kind: Crash, Count: 4, Adjacent: true}, func(r Report) int { return r.Crashed }, 4},
		{Fault{Kind: Crash, Count: 20, Adjacent: true}, func(r Report) int { return r.Crashed + r.Spared }, 20},
		{Fault{Kind: Pause, Count: 5, For: 3 * time.Second}, func(r Report) int { return r.Paused }, 5},
	} {
		if got := c.did(during(t, c.fault, unseen)); got != c.want {
			t.Errorf("%v: %d, want %d", c.fault, got, c.want)
		}
	}
	if r := during(t, Fault{Kind: Loss, For: 10 * time.Second, Rate: 0.3}, unseen); r.Lost < r.Messages/100 {
		t.Errorf("%d of %d messages got lost, want more", r.Lost, r.Messages)
	}
	if r := during(t, Fault{Kind: Duplicate, For: 10 * time.Second, Rate: 0.3}, unseen); r.Duplicated < r.Messages/100 {
		t.Errorf("%d of %d messages came twice, want more", r.Duplicated, r.Messages)
	}
}

// unseen is for faults that are judged by the report alone.
func unseen(*Simulation) {}

// TestCutsHaveTheirShares also shows that a cut blocks one way only.
func TestCutsHaveTheirShares(t *testing.T) {
	for _, f := range []Fault{
		{Kind: Partition, For: 30 * time.Second, Shares: []float64{0.05}, Pick: 3},
		{Kind: Partition, For: 30 * time.Second, Shares: []float64{0.3, 0.5}, Adjacent: true},
		{Kind: Cut, For: 30 * time.Second, Shares: []float64{0.25, 0.5}},
	} {
		during(t, f, func(s *Simulation) {
			size := make([]int, 3)
			blocked := 0
			for _, p := range s.members {
				size[s.links.cuts[0].part(p)]++
				for _, q := range s.members {
					if s.links.blocked(p, q) {
						blocked++
					}
				}
			}
			want := 2 * (size[0]*size[1] + size[0]*size[2] + size[1]*size[2])
			if f.Kind == Cut {
				want = size[0] * size[1]
			}
			if blocked != want || size[0] != int(f.Shares[0]*20) {
				t.Errorf("%v: parts of %v, %d pairs blocked, want %d", f, size, blocked, want)
			}
		})
	}
}

// TestPausedPeerKeepsItsState: nobody gives up a peer that stands still for a
// second, and one that stands still for long comes back.
func TestPausedPeerKeepsItsState(t *testing.T) {
	if r := during(t, Fault{Kind: Pause, For: time.Second}, unseen); r.WronglyDead != 0 || r.Asserted != r.Events {
		t.Errorf("a second's pause: given up %d times, asserted after %d of %d events", r.WronglyDead, r.Asserted, r.Events)
	}
	r := during(t, Fault{Kind: Pause, For: 30 * time.Second}, func(s *Simulation) {
		if !s.doubted || s.astray == 0 {
			t.Errorf("half a minute's pause: doubted %v, %d astray", s.doubted, s.astray)
		}
	})
	if r.WronglyDead == 0 || r.Asserted == r.Events || r.Peers != 20 {
		t.Errorf("half a minute's pause: given up %d times, asserted after %d of %d events, %d peers left", r.WronglyDead, r.Asserted, r.Events, r.Peers)
	}
}

// TestDetection: silent neighbours are found out, the sooner where machines refuse.
func TestDetection(t *testing.T) {
	cfg := Config{Peers: 50, Seed: 1, Crashes: 0.5}
	silent := mustRun(t, cfg)
	cfg.Refuse = true
	refused := mustRun(t, cfg)
	if silent.DetectedP50 <= refused.DetectedP50 || refused.DetectedP50 <= 0 || silent.DetectedP99 > 10 {
		t.Errorf("a crash is found out after %.2f s, where machines refuse after %.2f s", silent.DetectedP50, refused.DetectedP50)
	}
}

// TestViolationHasTheEvents: a broken rule names the event, and the log ends there,
// at most so many events after its beginning.
func TestViolationHasTheEvents(t *testing.T) {
	cfg := MixedConfig(2, 12, time.Minute)
	answers := 0
	cfg.invariant = func(s *Simulation) error {
		before := answers
		answers = s.tally.delivered[chord.State]
		if answers > before && s.now > chord.Time(30*time.Second) {
			return errors.New("an answer comes after half a minute")
		}
		return nil
	}
	_, err := Run(cfg)
	var v *Violation
	if !errors.As(err, &v) || v.Seed != 2 || v.Event == 0 || v.Time == 0 {
		t.Fatalf("the run ends with %v", err)
	}
	const last = 100
	var numbers []int
	for _, line := range EventLog(cfg, v, last) {
		number, err := strconv.Atoi(strings.Fields(line)[0])
		if err != nil {
			t.Fatalf("the line %q has no number", line)
		}
		numbers = append(numbers, number)
	}
	if count := len(numbers); count == 0 || numbers[count-1] != v.Event || numbers[0] <= v.Event-last || !slices.IsSorted(numbers) {
		t.Errorf("the log has the events %v, want the last %d up to %d", numbers, last, v.Event)
	}
}
