package sim

import (
	"testing"
	"time"
)

// TestConfirmedOwnersLive lets peers come and go once a second each. A lookup that
// the owner confirmed may be overtaken by what happens next, but seldom names a
// peer that is dead; one that nobody confirmed does so more often.
func TestConfirmedOwnersLive(t *testing.T) {
	t.Parallel()
	wrong := map[bool]int{}
	for _, confirm := range []bool{false, true} {
		for seed := range uint64(3) {
			r := mustRun(t, Config{
				Peers: 100, Seed: seed, Duration: 2 * time.Minute, Lookups: 30, Joins: 1, Crashes: 1, Confirm: confirm, CheckEvery: time.Second,
				MinLatency: time.Millisecond, MaxLatency: 5 * time.Millisecond,
			})
			wrong[confirm] += r.WrongOwner + r.DeadOwner
			t.Logf("confirmed %v, seed %d: of %d lookups %d failed, %d named a wrong owner and %d a dead one; 99th percentile %.0f ms",
				confirm, seed, r.Lookups, r.Failed, r.WrongOwner, r.DeadOwner, r.P99Ms)
			if confirm && (r.WrongOwner+r.DeadOwner)*1000 > r.Lookups {
				t.Errorf("seed %d: of %d confirmed lookups %d named a wrong owner and %d a dead one, want at most 0.1 %%", seed, r.Lookups, r.WrongOwner, r.DeadOwner)
			}
		}
	}
	if wrong[true] >= wrong[false] {
		t.Errorf("%d answers were wrong with the owner's word, want fewer than the %d without", wrong[true], wrong[false])
	}
}
