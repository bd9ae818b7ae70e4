package sim

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"
)

var (
	seedCount    = flag.Int("seeds", 100, "how many fresh seeds of mixed faults to run with 8 to 64 peers")
	bigSeedCount = flag.Int("big-seeds", 1, "how many to run with 1,000 peers")
	seedBase     = flag.Uint64("seed-base", 0, "the first of these seeds (0: another one each time)")
	oldSeedCount = flag.Int("old-seeds", 15, "how many of the seeds that ever failed to run, of each list, chosen at random (0: all)")
)

// mustHold runs mixed faults, and on a violation says how to see it again.
func mustHold(t *testing.T, seed uint64, peers int) Report {
	t.Helper()
	return mustHoldIn(t, MixedConfig(seed, peers, time.Minute), replay(seed, peers))
}

// mustHoldIn runs a Config that a command runs as well.
func mustHoldIn(t *testing.T, cfg Config, command string) Report {
	t.Helper()
	r, err := Run(cfg)
	var v *Violation
	switch {
	case errors.As(err, &v):
		t.Errorf("%v\nthe last events:\n%s\nreplay: %s", v, strings.Join(EventLog(cfg, v, 20), "\n"), command)
	case err != nil:
		t.Error(err)
	}
	return r
}

// replay is the command that runs a seed again; without peers the seed says how
// many there are.
func replay(seed uint64, peers int) string {
	if peers == 0 {
		return fmt.Sprintf("peal sim --seed %d", seed)
	}
	return fmt.Sprintf("peal sim --peers %d --seed %d", peers, seed)
}

// firstSeed is a new one for every run of the tests.
func firstSeed(t *testing.T) uint64 {
	base := *seedBase
	if base == 0 {
		base = uint64(time.Now().UnixNano()) >> 20
	}
	t.Logf("seeds from %d; again with -seed-base %d", base, base)
	return base
}

// TestFreshSeeds runs mixed faults that nobody has run before. The share of the
// events after which all invariants are asserted must not fade away.
func TestFreshSeeds(t *testing.T) {
	t.Parallel()
	base := firstSeed(t)
	var events, asserted int
	for i := range *seedCount {
		r := mustHold(t, base+uint64(i), 0)
		events, asserted = events+r.Events, asserted+r.Asserted
		if i%1000 == 999 {
			t.Logf("%d seeds run", i+1)
		}
	}
	for i := range *bigSeedCount {
		mustHold(t, base+uint64(i), 1000)
	}
	t.Logf("asserted after %d of %d events", asserted, events)
	if *seedCount >= 100 && asserted*4 < events {
		t.Errorf("all invariants were asserted after %d of %d events, want a quarter at least", asserted, events)
	}
}

// TestOldSeeds runs seeds that once failed.
func TestOldSeeds(t *testing.T) {
	eachOldSeed(t, "testdata/seeds.txt", func(s oldSeed) { mustHold(t, s.seed, s.peers) })
}

// An oldSeed is a line of a file of seeds, behind which stands what it found.
type oldSeed struct {
	seed  uint64
	peers int
}

// eachOldSeed runs some seeds of a file, or all.
func eachOldSeed(t *testing.T, name string, run func(oldSeed)) {
	t.Helper()
	seeds := readSeeds(t, name)
	rand.Shuffle(len(seeds), func(i, j int) { seeds[i], seeds[j] = seeds[j], seeds[i] })
	if n := *oldSeedCount; n > 0 {
		seeds = seeds[:min(n, len(seeds))]
	}
	for _, s := range seeds {
		run(s)
	}
}

func readSeeds(t *testing.T, name string) (seeds []oldSeed) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		var s oldSeed
		var found string
		if n, err := fmt.Sscan(line, &s.seed, &s.peers, &found); n < 3 {
			t.Fatalf("%q: want a seed, a number of peers, and what was found: %v", line, err)
		}
		seeds = append(seeds, s)
	}
	return seeds
}
