package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"peal/testnet/sim"
)

func (c *cli) simShrinkVerb() *cobra.Command {
	var o simOptions
	var to string
	cmd := &cobra.Command{
		Use:   "shrink",
		Short: "Find the fewest faults with which a simulation still breaks a rule",
		Long: `Run a simulation that breaks a rule, again and again with fewer faults, until each
one that is left is needed, or only one is left. Write them to a file, and print the
command that runs them. The flags are those of 'peal sim'.`,
		Example: "  peal sim shrink --seed SEED",
		Args:    wants(0),
		RunE:    func(cmd *cobra.Command, _ []string) error { return c.simShrink(cmd, &o, to) },
	}
	o.addTo(cmd.Flags())
	cmd.Flags().StringVar(&to, "to", "", "`FILE` for the schedule (default: peal-sim-SEED.json)")
	return cmd
}

// A shrunken is what is left; it is its JSON.
type shrunken struct {
	File      string         `json:"file"`
	Command   string         `json:"command"`
	Violation *sim.Violation `json:"violation"`
	Before    int            `json:"before"` // faults
	Faults    []sim.Fault    `json:"faults"`
}

func (c *cli) simShrink(cmd *cobra.Command, o *simOptions, to string) error {
	if err := o.complete(cmd.Flags()); err != nil {
		return err
	}
	if to == "" {
		to = fmt.Sprintf("peal-sim-%d.json", o.seed)
	}
	cfg := o.config(o.seed)
	small, err := c.shrink(cmd.Context(), cfg)
	switch {
	case err != nil:
		return simUsage(err)
	case small.Violation == nil:
		return fail(codeError, "seed %d breaks no rule: there is nothing to shrink", o.seed)
	}
	left := shrunken{File: to, Command: explicit(small.Config, to), Violation: small.Violation, Before: len(cfg.Faults), Faults: small.Faults}
	if err := writeSchedule(to, small.Faults); err != nil {
		return err
	}
	if c.json() {
		return c.printJSON(left)
	}
	return c.printShrunken(left)
}

// A smaller simulation still breaks a rule, unless its violation is nil.
type smaller struct {
	sim.Config
	*sim.Violation
}

// shrink shows how many faults have been spared so far.
func (c *cli) shrink(ctx context.Context, cfg sim.Config) (smaller, error) {
	bar := c.progress("sparing", "fault", len(cfg.Faults))
	defer bar.end()
	return interruptible(ctx, func() (smaller, error) {
		small, v, err := sim.Shrink(cfg, func(left int) { bar.set(len(cfg.Faults)-left, 0) })
		return smaller{small, v}, err
	})
}

func writeSchedule(name string, faults []sim.Fault) error {
	raw, err := json.MarshalIndent(faults, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(name, append(raw, '\n'), 0o644); err != nil {
		return fmt.Errorf("write the schedule: %w; --to names another file", err)
	}
	return nil
}

func (c *cli) printShrunken(left shrunken) error {
	verb := "are"
	if len(left.Faults) == 1 {
		verb = "is"
	}
	text := fmt.Sprintf("%d of %s %s left, in %s:\n", len(left.Faults), counted(left.Before, "fault"), verb, left.File)
	for _, f := range left.Faults {
		text += fmt.Sprintf("  %v\n", f)
	}
	return c.printf("%s\n%v\nrun it: %s\n", text, left.Violation, left.Command)
}
