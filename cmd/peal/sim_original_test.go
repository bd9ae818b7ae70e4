package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"peal/node/recording"
)

func TestSimOriginal(t *testing.T) {
	var found trials
	got := runWith(t, "", "sim", "original", "--seeds", "40", "-o", "json")
	if err := json.Unmarshal([]byte(got.out), &found); err != nil || found.Original == 0 || found.Present > 0 {
		t.Fatalf("got %+v, want rings that the old rules break, and ours do not", got)
	}
	dir, seed := filepath.Join(t.TempDir(), "runs"), fmt.Sprint(found.Seed)
	got = runWith(t, "", "sim", "original", "--seed", seed, "--seeds", "1", "--record", dir)
	if got.code != 0 || !strings.Contains(got.out, "1 ring broken for good") || !strings.Contains(got.out, "0 rings broken") || !strings.Contains(got.out, "seed "+seed+": ") {
		t.Errorf("got %+v, want the first of them again", got)
	}
	for rules, violations := range map[string]int{"original": 1, "present": 0} {
		file, err := os.Open(filepath.Join(dir, rules+".jsonl"))
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		rec, err := recording.Load(file)
		if err != nil {
			t.Fatal(err)
		}
		broken := 0
		for _, e := range rec.Events() {
			if e.Kind == recording.Violation {
				broken++
			}
		}
		if rec.Peers() != 9 || broken != violations {
			t.Errorf("%s: %d peers and %d violations, want 9 and %d", rules, rec.Peers(), broken, violations)
		}
	}
	for args, want := range map[string]string{"--seeds 0": "want 1 to 1000000", "--record x": "add --seeds 1"} {
		if got := runWith(t, "", append([]string{"sim", "original"}, strings.Fields(args)...)...); got.code != 2 || !strings.Contains(got.err, want) {
			t.Errorf("%s: %+v, want exit 2 and %q", args, got, want)
		}
	}
}

// Where our own rules leave rings broken that is a failure, in whatever form it is told.
func TestSimOriginalFails(t *testing.T) {
	for _, format := range []string{"text", "json"} {
		var out bytes.Buffer
		c := newCLI(console{out: &out, err: io.Discard, lookupEnv: lookup(nil)})
		c.output = format
		if err := c.printOriginal(trials{Schedules: 3, Present: 1}); exitCode(err) != 9 || out.Len() == 0 {
			t.Errorf("%s: %v after %q, want exit code 9", format, err, out.String())
		}
	}
}
