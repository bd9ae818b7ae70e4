package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"peal/testnet/sim/paper"
)

// smallPaper is a report that takes no time to measure.
func smallPaper() *paper.Report {
	return paper.New(paper.Size{Bits: []int{4}, Peers: 40, Lookups: 30, Rates: 7, LoadBits: 7}, 3)
}

func TestSimPaperPrintsTables(t *testing.T) {
	var out, progress bytes.Buffer
	c := newCLI(console{out: &out, err: &progress, lookupEnv: lookup(nil)})
	dir := filepath.Join(t.TempDir(), "plots")
	if err := c.simPaper(t.Context(), smallPaper(), dir); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Path length", "PUBLISHED", "\n   0.5  ", "3.84", "0 of ", "15 of 10000", "99TH/MEAN"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in\n%s", want, out.String())
		}
	}
	if got := progress.String(); !strings.Contains(got, "simulating: 0 of 23 runs") {
		t.Errorf("progress is %q", got)
	}
	if files, _ := filepath.Glob(filepath.Join(dir, "*.svg")); len(files) != 6 {
		t.Errorf("the plots are %v, want 6", files)
	}
}

func TestSimPaperAsJSON(t *testing.T) {
	var out bytes.Buffer
	c := newCLI(console{out: &out, err: &bytes.Buffer{}, lookupEnv: lookup(nil)})
	c.output = "json"
	if err := c.simPaper(t.Context(), smallPaper(), ""); err != nil {
		t.Fatal(err)
	}
	var back paper.Report
	if err := json.Unmarshal(out.Bytes(), &back); err != nil {
		t.Fatal(err)
	}
	if len(back.Failures) != 6 || back.Failures[5].PublishedPath != 5.09 || back.Failures[5].Paper.Lookups == 0 {
		t.Errorf("read back %+v", back.Failures)
	}
}

// The command line reaches the verb, and a wrong one does not start it.
func TestSimPaperUsage(t *testing.T) {
	c := newCLI(console{out: os.Stdout, err: os.Stderr, lookupEnv: lookup(nil)})
	for _, args := range [][]string{{"paper", "what"}, {"paper", "--seed", "x"}, {"paper", "-o", "yaml"}} {
		root := c.root()
		root.AddCommand(c.simPaperVerb())
		root.SetArgs(args)
		if err := root.Execute(); codeOf(err) != codeUsage {
			t.Errorf("%v: %v, want a usage error", args, err)
		}
	}
}
