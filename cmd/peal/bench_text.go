package main

import (
	"fmt"
	"io"
	"slices"
	"strconv"

	"peal/testnet/bench"
)

// printBenchText prints a report in tables that fit 80 columns.
func printBenchText(w io.Writer, width int, r *bench.Report) error {
	if err := printFacts(w, width, benchFacts(r)); err != nil {
		return err
	}
	for _, clients := range benchClients(r) {
		if err := titled(w, width, fmt.Sprintf("%s: milliseconds", counted(clients, "client")), latencyTable(r, clients)); err != nil {
			return err
		}
		if err := titled(w, width, fmt.Sprintf("%s: rate, and what one operation costs", counted(clients, "client")), costTable(r, clients)); err != nil {
			return err
		}
	}
	for _, f := range r.Faults {
		if err := titled(w, width, fmt.Sprintf("%s of %s, %g requests a second: milliseconds", f.Kind, counted(f.Failed, "peer"), f.PerSecond), faultTable(f)); err != nil {
			return err
		}
		if err := printFacts(w, width, aftermath(f)); err != nil {
			return err
		}
	}
	return nil
}

func titled(w io.Writer, width int, title string, t *table) error {
	if _, err := fmt.Fprintf(w, "\n%s\n\n", title); err != nil {
		return err
	}
	return t.print(w, width)
}

func benchFacts(r *bench.Report) [][2]string {
	what := fmt.Sprintf("the one at %s", r.API)
	if r.API == "" {
		what = fmt.Sprintf("%s over %s", counted(r.Peers, "peer"), r.Transport)
		if r.Durable {
			what += ", records on disk"
		}
		if r.Latency > 0 {
			what += fmt.Sprintf(", %g ms of round trip added", r.Latency)
		}
	}
	facts := [][2]string{
		{"ring", what},
		{"keys", fmt.Sprintf("%d of %d bytes, %s", r.Keys, r.ValueSize, r.Dist)},
		{"each row", fmt.Sprintf("%g s", r.Seconds)},
	}
	if r.Settle > 0 {
		facts = append(facts, [2]string{"settled", fmt.Sprintf("in %.1f s", r.Settle)})
	}
	for _, f := range []struct {
		name string
		is   *bench.Footprint
	}{{"at rest", r.Settled}, {"after it all", r.Loaded}} {
		if f.is != nil {
			facts = append(facts, footprintFacts(f.name, f.is)...)
		}
	}
	return facts
}

func footprintFacts(name string, f *bench.Footprint) [][2]string {
	return [][2]string{
		{name, fmt.Sprintf("a peer: %.2f MiB, %.0f goroutines, %.1f connections", f.Memory/(1<<20), f.Goroutines, f.Connections)},
		{"", fmt.Sprintf("a peer sends %.1f messages, %.0f B a second; all take %.3f of a core", f.Messages, f.Bytes, f.Cores)},
	}
}

// benchClients are the numbers of clients of the rows that there are.
func benchClients(r *bench.Report) (numbers []int) {
	for _, clients := range []int{1, r.Clients} {
		if !slices.Contains(numbers, clients) && len(rowsOf(r, clients)) > 0 {
			numbers = append(numbers, clients)
		}
	}
	return numbers
}

// rowsOf are those with so many clients, bare ones first.
func rowsOf(r *bench.Report, clients int) (rows []bench.Row) {
	for _, list := range [][]bench.Row{r.Bare, r.Operations} {
		for _, row := range list {
			if row.Clients == clients {
				rows = append(rows, row)
			}
		}
	}
	return rows
}

func latencyTable(r *bench.Report, clients int) *table {
	t := left(figures("", "P50", "P95", "P99", "MAX", "P50/BARE", "P99/BARE"))
	if r.Latency > 0 {
		t = left(figures("", "P50", "P95", "P99", "MAX", "P50/BARE", "P50/ROUND TRIP"))
	}
	for _, row := range rowsOf(r, clients) {
		p50, p99 := "", ""
		if row.Ratio != nil {
			p50, p99 = times(row.Ratio.P50), times(row.Ratio.P99)
		}
		if r.Latency > 0 {
			p99 = times(row.RoundTrips)
		}
		t.add(row.Name, three(row.P50), three(row.P95), three(row.P99), three(row.Max), p50, p99)
		if row.StoreRatio != nil {
			t.add("  beside "+row.StoreRatio.To, "", "", "", "", times(row.StoreRatio.P50), times(row.StoreRatio.P99))
		}
	}
	return t
}

func costTable(r *bench.Report, clients int) *table {
	t := left(figures("", "A SECOND", "/BARE", "CPU MS", "/BARE", "ROUNDS", "SENT", "BYTES", "FAILED"))
	for _, row := range rowsOf(r, clients) {
		rate, cpu := "", ""
		if row.Ratio != nil {
			rate, cpu = times(row.Ratio.PerSecond), times(row.Ratio.CPU)
		}
		t.add(row.Name, fmt.Sprintf("%.0f", row.PerSecond), rate, three(row.CPU), cpu,
			three(row.Rounds), three(row.Messages), count(row.Bytes), fmt.Sprint(row.Failed))
	}
	return t
}

func faultTable(f bench.Fault) *table {
	t := left(figures("", "P50", "P99", "MAX", "P99/BEFORE", "FAILED", "OF"))
	addTail(t, "get before", f.Gets.Before, "")
	addTail(t, "get after", f.Gets.After, times(f.Gets.Ratio))
	addTail(t, "put before", f.Puts.Before, "")
	addTail(t, "put after", f.Puts.After, times(f.Puts.Ratio))
	return t
}

// aftermath is how the ring got over a fault.
func aftermath(f bench.Fault) [][2]string {
	facts := [][2]string{
		{"dead contacts", fmt.Sprintf("%d in tables at the end; none left %s", f.DeadContacts, after(f.Clean))},
		{"settled", after(f.Settled)},
	}
	for _, s := range []bench.Sample{f.Gets.Before, f.Gets.After, f.Puts.Before, f.Puts.After} {
		if s.Failed > 0 {
			facts = append(facts, [2]string{"failed", s.Failure})
		}
	}
	return facts
}

func addTail(t *table, name string, s bench.Sample, ratio string) {
	t.add(name, three(s.P50), three(s.P99), three(s.Max), ratio, strconv.Itoa(s.Failed), strconv.Itoa(s.Count))
}

// left aligns the first column of a table to the left.
func left(t *table) *table {
	t.columns[0].right = false
	return t
}

func after(seconds *float64) string {
	if seconds == nil {
		return "not by then"
	}
	return fmt.Sprintf("after %.1f s", *seconds)
}

// three gives a figure with three digits, and nothing for one that there is not.
func three(v float64) string {
	switch {
	case v == 0:
		return ""
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	case v >= 1:
		return fmt.Sprintf("%.2f", v)
	}
	return fmt.Sprintf("%.3f", v)
}

func count(v float64) string {
	if v == 0 {
		return ""
	}
	return fmt.Sprintf("%.0f", v)
}

func times(v float64) string {
	if v == 0 {
		return ""
	}
	return three(v) + " x"
}
