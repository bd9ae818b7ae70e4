package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"peal/testnet/sim"
)

// simulate runs a command line in a directory of its own, where files may be left.
func simulate(t *testing.T, args ...string) result {
	t.Helper()
	return runWith(t, "", append([]string{"sim"}, args...)...)
}

func TestSimEndsWithItsTraceHash(t *testing.T) {
	line := []string{"--peers", "12", "--seed", "7", "--minutes", "0.2", "-o", "json"}
	first, second := simulate(t, line...), simulate(t, line...)
	var a, b simResult
	for _, run := range []struct {
		result
		to *simResult
	}{{first, &a}, {second, &b}} {
		if err := json.Unmarshal([]byte(run.out), run.to); err != nil || run.code != 0 {
			t.Fatalf("code %d, %v: %s", run.code, err, run.err)
		}
	}
	if a.TraceHash == "" || a.TraceHash != b.TraceHash || a.Messages != b.Messages {
		t.Errorf("one seed gives the hashes %q and %q", a.TraceHash, b.TraceHash)
	}
	if want := "\"trace_hash\": \"" + a.TraceHash + "\"\n}\n"; !strings.HasSuffix(first.out, want) {
		t.Errorf("the output does not end with %s:\n%s", want, first.out)
	}
}

func TestSimSummary(t *testing.T) {
	got := simulate(t, "--peers", "8", "--seed", "3", "--minutes", "0.2")
	for _, want := range []string{"seed        3\n", "all invariants after", "trace hash", "the ring stayed right"} {
		if got.code != 0 || !strings.Contains(got.out, want) {
			t.Errorf("code %d, output without %q:\n%s%s", got.code, want, got.out, got.err)
		}
	}
	many := simulate(t, "--seeds", "3", "--seed", "3", "--minutes", "0.2")
	if many.code != 0 || !strings.Contains(many.out, "seeds 3 to 5\n") || !strings.Contains(many.out, "3 seeds, 0 with a violation") {
		t.Errorf("code %d: %s%s", many.code, many.out, many.err)
	}
}

func TestSimData(t *testing.T) {
	line := []string{"--data", "--peers", "8", "--seed", "3", "--minutes", "0.2"}
	got := simulate(t, line...)
	for _, want := range []string{"acknowledged", "had to see a certain version", "keys checked in the end", "and the data is where it belongs"} {
		if got.code != 0 || !strings.Contains(got.out, want) {
			t.Errorf("code %d, output without %q:\n%s%s", got.code, want, got.out, got.err)
		}
	}
	many := simulate(t, append(line, "--seeds", "2", "-o", "json")...)
	var sum simSummary
	if err := json.Unmarshal([]byte(many.out), &sum); err != nil || sum.Data == nil || sum.Data.Acknowledged == 0 || sum.Data.LastReads == 0 {
		t.Errorf("%v, %s%s: want the data of both seeds", err, many.out, many.err)
	}
}

// A schedule of disk faults runs with the data that the seed has.
func TestSimDataFromASchedule(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("f.json", []byte(`[{"at": "2s", "kind": "wreck"}, {"at": "3s", "kind": "spoil", "rate": 0.9}]`), 0o644); err != nil {
		t.Fatal(err)
	}
	got := runWith(t, "", "sim", "--data", "--faults", "f.json", "--peers", "8", "--minutes", "0.2", "--seed", "3", "-o", "json")
	var r simResult
	if err := json.Unmarshal([]byte(got.out), &r); err != nil || got.code != 0 || r.Crashed != 1 || r.Data == nil || r.Data.Spoiled == 0 {
		t.Errorf("code %d, %v, %s%s: want a crash, and spoiled records", got.code, err, got.out, got.err)
	}
}

// deaf is a run in which so much gets lost that the ring never becomes ideal.
var deaf = []string{"--faults", "f.json", "--peers", "4", "--loss", "0.95", "--lookups", "0", "--minutes", "0.1", "--seed", "1"}

func writeFaults(t *testing.T) {
	t.Helper()
	t.Chdir(t.TempDir())
	if err := os.WriteFile("f.json", []byte(`[{"at":"2s","kind":"join"},{"at":"3s","kind":"pause","for":"2s"}]`), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestSimViolation(t *testing.T) {
	writeFaults(t)
	got := simulate(t, deaf...)
	for _, want := range []string{
		"violation     seed 1, event ", "broken rule   not settled", "peers         [", "event log     peal-sim-1.log",
		"run it again  peal sim --faults f.json --lookups 0 --loss 0.95 --minutes 0.1 --peers 4 --seed 1\n",
	} {
		if !strings.Contains(got.out, want) {
			t.Errorf("output without %q:\n%s", want, got.out)
		}
	}
	if got.code != 9 {
		t.Errorf("exit code %d, want 9: %s", got.code, got.err)
	}
	if log, err := os.ReadFile("peal-sim-1.log"); err != nil || !strings.Contains(string(log), "is lost") {
		t.Errorf("the event log has %d bytes, %v", len(log), err)
	}
}

// A shell can read the commands that are printed, whatever files are called.
func TestSimCommandsAreQuoted(t *testing.T) {
	writeFaults(t)
	if err := os.Rename("f.json", "a b.json"); err != nil {
		t.Fatal(err)
	}
	line := slices.Concat([]string{"--faults", "a b.json"}, deaf[2:])
	if got, want := simulate(t, line...).out, "peal sim --faults 'a b.json' --lookups 0 "; !strings.Contains(got, want) {
		t.Errorf("output without %q:\n%s", want, got)
	}
	got, want := simulate(t, append([]string{"shrink", "--to", "c d.json"}, line...)...).out, "peal sim --faults 'c d.json' --seed 1 "
	if !strings.Contains(got, want) {
		t.Errorf("output without %q:\n%s", want, got)
	}
}

// A violation is told also where its events cannot be written.
func TestSimViolationWithoutLog(t *testing.T) {
	writeFaults(t)
	if err := os.Mkdir("peal-sim-1.log", 0o700); err != nil {
		t.Fatal(err)
	}
	got := simulate(t, append([]string{"-o", "json"}, deaf...)...)
	var run simResult
	if err := json.Unmarshal([]byte(got.out), &run); err != nil || got.code != 9 {
		t.Fatalf("code %d, %v: %s", got.code, err, got.err)
	}
	if run.Violation == nil || run.Log != "" || !strings.Contains(run.LogError, "is a directory") {
		t.Errorf("log %q, error %q; want no log, and why", run.Log, run.LogError)
	}
	if got := simulate(t, deaf...); !strings.Contains(got.out, "event log     none: open peal-sim-1.log: ") {
		t.Errorf("the output does not say why there is no log:\n%s", got.out)
	}
}

// Nobody waits for the events of a violation after Ctrl-C.
func TestWriteLogIsInterruptible(t *testing.T) {
	t.Chdir(t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	run := simResult{Violation: &sim.Violation{Seed: 1}}
	run.writeLog(ctx, sim.Config{Peers: 100_000, Duration: sim.Longest})
	if run.Log != "" || run.LogError != "interrupted" {
		t.Errorf("log %q, error %q; want none, and that it was interrupted", run.Log, run.LogError)
	}
}

func TestSimShrink(t *testing.T) {
	writeFaults(t)
	got := simulate(t, append([]string{"shrink", "--to", "small.json"}, deaf...)...)
	if got.code != 0 || !strings.Contains(got.out, "1 of 2 faults is left, in small.json") {
		t.Fatalf("code %d: %s%s", got.code, got.out, got.err)
	}
	_, again, _ := strings.Cut(got.out, "run it: peal sim ")
	if got := simulate(t, strings.Fields(again)...); got.code != 9 {
		t.Errorf("%q ends with code %d, want 9: %s", again, got.code, got.err)
	}
	if got := simulate(t, "shrink", "--seed", "3", "--peers", "4", "--minutes", "0.1"); got.code != 1 || !strings.Contains(got.err, "nothing to shrink") {
		t.Errorf("code %d of a run that breaks nothing: %s", got.code, got.err)
	}
}

// hashOf is the trace hash of a run.
func hashOf(t *testing.T, args ...string) string {
	t.Helper()
	got := simulate(t, append(args, "-o", "json")...)
	var run simResult
	if err := json.Unmarshal([]byte(got.out), &run); err != nil || got.code != 0 || run.TraceHash == "" {
		t.Fatalf("peal sim %s: code %d, %v: %s", strings.Join(args, " "), got.code, err, got.err)
	}
	return run.TraceHash
}

// What the seed chose is all in the command of a schedule; and the flags that
// were given are in that of a run, also those that say no.
func TestSimCommandsRunTheSame(t *testing.T) {
	t.Chdir(t.TempDir())
	for seed := range uint64(4) {
		cfg := sim.MixedConfig(seed+1, 0, 12*time.Second)
		if err := writeSchedule("f.json", cfg.Faults); err != nil {
			t.Fatal(err)
		}
		want := hashOf(t, "--minutes", "0.2", "--seed", fmt.Sprint(seed+1))
		again := strings.Fields(explicit(cfg, "f.json"))[2:]
		if got := hashOf(t, again...); got != want {
			t.Errorf("seed %d has the trace hash %s, but %q has %s", seed+1, want, again, got)
		}
	}
	unlike := []string{"--minutes", "0.2", "--seed", "1", "--confirm=false", "--redial=false"}
	var run simResult
	if err := json.Unmarshal([]byte(simulate(t, append(unlike, "-o", "json")...).out), &run); err != nil {
		t.Fatal(err)
	}
	again := strings.Fields(run.Command)[2:]
	if got := hashOf(t, again...); got != run.TraceHash || got == hashOf(t, "--minutes", "0.2", "--seed", "1") {
		t.Errorf("%q has the trace hash %s, want %s, and another without these flags", again, got, run.TraceHash)
	}
}

// Only a broken rule ends with the exit code that says so.
func TestCheckError(t *testing.T) {
	_, wrong := sim.Run(sim.Config{Peers: -1})
	for _, c := range []struct {
		err  error
		want int
	}{{nil, 0}, {wrong, 2}, {&sim.Violation{}, 9}, {fmt.Errorf("a run: %w", &sim.Violation{}), 9}, {fail(codeInterrupted, "interrupted"), 130}} {
		if got := exitCode(checkError(c.err)); got != c.want {
			t.Errorf("%v: exit code %d, want %d", c.err, got, c.want)
		}
	}
}

// A number out of bounds is named as it was given, before anything else is printed.
func TestSimBounds(t *testing.T) {
	const rate, share = "0, or 0.000001 to 1000000 a second", "0 to below 1"
	for line, want := range map[string]string{
		"--peers 0":                 "--peers 0: want 1 to 5000000",
		"--seeds 0":                 "--seeds 0: want 1 to 1000000",
		"--seeds 2 --loss 1":        "--loss 1: want " + share,
		"--clock-drift NaN":         "--clock-drift NaN: want " + share,
		"--lookups -1":              "--lookups -1: want " + rate,
		"shrink --crashes 1e-9":     "--crashes 1e-09: want " + rate,
		"--successors 65":           "--successors 65: want 1 to 64",
		"--successors 0 --peers 10": "--successors 0: want 1 to 64",
	} {
		if got := simulate(t, strings.Fields(line)...); got.code != 2 || got.out != "" || !strings.HasPrefix(got.err, "peal sim") || !strings.Contains(got.err, ": "+want+"; see") {
			t.Errorf("peal sim %s: %+v, want exit 2 and %q", line, got, want)
		}
	}
}

// The file of a bad schedule is named, and the fault in it.
func TestSimNamesTheBadFault(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("bad.json", []byte(`[{"kind":"join"},{"at":2,"kind":"join"}]`), 0o600); err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]string{
		"bad.json": `--faults bad.json: fault 2: "at" is a JSON number: want a duration in quotes`,
		"":         "--faults '': want mixed, none or a file",
	} {
		if got := simulate(t, "--faults", file, "--seeds", "2"); got.code != 2 || got.out != "" || !strings.HasPrefix(got.err, "peal sim: "+want) {
			t.Errorf("--faults %q: %+v, want exit 2 and %q", file, got, want)
		}
	}
	write := os.WriteFile("disk.json", []byte(`[{"kind":"disk-full","at":"1s","count":1,"for":"1s"}]`), 0o666)
	if got := simulate(t, "--faults", "disk.json", "--seed", "1"); write != nil || got.code != 2 || !strings.HasPrefix(got.err, "peal sim: fault 1: disk-full needs disks") {
		t.Errorf("a fault of a disk without data: %+v, %v", got, write)
	}
}

func TestSimUsage(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("bad.json", []byte(`[{"at":"2s","kind":"quake"}]`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		"--peers 0", "--minutes 0", "--minutes 1e-300", "--minutes NaN", "--minutes 525601", "--lookups -Inf", "--loss NaN", "--joins NaN", "--crash-share NaN", "--seeds 0", "--loss 2", "--latency far", "--faults nowhere.json", "--faults bad.json",
		"--successors 65", "shrink --crashes -1", "shrink --minutes Inf", "detector --minutes NaN", "detector --minutes 1.9", "detector --minutes Inf", "merge --held 0s", "merge --held 1001h", "upkeep --peers 9", "upkeep --minutes NaN", "stretch --peers 9", "stretch --minutes Inf", "surely",
	} {
		if got := simulate(t, strings.Fields(line)...); got.code != 2 || got.err == "" {
			t.Errorf("peal sim %s: code %d, %q; want 2 and a reason", line, got.code, got.err)
		}
	}
}
