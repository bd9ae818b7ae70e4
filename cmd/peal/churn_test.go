package main

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"peal/testnet/churn"
)

// Of what falls due while a busy machine stands still some may be left out. One
// lookup may fail, as in the tests of package testnet: then the exit code says so.
func TestChurnOfATestnet(t *testing.T) {
	t.Parallel() // it waits for timeouts most of the time
	s := background(t, "testnet", "--peers", "10", "--transport", "memory")
	var up settled
	s.hears(t, &up)
	for _, silent := range []string{"--silent=false", "--silent"} {
		got := runWith(t, "", "PEAL_API="+up.URL, "testnet", "churn", "--for", "2s", "--lookups", "50", silent, "-o", "json")
		var report churn.Report
		if err := json.Unmarshal([]byte(got.out), &report); err != nil {
			t.Fatalf("%s: %+v, %v", silent, got, err)
		}
		if report.Joins < 1 || report.Kills < 1 || report.Lookups < 50 || !report.WellFormed {
			t.Errorf("%s: %+v, want 2 joins, 2 kills and 100 lookups, half of them at least", silent, got)
		}
		bad, code := len(report.Wrong)+report.Unanswered, 0
		if bad > 0 {
			code = 9
		}
		if bad > 1 || got.code != code {
			t.Errorf("%s: exit %d after %d lookups failed: %s; want exit %d, and one at most", silent, got.code, bad, got.err, code)
		}
		if !strings.Contains(got.err, "churning: 0 of 100 lookups\n") {
			t.Errorf("%s: no progress on stderr: %q", silent, got.err)
		}
	}
}

// The fake ring names the same peer for every key, which is right for its arc
// alone.
func TestChurnFindsWrongLookups(t *testing.T) {
	f := newFake(t, true)
	got := f.peal(t, "testnet", "churn", "--for", "500ms", "--joins", "0", "--kills", "0", "--lookups", "100")
	for _, want := range []string{"churn    0 joins and 0 kills in ", "NAMED", contact(2).String(), "was nearer all the time"} {
		if !strings.Contains(got.out, want) {
			t.Errorf("it printed\n%swant %q in it", got.out, want)
		}
	}
	if got.code != 9 || !regexp.MustCompile(`\d+ lookups wrong, 0 lookups unanswered, of \d+\n`).MatchString(got.err) {
		t.Errorf("exit %d, stderr %q; want exit 9 and how many were wrong", got.code, got.err)
	}
	f.rings[0].WellFormed, f.rings[0].Problem = false, "a gap"
	if got := f.peal(t, "testnet", "churn"); got.code != 9 || !strings.Contains(got.err, "not well-formed to begin with: a gap: 'peal ring wait'") {
		t.Errorf("an ill-formed ring: %+v, want exit 9 and what to do", got)
	}
}

// What is refused is named as it was given, before anything else is printed.
func TestChurnUsage(t *testing.T) {
	f := newFake(t, true)
	for flag, want := range map[string]string{
		"--kills=-1":    "--kills -1: want 0 to 1000",
		"--joins=1001":  "--joins 1001: want 0 to 1000",
		"--lookups=NaN": "--lookups NaN: want 0 to 100000",
		"--for=0s":      "--for 0s: want more than 0s",
	} {
		got := f.peal(t, "testnet", "churn", flag)
		if got.code != 2 || !strings.HasPrefix(got.err, "peal testnet churn: "+want+"; see") {
			t.Errorf("%s: %+v, want exit 2 and %q", flag, got, want)
		}
	}
}
