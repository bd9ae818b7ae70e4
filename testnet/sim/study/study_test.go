package study

import (
	"testing"
	"time"
)

// TestDetector compares the detectors where it is hardest to be right. The aim
// is a tenth of the false verdicts with a timeout that detects as soon, and half of the
// deaths found out within five seconds: a round, and three tries of 0.5, 1 and 2 s.
func TestDetector(t *testing.T) {
	t.Parallel()
	for _, c := range []DetectorCase{{}, {Loss: 0.2}, {Loss: 0.05, Slow: true}} {
		row, err := c.Measure(1, 5*time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		a, f := row.Adapts, row.Fixed
		t.Logf("%s: %d false verdicts, found in %.2f s (p99 %.2f); with a fixed timeout %d, %.2f s (%.2f)",
			row.Network, a.False, a.P50, a.P99, f.False, f.P50, f.P99)
		if a.False*10 > f.False {
			t.Errorf("%s: %d false verdicts, want at most a tenth of %d", row.Network, a.False, f.False)
		}
		if a.P50 > 5 || f.P50 < a.P50*0.9 || f.P50 > a.P50*1.1 {
			t.Errorf("%s: half of the crashes are found within %.2f s, want 5 s at most, and with a fixed timeout of %.2f s within %.2f s", row.Network, a.P50, row.Timeout, f.P50)
		}
	}
}

// TestMerge wants one ring within the longest pause between two tries, which is
// as long as the split was at most, and half a minute to sew the parts together.
func TestMerge(t *testing.T) {
	t.Parallel()
	for _, c := range MergeCases([]int{10, 100, 1000}, []time.Duration{time.Minute}) {
		row, err := c.Measure(1)
		if err != nil {
			t.Fatalf("%v of %d: %v", c, c.Peers, err)
		}
		t.Logf("%d peers, %s, held %v: one ring after %.1f s and %.0f messages a peer", row.Peers, row.Split, c.Held, row.Merged, row.PerPeer)
		if limit := c.Held.Seconds() + 30; row.Merged < 0 || row.Merged > limit {
			t.Errorf("%d peers, %s: one ring after %.1f s, want at most %.0f s", row.Peers, row.Split, row.Merged, limit)
		}
	}
}

// TestUpkeep wants a ring at rest to be quiet, and one that churns to be no worse off
// for it. The aim for a peer at rest is 200 bytes a second of everything.
func TestUpkeep(t *testing.T) {
	t.Parallel()
	for _, c := range []UpkeepCase{{Peers: 100}, {Peers: 100, Churn: 0.1}} {
		row, err := c.Measure(1, 5*time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%+v", row)
		if limit := 60.0; c.Churn == 0 && row.Bytes > limit {
			t.Errorf("a peer at rest sends %.0f bytes/s, want at most %.0f", row.Bytes, limit)
		}
		if row.Failed*100 > row.Lookups {
			t.Errorf("%.0f %% churn: %d of %d lookups failed", 100*c.Churn, row.Failed, row.Lookups)
		}
	}
}

// TestStretch wants near fingers to halve what lookups take, in no more hops.
func TestStretch(t *testing.T) {
	t.Parallel()
	var rows []StretchRow
	for _, c := range []StretchCase{{-1, 1}, {4, 2}} {
		row, err := c.Measure(1, 300, 10*time.Minute, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%+v", row)
		rows = append(rows, row)
	}
	if plain, near := rows[0], rows[1]; near.Took > plain.Took/2 || near.Lookups < 1000 {
		t.Errorf("%d lookups among near fingers take %.0f ms, those among the first of their intervals %.0f ms", near.Lookups, near.Took, plain.Took)
	}
}
