package main

import (
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"peal/testnet/sim/study"
)

func (c *cli) simUpkeepVerb() *cobra.Command {
	var seed uint64
	var peers int
	var minutes float64
	cmd := &cobra.Command{
		Use:   "upkeep",
		Short: "Measure what it costs to keep a ring in order, at rest and while peers come and go",
		Long: `Measure what the peers of a simulated ring send each other to keep it in order: at rest,
and while 1 % and 10 % of them join each minute and as many crash. Pauses between the
rounds of upkeep grow while nothing changes; beside it, the same with pauses that do not.`,
		Example: "  peal sim upkeep\n  peal sim upkeep --peers 100 -o json",
		Args:    wants(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if peers < 10 || peers > 100_000 {
				return fail(codeUsage, "--peers %d: want 10 to 100000", peers)
			}
			if !(minutes >= 1 && minutes <= 1e4) { // nor NaN
				return fail(codeUsage, "--minutes %v: want 1 to 10000", minutes)
			}
			cases := study.UpkeepCases(peers)
			rows, err := inParallel(cmd.Context(), c.progress("simulating", "run", len(cases)), len(cases), func(i int) (study.UpkeepRow, error) {
				return cases[i].Measure(seed, time.Duration(minutes*float64(time.Minute)))
			})
			if err != nil {
				return checkError(err)
			}
			return c.printUpkeep(rows)
		},
	}
	cmd.Flags().Uint64Var(&seed, "seed", 1, "`SEED` of all randomness; the same seed gives the same figures")
	cmd.Flags().IntVar(&peers, "peers", 500, "`PEERS` in the ring, 10 to 100000")
	cmd.Flags().Float64Var(&minutes, "minutes", 10, "simulated `MINUTES` that count, after ten that do not, 1 to 10000")
	return cmd
}

func (c *cli) printUpkeep(rows []study.UpkeepRow) error {
	if c.json() {
		return c.printJSON(rows)
	}
	t := &table{columns: []column{{title: "CHURN A MINUTE"}, {title: "PAUSES"}}}
	for _, title := range []string{"MESSAGES/S", "BYTES/S", "LOOKUPS", "FAILED", "MEAN PATH", "TIMEOUTS", "FOUND AFTER"} {
		t.columns = append(t.columns, column{title: title, right: true})
	}
	for _, r := range rows {
		found := "-"
		if r.Found > 0 {
			found = seconds(r.Found)
		}
		t.add(fmt.Sprintf("%.0f %%", 100*r.Churn), r.Pauses, fmt.Sprintf("%.2f", r.Messages), fmt.Sprintf("%.0f", r.Bytes),
			strconv.Itoa(r.Lookups), strconv.Itoa(r.Failed), fmt.Sprintf("%.2f", r.Path), fmt.Sprintf("%.3f", r.Timeouts), found)
	}
	return t.print(c.out, c.width)
}
