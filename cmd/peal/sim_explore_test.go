package main

import (
	"encoding/json"
	"strings"
	"testing"

	"peal/testnet/sim/explore"
)

// exploreWith runs the verb by itself.
func exploreWith(t *testing.T, output string, args ...string) (string, error) {
	t.Helper()
	var out strings.Builder
	c := newCLI(console{out: &out, err: &strings.Builder{}, lookupEnv: lookup(nil)})
	c.output = output
	verb := c.simExploreVerb()
	verb.SetArgs(args)
	verb.SilenceErrors, verb.SilenceUsage = true, true
	err := verb.ExecuteContext(t.Context())
	return out.String(), err
}

func TestSimExplore(t *testing.T) {
	args := []string{"--members", "2", "--joiners", "1", "--rounds", "1", "--crashes", "1", "--silent"}
	text, err := exploreWith(t, "text", args...)
	if err != nil || !strings.Contains(text, "1 crash, silent") || !strings.Contains(text, "right\n") {
		t.Errorf("got\n%s%v, want a row that is right", text, err)
	}
	raw, err := exploreWith(t, "json", args...)
	var list []exploration
	if decode := json.Unmarshal([]byte(raw), &list); decode != nil || err != nil {
		t.Fatalf("%v, %v: %s", err, decode, raw)
	}
	if len(list) != 1 || list[0].Members != 2 || list[0].States < 1000 || !list[0].Complete {
		t.Errorf("got %+v, want one complete exploration", list)
	}
}

// What is refused is named as it was given, before anything else is printed.
func TestSimExploreUsage(t *testing.T) {
	for line, want := range map[string]string{
		"--members 9":                "--members 9: want 0 to 6",
		"--members -1":               "--members -1: want 0 to 6",
		"--members 4 --joiners 3":    "--members 4 --joiners 3: want 6 together at most",
		"--joiners 2":                "--joiners: want --members 1 or more as well",
		"--members 3 --quick":        "--quick: want it without --members, as it is about the table",
		"--members 2 --rounds 0":     "--rounds 0: want 1 to 15",
		"--members 2 --losses 16":    "--losses 16: want 0 to 15",
		"--members 2 --successors 7": "--successors 7: want 1 to 6",
		"--members 2 --max-states 0": "--max-states 0: want 1 to 2147483648",
	} {
		got := runWith(t, "", append([]string{"sim", "explore"}, strings.Fields(line)...)...)
		if got.code != 2 || !strings.HasPrefix(got.err, "peal sim explore: "+want+"; see") {
			t.Errorf("%s: %+v, want exit 2 and %q", line, got, want)
		}
	}
}

// The bounds of the flags are those of package explore.
func TestExploreBounds(t *testing.T) {
	for _, over := range []explore.Config{
		{Members: mostExplored + 1}, {Successors: mostExplored + 1}, {Rounds: 16}, {Crashes: 16}, {MaxStates: 1<<31 + 1},
	} {
		if _, err := explore.Run(over); err == nil {
			t.Errorf("%+v is explored", over)
		}
	}
	most := explore.Config{Members: mostExplored, Successors: mostExplored, Rounds: 15, Crashes: 15, Leaves: 15, Losses: 15, Duplicates: 15, MaxStates: 1}
	if _, err := explore.Run(most); err != nil {
		t.Errorf("%+v: %v", most, err)
	}
}

// The table has such a ring, so a user can explore it alone.
func TestSimExploreLosses(t *testing.T) {
	text, err := exploreWith(t, "text", "--members", "2", "--crashes", "1", "--losses", "1", "--rounds", "1", "--silent")
	if err != nil || !strings.Contains(text, "1 crash, 1 loss, silent") {
		t.Errorf("got\n%s%v, want a row with a loss", text, err)
	}
}

// Who hits the bound is told how to go on.
func TestSimExploreCutShort(t *testing.T) {
	got := runWith(t, "", "sim", "explore", "--members", "3", "--max-states", "10")
	if got.code != 0 || !strings.Contains(got.out, "right as far as seen") || strings.Count(got.err, "--max-states 10 cut the exploration short") != 1 {
		t.Errorf("got %+v, want that it was cut short, on stderr once", got)
	}
}

// What is printed are the settings that were explored, not those that were left out.
func TestExplorationHasItsDefaults(t *testing.T) {
	e, err := exploreOne(explore.Config{Members: 1})
	if err != nil || e.Config.Rounds != 2 || e.Config.Successors != 2 || e.Config.MaxStates == 0 {
		t.Errorf("got %+v, %v; want the defaults", e.Config, err)
	}
}

// A broken invariant is printed with the steps that lead there.
func TestSimExploreShowsTheWay(t *testing.T) {
	var out strings.Builder
	c := newCLI(console{out: &out, err: &strings.Builder{}, lookupEnv: lookup(nil)})
	broken := exploration{Config: explore.Config{Members: 2, Leaves: 2, Cache: true}, Broken: "out of order", Steps: []string{"at first", "A leaves"}}
	if err := c.printExplorations([]exploration{broken}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"2 leaves, cache", "broken\n", "at first\nA leaves\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("got\n%swant %q in it", &out, want)
		}
	}
}
