package main

import (
	"fmt"
	"path/filepath"
	"strconv"

	"github.com/spf13/cobra"

	"peal/node/recording"
	"peal/testnet/sim/original"
)

func (c *cli) simOriginalVerb() *cobra.Command {
	var seed uint64
	var seeds int
	var dir string
	cmd := &cobra.Command{
		Use:   "original",
		Short: "Run the rules of 2001 and ours through the same joins and crashes",
		Long: `Run the rules of Chord as they were published first, in 2001 with the additions of 2003,
and ours through the same joins and crashes, and count the rings that stay broken.

In a ring of eight with successor lists of two a peer joins and crashes within a second,
and between one and two rounds later so does its successor. A list of two survives the
loss of one in a round, unless somebody puts a dead peer back into it: which is what the
old rules do.`,
		Example: "  peal sim original\n  peal sim original --seed 2 --seeds 1 --record .",
		Args:    wants(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if seeds < 1 || seeds > 1_000_000 {
				return fail(codeUsage, "--seeds %d: want 1 to 1000000", seeds)
			}
			if dir != "" && seeds > 1 {
				return fail(codeUsage, "--record records one schedule: add --seeds 1")
			}
			if err := makeDir("--record", dir); err != nil {
				return err
			}
			results, err := inParallel(cmd.Context(), c.progress("simulating", "schedule", seeds), seeds, func(i int) (original.Result, error) {
				return runTrial(original.Trial{Seed: seed + uint64(i)}, dir)
			})
			if err != nil {
				return err
			}
			return c.printOriginal(tallyOf(results, seed))
		},
	}
	cmd.Flags().Uint64Var(&seed, "seed", 1, "`SEED` of the first schedule")
	cmd.Flags().IntVar(&seeds, "seeds", 1000, "how many schedules to run, each of the next seed")
	cmd.Flags().StringVar(&dir, "record", "", "`DIR` to record both runs in, as original.jsonl and present.jsonl")
	return cmd
}

// runTrial runs a schedule, and records it in a directory if one is named.
func runTrial(t original.Trial, dir string) (result original.Result, err error) {
	if dir == "" {
		return t.Run()
	}
	command := fmt.Sprintf("peal sim original --seed %d --seeds 1", t.Seed)
	tapes := map[string]*tape{}
	for _, rules := range []string{"original", "present"} {
		tapes[rules], err = newTape(filepath.Join(dir, rules+".jsonl"), recording.Header{
			Source: recording.Simulator, Ring: rules + " rules", Start: recording.SimulatedStart, Seed: t.Seed, Command: command,
		})
		if err != nil {
			return result, err
		}
		defer func() {
			if closing := tapes[rules].close(); err == nil {
				err = closing
			}
		}()
	}
	t.Original, t.Present = tapes["original"].observe, tapes["present"].observe
	return t.Run()
}

// A trials is the count of the results; it is its JSON.
type trials struct {
	Schedules int    `json:"schedules"`
	Spared    int    `json:"spared"`   // not compared: no list would have survived
	Original  int    `json:"original"` // rings that the rules of 2001 left broken
	Present   int    `json:"present"`
	Seed      uint64 `json:"seed"` // of the first that they broke
	Why       string `json:"why,omitempty"`
}

func tallyOf(results []original.Result, first uint64) trials {
	t := trials{Schedules: len(results)}
	for i, r := range results {
		if r.Spared {
			t.Spared++
		}
		if r.Present != "" {
			t.Present++
		}
		if r.Original == "" {
			continue
		}
		if t.Original++; t.Why == "" {
			t.Seed, t.Why = first+uint64(i), r.Original
		}
	}
	return t
}

// printOriginal ends in a failure if our rules left rings broken.
func (c *cli) printOriginal(t trials) error {
	print := c.printTrials
	if c.json() {
		print = func(t trials) error { return c.printJSON(t) }
	}
	if err := print(t); err != nil || t.Present == 0 {
		return err
	}
	return fail(codeCheck, "%s broken by our rules", counted(t.Present, "ring"))
}

func (c *cli) printTrials(t trials) error {
	facts := [][2]string{
		{"schedules", fmt.Sprintf("%d, each of a join and two crashes; %d not compared, since no list would have survived", t.Schedules, t.Spared)},
		{"rules of 2001", counted(t.Original, "ring") + " broken for good"},
		{"our rules", counted(t.Present, "ring") + " broken"},
	}
	if t.Why != "" {
		facts = append(facts, [2]string{"for example", "seed " + strconv.FormatUint(t.Seed, 10) + ": " + t.Why})
	}
	return printFacts(c.out, c.width, facts)
}
