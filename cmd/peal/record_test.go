package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"peal/node"
	"peal/node/recording"
	"peal/testnet/sim"
)

// recordedRun records a simulation and gives the file's name and what the nodes
// knew in the end.
func recordedRun(t testing.TB, cfg sim.Config) (name string, ring node.Ring) {
	t.Helper()
	name = filepath.Join(t.TempDir(), "run.jsonl")
	config, err := json.Marshal(cfg)
	if err != nil {
		t.Fatal(err)
	}
	tape, err := recordSimulation(name, recording.Header{Source: recording.Simulator, Ring: "simulation", Start: recording.SimulatedStart, Seed: cfg.Seed, Command: "peal sim", Config: config}, &cfg)
	if err != nil {
		t.Fatal(err)
	}
	s, err := sim.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Run(); err != nil {
		t.Fatalf("%+v: %v", cfg, err)
	}
	if err := tape.close(); err != nil {
		t.Fatal(err)
	}
	var infos []node.Info
	for _, v := range s.Views() {
		infos = append(infos, infoOf(&v))
	}
	return name, node.NewRing("simulation", infos)
}

func churnedRun(seed uint64) sim.Config {
	return sim.Config{
		Peers: 40, Seed: seed, Grown: true, Duration: 30 * time.Second, CheckEvery: time.Second,
		Joins: 0.3, Leaves: 0.2, Crashes: 0.3, Restarts: 0.2,
	}
}

// TestRecordedSimulationEndsAlike compares the end of a replay with the end of
// the run.
func TestRecordedSimulationEndsAlike(t *testing.T) {
	cfg := churnedRun(5)
	name, want := recordedRun(t, cfg)
	r, err := loadRecording(name)
	if err != nil {
		t.Fatal(err)
	}
	p := recording.NewPlayer(r, func(node.Event) {}, time.Now)
	if _, err := p.Steer(recording.Steering{Seek: new(r.Length().Seconds())}); err != nil {
		t.Fatal(err)
	}
	got := p.Ring()
	if got.WellFormed != want.WellFormed || got.Replicated != want.Replicated || len(got.Peers) != len(want.Peers) {
		t.Fatalf("seed %d: replayed %d peers (%v), want %d (%v)", cfg.Seed, len(got.Peers), got.Problem, len(want.Peers), want.Problem)
	}
	for i, v := range want.Peers {
		w := got.Peers[i]
		if w.Contact != v.Contact || w.Predecessor != v.Predecessor || w.Member != v.Member ||
			!reflect.DeepEqual(w.Successors, v.Successors) || !reflect.DeepEqual(w.Fingers, v.Fingers) {
			t.Errorf("seed %d: replayed %+v, want %+v", cfg.Seed, w, v)
		}
	}
	if h := r.Header; h.Seed != cfg.Seed || h.Source != recording.Simulator || !bytes.Contains(h.Config, []byte(`"Peers":40`)) {
		t.Errorf("the header is %+v with the config %s", h, h.Config)
	}
}

func TestSameSeedSameRecording(t *testing.T) {
	var files [2][]byte
	for i := range files {
		name, _ := recordedRun(t, churnedRun(6))
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files[i] = b
	}
	if !bytes.Equal(files[0], files[1]) {
		t.Error("two runs of one seed were recorded differently")
	}
}

// TestTestnetIsRecorded kills one of five real peers.
func TestTestnetIsRecorded(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "net.jsonl")
	s := background(t, "testnet", "--peers", "5", "--transport", "memory", "--record", name)
	var up settled
	s.hears(t, &up)
	until(t, "a look at all peers in the file", func() bool {
		r, err := loadRecording(name)
		return err == nil && r.Peers() == 5
	})
	if got := runWith(t, "", "PEAL_API="+up.URL, "testnet", "kill", "1"); got.code != 0 {
		t.Fatalf("%+v", got)
	}
	if got := runWith(t, "", "PEAL_API="+up.URL, "leave"); got.code != 0 {
		t.Fatalf("%+v", got)
	}
	if got := <-s.code; got != 0 {
		t.Fatalf("the testnet ended with %d: %s", got, s.notes.String())
	}
	r, err := loadRecording(name)
	if err != nil {
		t.Fatal(err)
	}
	count := make(map[node.EventKind]int)
	for _, e := range r.Events() {
		count[e.Kind]++
	}
	if r.Header.Source != recording.Testnet || r.Peers() != 5 || count[node.Joined] != 5 || count[node.Killed] != 1 {
		t.Errorf("%s with %d peers and the events %v, want 5 that joined and 1 killed", r.Header.Source, r.Peers(), count)
	}
}

// TestRecordingCannotBeWritten wants the name of the file in the message.
func TestRecordingCannotBeWritten(t *testing.T) {
	got := runWith(t, "", "testnet", "--transport", "memory", "--http", "127.0.0.1:0", "--record", filepath.Join(t.TempDir(), "no", "file"))
	if got.code != 1 || !bytes.Contains([]byte(got.err), []byte("--record")) {
		t.Errorf("got %+v", got)
	}
}

// TestRecordingSparesOtherFiles overwrites an empty file and a recording, and
// nothing else.
func TestRecordingSparesOtherFiles(t *testing.T) {
	name := filepath.Join(t.TempDir(), "file")
	for content, want := range map[string]int{"": 0, `{"peal_recording":1,"sour`: 0, "{": 1, "my only copy of something dear\n": 1} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		got := runWith(t, "", "sim", "--seed", "3", "--peers", "4", "--minutes", "0.1", "--record", name)
		after, err := os.ReadFile(name)
		if kept := string(after) == content; got.code != want || err != nil || kept != (want != 0) {
			t.Errorf("%q: %+v, and kept is %v, %v; want exit %d", content, got, kept, err, want)
		}
		if want != 0 && (!strings.Contains(got.err, name+" exists and is no recording: ") || strings.Count(got.err, "\n") != 1) {
			t.Errorf("%q: %s", content, got.err)
		}
	}
	again := filepath.Join(t.TempDir(), "again")
	for _, name := range []string{os.DevNull, again, again} {
		if got := runWith(t, "", "sim", "--seed", "3", "--peers", "4", "--minutes", "0.1", "--record", name); got.code != 0 {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// Nobody is sent to a recording that is not whole.
func TestSimRecordingIsNotWhole(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var said strings.Builder
	c := newCLI(console{out: io.Discard, err: &said, lookupEnv: lookup(nil)})
	line := []string{"sim", "--seed", "3", "--peers", "4", "--minutes", "0.1", "--record"}
	if code := c.run(ctx, append(line, filepath.Join(t.TempDir(), "run.jsonl"))); code != 130 || strings.Contains(said.String(), "replay") {
		t.Errorf("interrupted: code %d, %s", code, said.String())
	}
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("no file here that is always full")
	}
	if got := runWith(t, "", append(line, "/dev/full")...); got.code != 1 || strings.Contains(got.err, "replay") || !strings.Contains(got.err, "--record: ") {
		t.Errorf("a full disk: %+v, want exit 1 and why", got)
	}
}

// TestFullDiskIsToldAtOnce records on a device that has no space. The log says so
// while the peers run on, the ring is no longer looked at, and the verb fails.
func TestFullDiskIsToldAtOnce(t *testing.T) {
	const full = "/dev/full"
	if _, err := os.Stat(full); err != nil {
		t.Skip("there is no", full)
	}
	synctest.Test(t, func(t *testing.T) {
		var log lockedBuffer
		tape, err := recordLive(full, recording.Peer, "bells", 0, slog.New(slog.NewTextHandler(&log, nil)))
		if err != nil {
			t.Fatal(err)
		}
		var looks atomic.Int32
		tape.watch(func(context.Context) (node.Ring, error) { looks.Add(1); return node.Ring{}, nil }, recordTestnet)
		time.Sleep(recordFlush + time.Millisecond) // virtual
		synctest.Wait()
		before := looks.Load()
		if got := log.String(); !strings.Contains(got, full) || !strings.Contains(got, "no space left") || strings.Count(got, "\n") != 1 {
			t.Errorf("the log says %q, want one line with the file and the reason", got)
		}
		time.Sleep(time.Minute)
		if got := looks.Load(); got != before || before == 0 {
			t.Errorf("%d looks at the ring before, and %d after", before, got-before)
		}
		if tape.closeInto(&err); err == nil || !strings.Contains(err.Error(), "no space left") {
			t.Errorf("the verb ends with %v", err)
		}
	})
}

// TestSimIsRecorded records a run with all kinds of faults by the command line.
func TestSimIsRecorded(t *testing.T) {
	name := filepath.Join(t.TempDir(), "a run.jsonl")
	got := runWith(t, "", "sim", "--seed", "3", "--peers", "12", "--record", name)
	if got.code != 0 || !strings.Contains(got.err, "peal replay '"+name+"'") {
		t.Fatalf("%+v", got)
	}
	r, err := loadRecording(name)
	if err != nil {
		t.Fatal(err)
	}
	faults := 0
	for _, e := range r.Events() {
		if e.Kind == node.Fault {
			faults++
		}
	}
	if h := r.Header; faults == 0 || h.Seed != 3 || h.Command != "peal sim --peers 12 --seed 3" {
		t.Errorf("%d faults, and the header %+v", faults, h)
	}
	if got := runWith(t, "", "sim", "--seeds", "2", "--record", name); got.code != 2 {
		t.Errorf("two seeds in one file: %+v, want exit 2", got)
	}
}
