package main

import (
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"peal/testnet/sim/study"
)

// longestHeld is a run of hours, even of a small ring.
const longestHeld = 1000 * time.Hour

func (c *cli) simMergeVerb() *cobra.Command {
	var seed uint64
	var sizes []int
	var held []time.Duration
	cmd := &cobra.Command{
		Use:   "merge",
		Short: "Measure how long the parts of a split ring take to become one again",
		Long: `Split simulated rings in several ways, let the parts live apart for some time, and
measure how long after the split they are one ring again, and with how many messages.
Also two rings of one name that began apart, of which one peer is told the other's
address.`,
		Example: "  peal sim merge\n  peal sim merge --sizes 100 --held 24h",
		Args:    wants(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			for _, n := range sizes {
				if n < 3 || n > 1e6 {
					return fail(codeUsage, "--sizes %d: want 3 to 1000000 peers", n)
				}
			}
			for _, d := range held {
				if d <= 0 || d > longestHeld {
					return fail(codeUsage, "--held %v: want more than 0, %v at most", d, longestHeld)
				}
			}
			cases := study.MergeCases(sizes, held)
			rows, err := inParallel(cmd.Context(), c.progress("simulating", "run", len(cases)), len(cases), func(i int) (study.MergeRow, error) {
				return cases[i].Measure(seed)
			})
			if err != nil {
				return checkError(err)
			}
			return c.printMerge(rows)
		},
	}
	cmd.Flags().Uint64Var(&seed, "seed", 1, "`SEED` of all randomness; the same seed gives the same figures")
	cmd.Flags().IntSliceVar(&sizes, "sizes", []int{10, 100, 1000}, "`PEERS` in the rings, several separated by commas")
	cmd.Flags().DurationSliceVar(&held, "held", []time.Duration{time.Minute, 10 * time.Minute}, "how long the split lasts, several `TIMES` separated by commas")
	return cmd
}

func (c *cli) printMerge(rows []study.MergeRow) error {
	if c.json() {
		return c.printJSON(rows)
	}
	t := &table{columns: []column{{title: "PEERS", right: true}, {title: "SPLIT"}}}
	for _, title := range []string{"HELD", "ONE RING AFTER", "MESSAGES A PEER"} {
		t.columns = append(t.columns, column{title: title, right: true})
	}
	for _, r := range rows {
		t.add(strconv.Itoa(r.Peers), r.Split, (time.Duration(r.Held) * time.Second).String(), seconds(r.Merged), fmt.Sprintf("%.0f", r.PerPeer))
	}
	return t.print(c.out, c.width)
}
