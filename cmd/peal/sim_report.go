package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"peal/testnet/sim"
)

// loggedEvents is how many events before a violation go into the file.
const loggedEvents = 2000

// writeLog writes the events before a violation, if there is one, to a file. It
// runs the simulation again for that, until ctx ends. Without the file there is
// still the violation to tell of, so the error is a part of the result.
func (r *simResult) writeLog(ctx context.Context, cfg sim.Config) {
	if r.Violation == nil {
		return
	}
	name, violation := fmt.Sprintf("peal-sim-%d.log", r.Violation.Seed), r.Violation
	lines, err := interruptible(ctx, func() ([]string, error) {
		return sim.EventLog(cfg, violation, loggedEvents), nil
	})
	if err == nil {
		err = os.WriteFile(name, []byte(strings.Join(lines, "\n")+"\n"), 0o644)
	}
	if err != nil {
		r.LogError = err.Error()
		return
	}
	r.Log = name
}

// violationFacts say what was broken, and how to go on.
func violationFacts(r *simResult) [][2]string {
	v := r.Violation
	return [][2]string{
		{"violation", fmt.Sprintf("seed %d, event %d, at %v", v.Seed, v.Event, v.Time)},
		{"broken rule", v.Invariant},
		{"peers", fmt.Sprint(v.Peers)},
		{"event log", cmp.Or(r.Log, "none: "+r.LogError)},
		{"run it again", r.Command},
		{"fewer faults", strings.Replace(r.Command, "peal sim", "peal sim shrink", 1)},
	}
}

// printRun says how one run went.
func (c *cli) printRun(r *simResult) error {
	if c.json() {
		return c.printJSON(r)
	}
	facts := runFacts(r)
	if r.Violation != nil {
		facts = append(facts, violationFacts(r)...)
	}
	if err := printFacts(c.out, c.width, facts); err != nil || r.Violation != nil {
		return err
	}
	end := "the ring stayed right and is ideal"
	if r.Data != nil {
		end += ", and the data is where it belongs"
	}
	return c.printf("\n%s\n", end)
}

// runFacts are the lines of a run's summary.
func runFacts(r *simResult) [][2]string {
	facts := [][2]string{
		{"seed", fmt.Sprint(r.Seed)},
		{"ring", fmt.Sprintf("%s at the end, after %.0f simulated seconds", counted(r.Peers, "peer"), r.Seconds)},
		{"faults", faultsText(r)},
		{"checked", checkedText(r)},
		{"ideal", idealText(r)},
		{"verdicts", verdictsText(r)},
		{"lookups", lookupsText(r)},
		{"messages", fmt.Sprintf("%d arrived, %d lost; %.0f a second of real time", r.Messages, r.Lost, float64(r.Messages)/max(r.Took, 1e-9))},
		{"memory", fmt.Sprintf("%s, %s a peer", sizeText(r.Memory), sizeText(r.Memory/int64(max(1, r.Peers))))},
		{"trace hash", r.TraceHash},
	}
	if r.Data != nil {
		facts = slices.Insert(facts, len(facts)-3, dataFacts(r.Data)...)
	}
	return facts
}

func faultsText(r *simResult) string {
	return fmt.Sprintf("%d of the schedule: %d joined, %d left, %d crashed, %d stood still; %d spared",
		r.Faults, r.Joined, r.Left, r.Crashed, r.Paused, r.Spared)
}

func checkedText(r *simResult) string {
	return fmt.Sprintf("all invariants after %d of %s (%.0f %%); else some peer was taken for dead wrongly",
		r.Asserted, counted(r.Events, "event"), percent(r.Asserted, r.Events))
}

func idealText(r *simResult) string {
	if r.IdealAfter < 0 {
		return "not again"
	}
	return fmt.Sprintf("%.1f s and %s after the last fault", r.IdealAfter, counted(r.IdealMessages, "message"))
}

func verdictsText(r *simResult) string {
	text := fmt.Sprintf("%d wrong", r.WronglyDead)
	if r.DetectedP50 > 0 {
		text = fmt.Sprintf("a crash is found out after %.1f s, 99 %% within %.1f s; %s", r.DetectedP50, r.DetectedP99, text)
	}
	return text
}

func lookupsText(r *simResult) string {
	if r.Lookups == 0 {
		return "none"
	}
	return fmt.Sprintf("%d: %.2f %% found, %d named a wrong owner; mean path %.2f, %.2f timeouts each, half within %.0f ms",
		r.Lookups, percent(r.Found, r.Lookups), r.WrongOwner, r.MeanPath, r.TimeoutsPer, r.P50Ms)
}

// dataFacts are the lines about the data of one run or many.
func dataFacts(d *sim.DataReport) [][2]string {
	return [][2]string{
		{"writes", fmt.Sprintf("%d acknowledged, %d declined, %d of unknown fate, %d failed; %d lost every copy to crashes and disks",
			d.Acknowledged, d.Declined, d.Unknown, d.Failed, d.Orphaned)},
		{"reads", fmt.Sprintf("%d answered, %d of them of expired keys, %d failed; %d had to see a certain version, %d writes had to exceed one, and %d conditions to mind one",
			d.Reads, d.Expired, d.ReadsFailed, d.ReadsHeld, d.WritesHeld, d.ConditionsHeld)},
		{"data", fmt.Sprintf("%s checked in the end, by %s; %s moved, %d spoiled, %s refused by disks",
			counted(d.KeysChecked, "key"), counted(d.LastReads, "read"), counted(d.Moved, "record"), d.Spoiled, counted(d.Refused, "commit"))},
		{"deletes", fmt.Sprintf("%d forgotten, of which %d may come back; %s collected",
			d.Forgotten, d.Excused, counted(d.Collected, "tombstone"))},
	}
}

func percent(part, whole int) float64 { return 100 * float64(part) / float64(max(1, whole)) }
