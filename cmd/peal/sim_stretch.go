package main

import (
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"peal/testnet/sim/study"
)

func (c *cli) simStretchVerb() *cobra.Command {
	var seed uint64
	var peers int
	var minutes, warmUp float64
	cmd := &cobra.Command{
		Use:   "stretch",
		Short: "Measure how long lookups take between peers as far apart as on the internet",
		Long: `Measure lookups on a simulated ring whose peers are points in eight continents, with round
trips of up to half a second, and have no location caches. Fingers are the first peers of
their intervals, or the nearest of those that were measured; one or two hops are asked at
a time. The stretch of a lookup is the time until the owner can have answered, divided by
the round trip to the owner.`,
		Example: "  peal sim stretch\n  peal sim stretch --peers 2000 --warm-up 60 -o json",
		Args:    wants(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if peers < 10 || peers > 100_000 {
				return fail(codeUsage, "--peers %d: want 10 to 100000", peers)
			}
			if !(minutes >= 0.1 && minutes <= 1e4) { // nor NaN
				return fail(codeUsage, "--minutes %v: want 0.1 to 10000", minutes)
			}
			if !(warmUp >= 0 && warmUp <= 1e4) {
				return fail(codeUsage, "--warm-up %v: want 0 to 10000", warmUp)
			}
			cases := study.StretchCases()
			rows, err := inParallel(cmd.Context(), c.progress("simulating", "run", len(cases)), len(cases), func(i int) (study.StretchRow, error) {
				return cases[i].Measure(seed, peers, inMinutes(warmUp), inMinutes(minutes))
			})
			if err != nil {
				return checkError(err)
			}
			return c.printStretch(rows)
		},
	}
	cmd.Flags().Uint64Var(&seed, "seed", 1, "`SEED` of all randomness; the same seed gives the same figures")
	cmd.Flags().IntVar(&peers, "peers", 1000, "`PEERS` in the ring, and points on the map, 10 to 100000")
	cmd.Flags().Float64Var(&minutes, "minutes", 2, "simulated `MINUTES` of lookups that count, 20 a second, 0.1 to 10000")
	cmd.Flags().Float64Var(&warmUp, "warm-up", 10, "`MINUTES` before, in which the peers look for fingers, 0 to 10000")
	return cmd
}

func inMinutes(m float64) time.Duration { return time.Duration(m * float64(time.Minute)) }

func (c *cli) printStretch(rows []study.StretchRow) error {
	if c.json() {
		return c.printJSON(rows)
	}
	t := &table{columns: []column{{title: "FINGERS"}}}
	for _, title := range []string{"AT A TIME", "REQUESTS", "TOOK", "95TH", "STRETCH", "95TH", "MESSAGES/S"} {
		t.columns = append(t.columns, column{title: title, right: true})
	}
	for _, r := range rows {
		t.add(r.Fingers, strconv.Itoa(r.Parallel), fmt.Sprintf("%.2f", r.Path), fmt.Sprintf("%.0f ms", r.Took), fmt.Sprintf("%.0f ms", r.TookP95),
			fmt.Sprintf("%.2f", r.P50), fmt.Sprintf("%.2f", r.P95), fmt.Sprintf("%.2f", r.Messages))
	}
	return t.print(c.out, c.width)
}
