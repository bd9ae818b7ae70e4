package bench

import (
	"fmt"

	"peal/testnet/plot"
)

// Plots draws the latencies of a report, for each number of clients.
func (r *Report) Plots() []plot.File {
	var files []plot.File
	add := func(name string, clients int) {
		if base := r.Row(r.base(), clients); base.Count > 0 {
			files = append(files, plot.File{Name: fmt.Sprintf("bench-%s-%s.svg", r.ring(), name), Chart: r.chart(clients, base)})
		}
	}
	add("latency", 1)
	if r.Clients > 1 {
		add("load", r.Clients)
	}
	return files
}

// base is what the others are compared with.
func (r *Report) base() string {
	if r.API != "" {
		return Healthz
	}
	return Request
}

// ring names what was measured, in a file name.
func (r *Report) ring() string {
	switch {
	case r.API != "":
		return "api"
	case r.Durable:
		return fmt.Sprintf("%s-%d-durable", r.Transport, r.Peers)
	}
	return fmt.Sprintf("%s-%d", r.Transport, r.Peers)
}

func (r *Report) chart(clients int, base Row) plot.Chart {
	noun := "client"
	if clients > 1 {
		noun = "clients"
	}
	c := plot.Chart{
		Title:  fmt.Sprintf("Latency beside the bare request: %s, %d %s", r.ring(), clients, noun),
		XLabel: "percentile", YLabel: "in medians of a bare request",
	}
	for i, name := range []string{"50th", "90th", "95th", "99th"} {
		c.XTicks = append(c.XTicks, plot.Tick{At: float64(i), Name: name})
	}
	for _, s := range []struct {
		row    string
		color  plot.Color
		dashed bool
	}{{r.base(), plot.Gray, true}, {Stream, plot.Gray, false}, {Lookup, plot.Green, false}, {Get, plot.Blue, false}, {Put, plot.Orange, false}} {
		if row := r.Row(s.row, clients); row.Count > 0 {
			series := plot.Series{Name: row.Name, Color: s.color, Dashed: s.dashed}
			for i, v := range []float64{row.P50, row.P90, row.P95, row.P99} {
				series.Points = append(series.Points, plot.Point{X: float64(i), Y: v / base.P50})
			}
			c.Series = append(c.Series, series)
		}
	}
	return c
}
