package main

import (
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"peal/testnet/sim/study"
)

func (c *cli) simDetectorVerb() *cobra.Command {
	var seed uint64
	var minutes float64
	cmd := &cobra.Command{
		Use:   "detector",
		Short: "Measure how soon dead peers are found out, and how many live ones are taken for dead",
		Long: `Measure the failure detector on a simulated ring of 100 peers: how long after a crash a
neighbour gives the peer up, and how often a live one is given up, while messages
get lost or peers stop for seconds. Beside it, the same with a fixed timeout, fitted so
that half of the crashes are found about as soon. It takes half a minute.`,
		Example: "  peal sim detector\n  peal sim detector --minutes 10 -o json",
		Args:    wants(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !(minutes >= 2 && minutes <= 1e4) { // nor NaN
				return fail(codeUsage, "--minutes %v: want 2 to 10000: the crashes at the end take a minute and a half", minutes)
			}
			duration := time.Duration(minutes * float64(time.Minute))
			cases := study.DetectorCases()
			rows, err := inParallel(cmd.Context(), c.progress("simulating", "run", len(cases)), len(cases), func(i int) (study.DetectorRow, error) {
				return cases[i].Measure(seed, duration)
			})
			if err != nil {
				return checkError(err)
			}
			return c.printDetector(rows)
		},
	}
	cmd.Flags().Uint64Var(&seed, "seed", 1, "`SEED` of all randomness; the same seed gives the same figures")
	cmd.Flags().Float64Var(&minutes, "minutes", 60, "simulated `MINUTES` a run, 2 to 10000")
	return cmd
}

func (c *cli) printDetector(rows []study.DetectorRow) error {
	if c.json() {
		return c.printJSON(rows)
	}
	t := &table{columns: []column{{title: "NETWORK"}, {title: "DETECTOR"}}}
	for _, title := range []string{"FOUND AFTER", "99TH", "FALSE VERDICTS", "A PEER-HOUR", "MESSAGES/S"} {
		t.columns = append(t.columns, column{title: title, right: true})
	}
	for _, r := range rows {
		for _, d := range []struct {
			name string
			study.Detection
		}{{"adaptive", r.Adapts}, {fmt.Sprintf("fixed, %.1f s", r.Timeout), r.Fixed}} {
			t.add(r.Network, d.name, seconds(d.P50), seconds(d.P99), strconv.Itoa(d.False), fmt.Sprintf("%.2f", d.PerHour), fmt.Sprintf("%.1f", d.Messages))
		}
	}
	return t.print(c.out, c.width)
}
