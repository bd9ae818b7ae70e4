package main

import (
	"errors"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"peal/testnet/sim"
	"peal/testnet/usage"
)

func (c *cli) simVerb() *cobra.Command {
	var o simOptions
	cmd := &cobra.Command{
		Use:   "sim",
		Short: "Simulate a ring under faults, and check that it stays right",
		Long: `Simulate a ring: the very code that peers run, on simulated time and a simulated
network, while peers join, leave, crash, come back and stand still, and messages get
lost, come twice, come late or are cut off. The rules of a correct ring are checked
after every event, and in the end the ring must be ideal. The same seed gives the
same run, to the last message, on every machine.

With --data, peers keep data as real ones do, on disks that fail too; clients put, get
and delete keys; and what was acknowledged must be there, and be read.

A broken rule ends with exit code 9, the seed and number of the event, a file with
what happened before it, and the command that runs it again. 'peal sim shrink' then
looks for the fewest faults that still break it.`,
		Example: "  peal sim --seeds 1000\n  peal sim --data --seeds 100\n  peal sim --peers 1000 --minutes 5\n" +
			"  peal sim --peers 100000 --minutes 2 --faults none --crash-share 0.1 --lookups 1000",
		Args: noSuchVerb,
		RunE: func(cmd *cobra.Command, _ []string) error { return c.sim(cmd, &o) },

		SuggestionsMinimumDistance: 2,
	}
	o.addTo(cmd.Flags())
	cmd.Flags().StringVar(&o.record, "record", "", "`FILE` to record the run in, for 'peal replay'")
	cmd.Flags().IntVar(&o.seeds, "seeds", 1, "how many seeds to run, from --seed on, on all processors")
	cmd.AddCommand(c.simShrinkVerb(), c.simExploreVerb(), c.simPaperVerb(), c.simOriginalVerb(), c.simDetectorVerb(), c.simMergeVerb(), c.simUpkeepVerb(), c.simStretchVerb())
	return cmd
}

func (c *cli) sim(cmd *cobra.Command, o *simOptions) (err error) {
	if err := o.complete(cmd.Flags()); err != nil {
		return err
	}
	if o.seeds > 1 {
		return c.simMany(cmd.Context(), o)
	}
	cfg := o.config(o.seed)
	if _, err := sim.New(cfg); err != nil {
		return simUsage(err)
	}
	header, err := simulationHeader(o, &cfg)
	if err != nil {
		return err
	}
	tape, err := recordSimulation(o.record, header, &cfg)
	if err != nil {
		return err
	}
	defer c.closeTape(tape, header.Command, &err)
	bar := c.progress("simulating", "second", int(max(cfg.Duration, sim.Ends(cfg.Faults))/time.Second))
	cfg.Progress = func(done, _ int) { bar.set(done, 0) }
	begin := time.Now()
	r, err := interruptible(cmd.Context(), func() (sim.Report, error) { return sim.Run(cfg) })
	bar.end()
	run := simResult{Report: r, Command: header.Command, Took: time.Since(begin).Seconds(), Memory: usage.Memory()}
	if err = run.take(err); err != nil {
		return err
	}
	run.writeLog(cmd.Context(), cfg)
	if err := c.printRun(&run); err != nil || run.Violation == nil {
		return err
	}
	return fail(codeCheck, "%v", run.Violation)
}

// A simResult is one run; it is its JSON.
type simResult struct {
	Command   string         `json:"command"` // that runs it again
	Violation *sim.Violation `json:"violation,omitempty"`
	Log       string         `json:"log,omitempty"`       // file with the events that led to it
	LogError  string         `json:"log_error,omitempty"` // why there is none
	Took      float64        `json:"took"`                // seconds of real time
	Memory    int64          `json:"memory"`              // of the process, in bytes
	sim.Report
}

// take keeps a violation, and gives any other error back.
func (r *simResult) take(err error) error {
	if errors.As(err, &r.Violation) || err == nil {
		return nil
	}
	return simUsage(err)
}

// simUsage is the error of settings that the simulator refused.
func simUsage(err error) error {
	if err == nil || codeOf(err) == codeInterrupted {
		return err
	}
	return fail(codeUsage, "%s", strings.Replace(err.Error(), "sim: ", "", 1)) // the package's name
}

// checkError is the error of a measurement: the ring broke a rule, or the
// settings were refused.
func checkError(err error) error {
	var broken *sim.Violation
	if errors.As(err, &broken) {
		return fail(codeCheck, "%v", err)
	}
	return simUsage(err)
}
