package sim

import (
	"testing"
	"time"
)

// TestCrowdsCrash lets a large share of 1,000 peers crash at once. What is left
// must be one ring, and ideal again within ten rounds of stabilize.
func TestCrowdsCrash(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		share      float64
		successors int
	}{{0.5, 20}, {0.3, 8}} {
		cfg := Config{Peers: 1000, Seed: 1, CrashShare: c.share, CheckEvery: 250 * time.Millisecond}
		cfg.Node.Successors = c.successors
		r := mustRun(t, cfg)
		t.Logf("%.0f %% of 1000 crash, lists of %d: ideal after %.2f s, %d spared, %d of %d lookups failed",
			100*c.share, c.successors, r.IdealAfter, r.Spared, r.Failed, r.Lookups)
		if limit := 10 * time.Second; r.IdealAfter < 0 || r.IdealAfter > limit.Seconds() {
			t.Errorf("%.0f %% crash: ideal after %.2f s, want at most %v", 100*c.share, r.IdealAfter, limit)
		}
		if r.Failed > 0 || r.Crashed+r.Spared != int(1000*c.share) {
			t.Errorf("%.0f %% crash: %d lookups failed, %d crashed, %d spared", 100*c.share, r.Failed, r.Crashed, r.Spared)
		}
	}
}
