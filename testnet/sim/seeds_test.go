package sim

import (
	"errors"
	"flag"
	"strings"
	"testing"
	"time"
)

var (
	seedCount = flag.Int("seeds", 60, "how many fresh seeds of mixed faults to run with 8 to 64 peers; one in fifty more with 1,000")
	seedBase  = flag.Uint64("seed-base", 0, "the first of these seeds (0: another one each time)")
)

// mixed is a run of all kinds of faults; all of it follows from the seed.
func mixed(seed uint64, peers int) Config {
	r := newStream(seed, 0xc0f1)
	if peers == 0 {
		peers = 8 + r.below(57)
	}
	cfg := Config{
		Peers: peers, Seed: seed, Duration: time.Minute, Lookups: 2, CheckEvery: -1, Redial: true,
		Latency: Latency(r.below(3)), Refuse: r.below(3) == 0, Faults: Mixed(seed, peers, time.Minute),
	}
	if r.below(3) == 0 {
		cfg.ClockDrift = 0.05
	}
	cfg.Node.Successors = 3 + r.below(6)
	return cfg
}

func mustHold(t *testing.T, cfg Config) Report {
	t.Helper()
	r, err := Run(cfg)
	var v *Violation
	if errors.As(err, &v) {
		t.Errorf("%d peers: %v\n%s", cfg.Peers, v, strings.Join(EventLog(cfg, v, 20), "\n"))
	}
	return r
}

func TestSlice(t *testing.T) {
	base := *seedBase
	if base == 0 {
		base = uint64(time.Now().UnixNano()) >> 10
	}
	t.Logf("seeds from %d", base)
	var asserted, events int
	for i := range *seedCount {
		r := mustHold(t, mixed(base+uint64(i), 0))
		asserted += r.Asserted
		events += r.Events
	}
	t.Logf("asserted %d of %d", asserted, events)
}
