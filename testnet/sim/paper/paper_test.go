package paper

import (
	"math"
	"testing"
)

// Every test here takes a published figure for what it is: the outcome of one
// ring, drawn at random. Ours is the mean over some rings; how much they differ
// from each other gives the sampling error of both. A tolerance of four standard
// deviations is broken by chance less than once in ten thousand rows, if the
// deviation were known; estimated from eight rings, about once in two hundred.
const deviations = 4

// A figure is a measured mean, and the deviation of one ring from it.
type figure struct{ mean, ring float64 }

// standardError of the mean over so many rings.
func (f figure) standardError(rings int) float64 { return f.ring / math.Sqrt(float64(rings)) }

func figureOf(values []float64) figure {
	var f figure
	for _, v := range values {
		f.mean += v / float64(len(values))
	}
	for _, v := range values {
		f.ring += (v - f.mean) * (v - f.mean) / float64(len(values)-1)
	}
	f.ring = math.Sqrt(f.ring)
	return f
}

// overRings measures in rings of different seeds, and wants every lookup right.
func overRings[T any](t *testing.T, rings int, experiment func(T, Size, uint64) (Measured, error), v T, size Size) (path, timeouts figure) {
	t.Helper()
	var paths, outs []float64
	for seed := range uint64(rings) {
		m, err := experiment(v, size, seed)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if m.Lookups < size.Lookups/2 || m.Failures() > 0 {
			t.Errorf("seed %d: %d of %d lookups failed, want none of about %d", seed, m.Failures(), m.Lookups, size.Lookups)
		}
		paths, outs = append(paths, m.Path.Mean), append(outs, m.Timeouts.Mean)
	}
	return figureOf(paths), figureOf(outs)
}

// TestPathLength is figure 10 (a).
func TestPathLength(t *testing.T) {
	t.Parallel()
	const rings = 8
	for _, peers := range []int{64, 256, 1024, 4096} {
		got, _ := overRings(t, rings, paperPath, peers, Size{Lookups: 300})
		want := publishedPaths[peers]
		tolerance := deviations * math.Hypot(got.ring, got.standardError(rings))
		t.Logf("%d peers: mean path %.2f, published %.2f, tolerance %.2f", peers, got.mean, want, tolerance)
		if math.Abs(got.mean-want) > tolerance {
			t.Errorf("%d peers: mean path %.3f, want %.2f +- %.2f", peers, got.mean, want, tolerance)
		}
	}
}

// TestSimultaneousFailures is table II: a mean path within 0.25, and at most 20 %
// more timeouts than published.
func TestSimultaneousFailures(t *testing.T) {
	t.Parallel()
	const rings = 8
	for _, row := range publishedFailures {
		path, timeouts := overRings(t, rings, paperFailure, row.Failed, Size{Peers: 1000, Lookups: 300})
		t.Logf("%.1f failed: path %.2f +- %.2f, published %.2f; timeouts %.2f +- %.2f, published %.2f", row.Failed,
			path.mean, path.standardError(rings), row.PublishedPath, timeouts.mean, timeouts.standardError(rings), row.PublishedTimeouts)
		if math.Abs(path.mean-row.PublishedPath) > 0.25 {
			t.Errorf("%.1f failed: mean path %.3f, want %.2f +- 0.25", row.Failed, path.mean, row.PublishedPath)
		}
		if most := 1.2 * row.PublishedTimeouts; timeouts.mean > most {
			t.Errorf("%.1f failed: %.3f timeouts a lookup, want at most %.2f", row.Failed, timeouts.mean, most)
		}
	}
}

// TestChurn is the first and last row of table III. Failures are rare and
// independent events: so many are expected at the published rate, and their
// deviation is the square root of that. At the lowest rate none is allowed.
func TestChurn(t *testing.T) {
	t.Parallel()
	size := Size{Peers: 1000, Lookups: 400, Settling: Full.Settling / 4}
	for _, row := range []ChurnRow{publishedChurn[0], publishedChurn[len(publishedChurn)-1]} {
		m, err := paperChurn(row.Rate, size, 1)
		if err != nil {
			t.Fatal(err)
		}
		n := float64(m.Lookups)
		failures := row.PublishedFailures * n / 10000
		failures += deviations * math.Sqrt(failures)
		timeouts := row.PublishedTimeouts + deviations*math.Sqrt(row.PublishedTimeouts/n)
		t.Logf("%.2f a second: %d of %d lookups failed, at most %.1f; %.3f timeouts, at most %.3f", row.Rate, m.Failures(), m.Lookups, failures, m.Timeouts.Mean, timeouts)
		if float64(m.Failures()) > failures || m.Timeouts.Mean > timeouts || m.Lookups < size.Lookups/2 {
			t.Errorf("%.2f a second: %+v, want at most %.1f failures and %.3f timeouts", row.Rate, m, failures, timeouts)
		}
	}
}

// TestLoad is figure 9. The error of a quantile q among n peers is
// sqrt(q(1-q)/n) over the density there: 0.1 means with one position, where the
// load is nearly exponential, and 0.013 with 20, where it is a gamma
// distribution of that shape. Published and measured value both have it, and the
// published one is rounded to 0.1.
func TestLoad(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		row    LoadRow
		sample float64
	}{{publishedLoad[0], 0.1}, {publishedLoad[4], 0.013}} {
		row := test.row
		row.place(loadPeers, loadKeys, 1)
		tolerance := deviations*test.sample*math.Sqrt2 + 0.05
		t.Logf("%d positions: 99th percentile %.2f means, published %.1f, tolerance %.2f", row.Positions, row.P99OverMean(), row.PublishedP99, tolerance)
		if math.Abs(row.P99OverMean()-row.PublishedP99) > tolerance || row.P1 > row.P50 || row.P50 > row.P99 {
			t.Errorf("%+v: 99th percentile %.2f means, want %.1f +- %.2f", row, row.P99OverMean(), row.PublishedP99, tolerance)
		}
	}
}
