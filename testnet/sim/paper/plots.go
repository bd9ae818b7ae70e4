package paper

import (
	"fmt"
	"math"

	"peal/testnet/plot"
)

// Plots draws what a report has.
func (r *Report) Plots() []plot.File {
	return []plot.File{
		{Name: "paper-path.svg", Chart: r.pathChart()},
		{Name: "paper-lengths.svg", Chart: r.lengthsChart()},
		{Name: "paper-failures.svg", Chart: r.failureChart()},
		{Name: "paper-churn-timeouts.svg", Chart: r.churnTimeouts()},
		{Name: "paper-churn-failures.svg", Chart: r.churnFailures()},
		{Name: "paper-load.svg", Chart: r.loadChart()},
	}
}

// curve makes a series of rows; ok tells which rows have a point. Points that
// rows without one lie between are not joined.
func curve[R any](name string, color plot.Color, rows []R, x func(R) float64, y func(R) (v float64, ok bool)) plot.Series {
	s := plot.Series{Name: name, Color: color}
	for _, row := range rows {
		if v, ok := y(row); ok {
			s.Points = append(s.Points, plot.Point{X: x(row), Y: v})
		}
	}
	s.Loose = len(s.Points) < len(rows)
	return s
}

func published(s plot.Series) plot.Series {
	s.Dashed = true
	return s
}

func ticks[R any](rows []R, at func(R) float64, name func(float64) string) []plot.Tick {
	var list []plot.Tick
	for _, row := range rows {
		list = append(list, plot.Tick{At: at(row), Name: name(at(row))})
	}
	return list
}

func decimals(n int) func(float64) string {
	return func(v float64) string { return fmt.Sprintf("%.*f", n, v) }
}

func (r *Report) pathChart() plot.Chart {
	bits := func(row PathRow) float64 { return math.Log2(float64(row.Peers)) }
	return plot.Chart{
		Title: "Mean path length", XLabel: "peers", YLabel: "requests a lookup", XFrom: bits(r.Paths[0]) - 1,
		XTicks: ticks(r.Paths, bits, func(v float64) string { return fmt.Sprint(1 << int(v)) }),
		Series: []plot.Series{
			published(curve("published", plot.Gray, r.Paths, bits, func(p PathRow) (float64, bool) { return p.Published, p.Published > 0 })),
			curve("as in the paper", plot.Blue, r.Paths, bits, func(p PathRow) (float64, bool) { return p.Paper.Path.Mean, true }),
			curve("as shipped", plot.Green, r.Paths, bits, func(p PathRow) (float64, bool) { return p.Shipped.Path.Mean, true }),
		},
	}
}

// lengthsChart shows the distribution in the ring of 2^12 peers, which is the
// paper's choice, or in the largest one that was measured.
func (r *Report) lengthsChart() plot.Chart {
	row := r.Paths[len(r.Paths)-1]
	for _, p := range r.Paths {
		if p.Peers == 1<<12 {
			row = p
		}
	}
	c := plot.Chart{
		Title: fmt.Sprintf("Distribution of path length, %d peers", row.Peers), XLabel: "requests", YLabel: "share of the lookups",
		Series: []plot.Series{shares("as in the paper", plot.Blue, row.Paper), shares("as shipped", plot.Green, row.Shipped)},
	}
	for i := range max(len(row.Paper.Lengths), len(row.Shipped.Lengths)) {
		c.XTicks = append(c.XTicks, plot.Tick{At: float64(i), Name: fmt.Sprint(i)})
	}
	return c
}

func shares(name string, color plot.Color, m Measured) plot.Series {
	s := plot.Series{Name: name, Color: color}
	for i, count := range m.Lengths {
		s.Points = append(s.Points, plot.Point{X: float64(i), Y: float64(count) / float64(m.Lookups)})
	}
	return s
}

func (r *Report) failureChart() plot.Chart {
	x := func(row FailureRow) float64 { return row.Failed }
	return plot.Chart{
		Title: "Lookups right after peers failed", XLabel: "share of the peers that failed", YLabel: "a lookup", XTicks: ticks(r.Failures, x, decimals(1)),
		Series: []plot.Series{
			published(curve("path, published", plot.Gray, r.Failures, x, func(f FailureRow) (float64, bool) { return f.PublishedPath, true })),
			curve("path, as in the paper", plot.Gray, r.Failures, x, func(f FailureRow) (float64, bool) { return f.Paper.Path.Mean, true }),
			published(curve("timeouts, published", plot.Blue, r.Failures, x, func(f FailureRow) (float64, bool) { return f.PublishedTimeouts, true })),
			curve("timeouts, as in the paper", plot.Blue, r.Failures, x, func(f FailureRow) (float64, bool) { return f.Paper.Timeouts.Mean, true }),
			curve("timeouts, as shipped", plot.Green, r.Failures, x, func(f FailureRow) (float64, bool) { return f.Shipped.Timeouts.Mean, true }),
		},
	}
}

func rate(row ChurnRow) float64 { return row.Rate }

func (r *Report) churnTimeouts() plot.Chart {
	return r.churnChart("Timeouts under churn", "timeouts a lookup",
		func(c ChurnRow) float64 { return c.PublishedTimeouts }, func(m Measured) float64 { return m.Timeouts.Mean })
}

func (r *Report) churnFailures() plot.Chart {
	return r.churnChart("Failed lookups under churn", "failures in 10,000 lookups",
		func(c ChurnRow) float64 { return c.PublishedFailures }, func(m Measured) float64 { return m.Per10000() })
}

func (r *Report) churnChart(title, label string, theirs func(ChurnRow) float64, ours func(Measured) float64) plot.Chart {
	return plot.Chart{
		Title: title, XLabel: "joins a second, and as many departures", YLabel: label, XTicks: ticks(r.Churn, rate, decimals(2)),
		Series: []plot.Series{
			published(curve("published", plot.Gray, r.Churn, rate, func(c ChurnRow) (float64, bool) { return theirs(c), true })),
			curve("as in the paper", plot.Blue, r.Churn, rate, func(c ChurnRow) (float64, bool) { return ours(c.Paper), true }),
			curve("as shipped, with crashes", plot.Green, r.Churn, rate, func(c ChurnRow) (float64, bool) { return ours(c.Shipped), true }),
		},
	}
}

func (r *Report) loadChart() plot.Chart {
	x := func(l LoadRow) float64 { return float64(l.Positions) }
	over := func(l LoadRow, keys int) (float64, bool) { return float64(keys) / l.Mean, true }
	return plot.Chart{
		Title: "Keys a peer keeps", XLabel: "positions a peer", YLabel: "keys, in means", XTicks: ticks(r.Load, x, decimals(0)),
		Series: []plot.Series{
			published(curve("99th, published", plot.Blue, r.Load, x, func(l LoadRow) (float64, bool) { return l.PublishedP99, l.PublishedP99 > 0 })),
			curve("99th percentile", plot.Blue, r.Load, x, func(l LoadRow) (float64, bool) { return over(l, l.P99) }),
			curve("median", plot.Green, r.Load, x, func(l LoadRow) (float64, bool) { return over(l, l.P50) }),
			curve("1st percentile", plot.Orange, r.Load, x, func(l LoadRow) (float64, bool) { return over(l, l.P1) }),
		},
	}
}
