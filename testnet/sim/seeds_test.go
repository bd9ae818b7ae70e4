package sim

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

var (
	seedCount    = flag.Int("seeds", 100, "how many fresh seeds of mixed faults to run with 8 to 64 peers")
	bigSeedCount = flag.Int("big-seeds", 1, "how many to run with 1,000 peers")
	seedBase     = flag.Uint64("seed-base", 0, "the first of these seeds (0: another one each time)")
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

// TestOldSeeds runs every seed that ever failed.
func TestOldSeeds(t *testing.T) {
	eachOldSeed(t, "testdata/seeds.txt", func(seed uint64, peers int) { mustHold(t, seed, peers) })
}

// eachOldSeed reads a file of seeds.
func eachOldSeed(t *testing.T, name string, run func(seed uint64, peers int)) {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		if len(fields) == 0 || strings.HasPrefix(fields[0], "#") {
			continue
		}
		seed, err := strconv.ParseUint(fields[0], 10, 64)
		if err != nil || len(fields) < 3 {
			t.Fatalf("%q: want a seed, a number of peers, and what was found", lines.Text())
		}
		peers, err := strconv.Atoi(fields[1])
		if err != nil {
			t.Fatalf("%q: %v", lines.Text(), err)
		}
		run(seed, peers)
	}
}
