// Package mutation breaks the rules of the ring protocol and of the data plane one by
// one, in copies of the source of packages chord and replica, and shows that the
// simulator or the exploration sees each of them broken. A rule whose absence nobody
// sees is either not needed or not tested, and a checker that sees nothing proves
// nothing. A run breaks a few of them, chosen at random, or all (-mutants 0).
//
// The source itself has no switch for it. Each mutant is the text of one file
// with a few words changed, which the compiler is told to read in place of the
// file (go help build, -overlay). A test binary is built of it, this package's
// own, and run again as a hunter: it looks for violations with fixed seeds.
// The source as it is goes through the same hunters, and must pass.
package mutation

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"
	"time"
)

var sampleSize = flag.Int("mutants", 4, "how many rules to break, chosen at random; 0: every one")

// TestEveryRuleIsMissed breaks some rules in turn, or each.
func TestEveryRuleIsMissed(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes half a minute: -short")
	}
	if _, err := exec.LookPath("go"); err != nil && os.Getenv("CI") != "true" {
		t.Skipf("mutants are built by the go command: %v", err)
	}
	var rows table
	chosen := sample(*sampleSize)
	t.Run("mutants", func(t *testing.T) {
		for _, m := range append(chosen, asItIs) {
			t.Run(strings.ReplaceAll(m.rule, " ", "-"), func(t *testing.T) {
				t.Parallel()
				rows.add(m.rule, m.hunted(t, huntersOf(chosen)))
			})
		}
	})
	t.Logf("\n%s", rows.text())
}

// TestMutantsFollowTheCode makes sure that every mutant can be made, those as well that
// are not in the sample.
func TestMutantsFollowTheCode(t *testing.T) {
	for _, m := range slices.Concat(mutants, dataMutants) {
		m.files(t)
	}
}

// sample chooses so many mutants, or all.
func sample(n int) []mutant {
	all := slices.Concat(mutants, dataMutants)
	rand.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	if n > 0 {
		all = all[:min(n, len(all))]
	}
	return all
}

// huntersOf names those who are to see one of the mutants.
func huntersOf(chosen []mutant) []string {
	var names []string
	for _, m := range chosen {
		names = append(names, m.seenBy)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// hunted lets the mutant's hunter look for it, all of them for the code as it is, and
// gives the violation, if one is seen.
func (m mutant) hunted(t *testing.T, all []string) violation {
	t.Helper()
	binary := m.build(t)
	names := []string{m.seenBy}
	if m.seenBy == "" {
		names = all
	}
	for _, name := range names {
		seen := hunt(t, binary, name)
		switch {
		case m.seenBy == "" && seen.text != "":
			t.Errorf("no rule is broken, and the %s says: %s", name, seen.text)
		case m.seenBy != "" && seen.text == "":
			t.Errorf("%s: the %s sees nothing", m.rule, name)
		}
		if seen.text != "" {
			return seen
		}
	}
	return violation{by: "none of them"}
}

// A violation is what a hunter saw.
type violation struct{ by, text string }

// build makes the test binary of this package with the mutant in the place of
// the source.
func (m mutant) build(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	overlay, binary := filepath.Join(dir, "overlay.json"), filepath.Join(dir, "hunter.test")
	if err := os.WriteFile(overlay, m.overlay(t, dir), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "go", "test", "-c", "-vet=off", "-ldflags=-w", "-overlay", overlay, "-o", binary, ".")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: the mutant does not build: %v\n%s", m.rule, err, out)
	}
	return binary
}

// overlay writes the mutant's files, and tells the compiler which it replaces.
func (m mutant) overlay(t *testing.T, dir string) []byte {
	t.Helper()
	replace := make(map[string]string)
	for file, text := range m.files(t) {
		path, err := filepath.Abs(sourceOf(file))
		if err != nil {
			t.Fatal(err)
		}
		replace[path] = filepath.Join(dir, filepath.Base(file))
		if err := os.WriteFile(replace[path], []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	b, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// sourceOf is where the file of an edit is.
func sourceOf(file string) string {
	if !strings.Contains(file, "/") {
		file = "chord/" + file
	}
	return filepath.Join("../../..", file)
}

// files gives the mutant's version of each file that it changes.
func (m mutant) files(t *testing.T) map[string]string {
	t.Helper()
	files := make(map[string]string)
	for _, e := range m.edits {
		text, ok := files[e.file]
		if !ok {
			b, err := os.ReadFile(sourceOf(e.file))
			if err != nil {
				t.Fatal(err)
			}
			text = string(b)
		}
		if n := strings.Count(text, e.old); n != 1 {
			t.Fatalf("%s: %s has %q %d times, want once: the table of mutants must follow the code", m.rule, e.file, e.old, n)
		}
		files[e.file] = strings.Replace(text, e.old, e.new, 1)
	}
	return files
}

// patience is far more than any hunter needs.
const patience = 3 * time.Minute

// hunt runs a hunter in the binary. It says what it saw in a line that begins
// with sighting; that it ends in any other way than by seeing something or
// nothing is no sighting, but a failure of this test.
func hunt(t *testing.T, binary, name string) violation {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	out, err := exec.CommandContext(ctx, binary, "-test.run=^TestHunt$", "-hunter="+name).CombinedOutput()
	for line := range strings.Lines(string(out)) {
		if text, ok := strings.CutPrefix(line, sighting); ok && err != nil && ctx.Err() == nil {
			return violation{by: name, text: strings.TrimSpace(text)}
		}
	}
	if err != nil || !strings.Contains(string(out), unseen) {
		t.Fatalf("the %s neither saw anything nor came to its end: %v\n%s", name, err, out)
	}
	return violation{}
}

// A table collects a row for each mutant.
type table struct {
	mu   sync.Mutex
	rows []string
}

func (r *table) add(rule string, v violation) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rows = append(r.rows, fmt.Sprintf("%s\t%s\t%s", rule, v.by, v.text))
}

// text is the table by rule.
func (r *table) text() string {
	slices.Sort(r.rows)
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "rule\tseen by\twhat it says")
	for _, row := range r.rows {
		fmt.Fprintln(w, row)
	}
	w.Flush()
	return b.String()
}
