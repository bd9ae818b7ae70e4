package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"peal/testnet/plot"
	"peal/testnet/sim/paper"
)

func (c *cli) simPaperVerb() *cobra.Command {
	var svg string
	var quick bool
	var seed uint64
	cmd := &cobra.Command{
		Use:   "paper",
		Short: "Measure again what the Chord paper measured",
		Long: `Measure again, on simulated peers, what the Chord paper measured (Stoica et al.,
IEEE/ACM ToN 2003), and print it beside the published figures: path length, lookups
right after many peers failed, lookups under churn, and keys a peer. Every figure is
taken with the paper's settings, and with those that Peal ships.

It takes a quarter of an hour or so; --quick takes seconds, for figures that vary more.`,
		Example: "  peal sim paper --quick\n  peal sim paper --svg docs\n  peal sim paper -o json",
		Args:    wants(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			size := paper.Full
			if quick {
				size = paper.Quick
			}
			return c.simPaper(cmd.Context(), paper.New(size, seed), svg)
		},
	}
	cmd.Flags().StringVar(&svg, "svg", "", "write plots into this `DIR` too")
	cmd.Flags().BoolVar(&quick, "quick", false, "a small run of a few seconds")
	cmd.Flags().Uint64Var(&seed, "seed", 1, "`SEED` of all randomness; the same seed gives the same figures")
	return cmd
}

func (c *cli) simPaper(ctx context.Context, r *paper.Report, svg string) error {
	if err := makeDir("--svg", svg); err != nil {
		return err
	}
	jobs := r.Jobs()
	_, err := inParallel(ctx, c.progress("simulating", "run", len(jobs)), len(jobs), func(i int) (struct{}, error) {
		return struct{}{}, jobs[i].Run() // fills in a part of the report
	})
	if err != nil {
		return err
	}
	if svg != "" {
		if err := writePlots(svg, r.Plots()); err != nil {
			return err
		}
	}
	if c.json() {
		return c.printJSON(r)
	}
	return printPaper(c.out, c.width, r)
}

// makeDir makes sure, before anything is measured, that there is the directory that a
// flag names, if it does.
func makeDir(flag, dir string) error {
	if dir == "" {
		return nil
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return fail(codeUsage, "%s: %v", flag, err)
	}
	return nil
}

func writePlots(dir string, plots []plot.File) error {
	for _, p := range plots {
		if err := os.WriteFile(filepath.Join(dir, p.Name), p.Chart.SVG(), 0o666); err != nil {
			return fmt.Errorf("write a plot: %w", err)
		}
	}
	return nil
}

// printPaper prints a table for each experiment.
func printPaper(w io.Writer, width int, r *paper.Report) error {
	for _, part := range []struct {
		title string
		table *table
		note  string
	}{
		{"Path length: mean (1st, 99th percentile)", pathTable(r.Paths), ""},
		{"\nRight after a share of the peers failed at once, mean a lookup (1st, 99th percentile)", failureTable(r.Failures), ""},
		{"\nWhile peers join and depart, mean a lookup (1st, 99th percentile)", churnTable(r.Churn), overtakenText(r.Churn)},
		{"\nKeys a peer keeps", loadTable(r.Load), ""},
	} {
		if _, err := fmt.Fprintf(w, "%s\n\n", part.title); err != nil {
			return err
		}
		if err := part.table.print(w, width); err != nil {
			return err
		}
		if _, err := fmt.Fprint(w, part.note); err != nil {
			return err
		}
	}
	return nil
}

// figures makes a table of right-aligned columns.
func figures(titles ...string) *table {
	t := &table{}
	for _, title := range titles {
		t.columns = append(t.columns, column{title: title, right: true})
	}
	return t
}

func pathTable(rows []paper.PathRow) *table {
	t := figures("PEERS", "PUBLISHED", "AS IN THE PAPER", "AS SHIPPED")
	for _, r := range rows {
		t.add(fmt.Sprint(r.Peers), known(r.Published), spreadText(r.Paper.Path), spreadText(r.Shipped.Path))
	}
	return t
}

func failureTable(rows []paper.FailureRow) *table {
	t := figures("FAILED", "PATH", "PUBLISHED", "SHIPPED", "TIMEOUTS", "PUBLISHED", "SHIPPED", "FAILURES", "SHIPPED")
	for _, r := range rows {
		t.add(fmt.Sprintf("%.1f", r.Failed),
			spreadText(r.Paper.Path), fmt.Sprintf("%.2f", r.PublishedPath), spreadText(r.Shipped.Path),
			spreadText(r.Paper.Timeouts), fmt.Sprintf("%.2f", r.PublishedTimeouts), spreadText(r.Shipped.Timeouts),
			failuresText(r.Paper), failuresText(r.Shipped))
	}
	return t
}

func churnTable(rows []paper.ChurnRow) *table {
	t := figures("A SECOND", "TIMEOUTS", "PUBLISHED", "SHIPPED", "FAILURES", "PUBLISHED", "SHIPPED")
	for _, r := range rows {
		t.add(fmt.Sprintf("%.2f", r.Rate),
			spreadText(r.Paper.Timeouts), fmt.Sprintf("%.2f", r.PublishedTimeouts), spreadText(r.Shipped.Timeouts),
			failuresText(r.Paper), fmt.Sprintf("%.0f of 10000", r.PublishedFailures), failuresText(r.Shipped))
	}
	return t
}

// overtakenText says how many of the failures are a matter of when one looks.
func overtakenText(rows []paper.ChurnRow) string {
	var failures, overtaken int
	for _, r := range rows {
		failures += r.Paper.Failures() + r.Shipped.Failures()
		overtaken += r.Paper.Overtaken + r.Shipped.Overtaken
	}
	if failures == 0 {
		return ""
	}
	return fmt.Sprintf("\nOf %s, %d are wrong only for peers that joined after the lookup began.\n", counted(failures, "failure"), overtaken)
}

func loadTable(rows []paper.LoadRow) *table {
	t := figures("POSITIONS", "MEAN", "1ST PERCENTILE", "MEDIAN", "99TH", "99TH/MEAN", "PUBLISHED")
	for _, r := range rows {
		t.add(fmt.Sprint(r.Positions), fmt.Sprintf("%.0f", r.Mean), fmt.Sprint(r.P1), fmt.Sprint(r.P50), fmt.Sprint(r.P99),
			fmt.Sprintf("%.2f", r.P99OverMean()), known(r.PublishedP99))
	}
	return t
}

func spreadText(s paper.Spread) string { return fmt.Sprintf("%.2f (%d, %d)", s.Mean, s.P1, s.P99) }

func failuresText(m paper.Measured) string { return fmt.Sprintf("%d of %d", m.Failures(), m.Lookups) }

// known is a published figure, if there is one.
func known(v float64) string {
	if v == 0 {
		return "-"
	}
	return fmt.Sprintf("%.4g", v)
}
