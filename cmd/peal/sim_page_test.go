package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"peal/node/recording"
	"peal/testnet/sim"
)

// pageRun records what a link asks for.
func pageRun(t *testing.T, link string) []byte {
	t.Helper()
	parameters, err := url.ParseQuery(link)
	if err != nil {
		t.Fatal(err)
	}
	run, err := pageSimulation(parameters)
	if err != nil {
		t.Fatalf("%s: %v", link, err)
	}
	var to bytes.Buffer
	if err := run(t.Context(), &to); err != nil {
		t.Fatalf("%s: %v", link, err)
	}
	return to.Bytes()
}

// The link of a recording makes it again, byte for byte.
func TestLinkMakesTheRecordingAgain(t *testing.T) {
	for _, line := range []string{
		"--seed 18446744073709551615 --minutes 0.1",
		"--seed 4 --peers 12 --minutes 0.1 --faults none --lookups 0 --loss 0.01 --latency internet --redial",
		"--seed 5 --minutes 0.05 --data --confirm=false",
	} {
		name := filepath.Join(t.TempDir(), "run.jsonl")
		if got := simulate(t, append(strings.Fields(line), "--record", name)...); got.code != 0 {
			t.Fatalf("%s: %+v", line, got)
		}
		want, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		r, err := loadRecording(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := pageRun(t, r.Header.Link); !bytes.Equal(got, want) {
			t.Errorf("%s: the link %q makes %d bytes, other than the %d of the file", line, r.Header.Link, len(got), len(want))
		}
	}
}

// A schedule is in a file, which no link has.
func TestScheduleHasNoLink(t *testing.T) {
	writeFaults(t)
	simulate(t, append([]string{"--record", "run.jsonl"}, deaf...)...)
	if r, err := loadRecording("run.jsonl"); err != nil || r.Header.Link != "" {
		t.Errorf("%v, the link %q; want none", err, r.Header.Link)
	}
}

// What a link cannot ask for is said in one line.
func TestBadLinks(t *testing.T) {
	for link, want := range map[string]string{
		"record=x":                  `a simulation has no parameter "record": `,
		"seeds=2":                   `no parameter "seeds"`,
		"sed=2":                     `no parameter "sed"`,
		"seed=1&seed=2":             "the parameter seed is there 2 times",
		"seed=-1":                   `invalid argument "-1" for "--seed"`,
		"peers=many":                `invalid argument "many" for "--peers"`,
		"peers=0":                   "--peers 0: want 1 to 1000",
		"minutes=NaN":               "--minutes NaN: want",
		"loss=2":                    "--loss 2: want 0 to below 1",
		"latency=far":               "--latency: ",
		"faults=/etc/passwd":        `--faults "/etc/passwd": a link can have mixed or none, and no file`,
		"faults=":                   `--faults "": a link`,
		"peers=1001&minutes=0.1":    "--peers 1001: want 1 to 1000",
		"peers=100&minutes=11":      "100 peers for 11 min are too many here",
		"minutes=500":               "too many here",
		"faults=none&minutes=1.1":   "1000 peers for 1.1 min are too many here",
		"peers=8&crashes=101":       "--crashes 101: want 0 to 100",
		"peers=8&data=true&loss=-1": "--loss -1: want",
	} {
		parameters, err := url.ParseQuery(link)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := pageSimulation(parameters); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: got %v, want %q in one line", link, err, want)
		}
	}
}

// A run ends with its request, and says so in its recording if that is since the time is
// over.
func TestPageSimulationEnds(t *testing.T) {
	run, err := pageSimulation(url.Values{"seed": {"1"}, "peers": {"20"}, "minutes": {"50"}})
	if err != nil {
		t.Fatal(err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if err := run(gone, io.Discard); !errors.Is(err, context.Canceled) {
		t.Errorf("when nobody waits: %v, want %v", err, context.Canceled)
	}
	var to bytes.Buffer
	late, cancel := context.WithDeadline(t.Context(), time.Now())
	defer cancel()
	if err := run(late, &to); err != nil {
		t.Fatal(err)
	}
	wantCutShort(t, to.Bytes(), "ran out")
}

// A page has room for so much.
func TestPageSimulationIsBounded(t *testing.T) {
	var to bytes.Buffer
	w := recording.NewWriter(&to, recording.Header{Source: recording.Simulator, Start: recording.SimulatedStart})
	w.Limit(8 << 10)
	cfg := sim.Config{Peers: 10, Seed: 1, Duration: time.Minute, Record: func(o sim.Observation) { writeObservation(w, o) }}
	cfg.Stop = func() bool { return w.Err() != nil }
	if _, err := sim.Run(cfg); err != sim.ErrStopped {
		t.Errorf("the run ended with %v, want %v", err, sim.ErrStopped)
	}
	w.Flush()
	if to.Len() > 8<<10 {
		t.Errorf("%d bytes", to.Len())
	}
	wantCutShort(t, to.Bytes(), "the file is full")
}

// wantCutShort wants a recording whose last line says why there is no more.
func wantCutShort(t *testing.T, file []byte, why string) {
	t.Helper()
	r, err := recording.Load(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	if last := r.Events()[len(r.Events())-1]; last.Kind != recording.Missed || !strings.Contains(last.Text, why) {
		t.Errorf("the last event is %+v, want that the rest is missing since %s", last, why)
	}
}
