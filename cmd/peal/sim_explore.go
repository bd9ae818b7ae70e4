package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"peal/testnet/sim/explore"
)

// An exploration is one line of the table; it is its JSON.
type exploration struct {
	explore.Config
	explore.Report
	Seconds float64  `json:"seconds"`
	Broken  string   `json:"broken,omitempty"` // the invariant, if one was violated
	Steps   []string `json:"steps,omitempty"`  // that lead there
}

func (c *cli) simExploreVerb() *cobra.Command {
	var quick bool
	var own explore.Config
	cmd := &cobra.Command{
		Use:   "explore",
		Short: "Try everything that can happen in small rings",
		Long: `Visit every state that small rings can come to, in whatever order messages, rounds,
joins, crashes and leaves happen, and check the invariants in each. If one is broken,
print a shortest way there and end with exit code 9.

Without --members it explores a table of rings, which takes minutes.`,
		Example: "  peal sim explore --quick\n  peal sim explore --members 3 --joiners 1 --crashes 1 --rounds 1",
		Args:    wants(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := checkExplore(cmd, &own); err != nil {
				return err
			}
			if own.Members > 0 {
				return c.simExplore(cmd.Context(), []explore.Config{own})
			}
			return c.simExplore(cmd.Context(), explore.Table(quick))
		},
	}
	flags := cmd.Flags()
	flags.BoolVar(&quick, "quick", false, "only the smaller rings of the table, which take seconds")
	flags.IntVar(&own.Members, "members", 0, "explore only a ring of this size, with what the next flags say (0: the table)")
	flags.IntVar(&own.Joiners, "joiners", 0, "how many peers may join")
	flags.IntVar(&own.Successors, "successors", 2, "length of the successor list")
	flags.IntVar(&own.Rounds, "rounds", 2, "how many rounds of stabilize may begin before the ring is left alone")
	flags.IntVar(&own.Crashes, "crashes", 0, "how many peers may crash")
	flags.IntVar(&own.Leaves, "leaves", 0, "how many members may leave")
	flags.IntVar(&own.Losses, "losses", 0, "how many messages that nobody asks for again may get lost")
	flags.IntVar(&own.Duplicates, "duplicates", 0, "how many messages may arrive twice")
	flags.BoolVar(&own.Reckless, "reckless", false, "even peers that others need may go; the ring only has to heal")
	flags.BoolVar(&own.Silent, "silent", false, "only timeouts tell that a peer is dead")
	flags.BoolVar(&own.InOrder, "in-order", false, "what one peer sends another arrives in that order")
	flags.BoolVar(&own.Cache, "cache", false, "with location caches")
	flags.IntVar(&own.MaxStates, "max-states", 10_000_000, "how many states to visit at most; a million take about 100 MB")
	return cmd
}

// mostExplored bounds members and joiners together.
const mostExplored = 6

// exploreBounds are those of package explore. A 0 that is not among them would be
// the default.
var exploreBounds = []bound{
	between("members", 0, mostExplored), between("joiners", 0, mostExplored-1), between("successors", 1, mostExplored),
	between("rounds", 1, 15), between("crashes", 0, 15), between("leaves", 0, 15),
	between("losses", 0, 15), between("duplicates", 0, 15), between("max-states", 1, 1<<31),
}

// checkExplore refuses what cannot be explored, and flags that would say nothing
// of what is.
func checkExplore(cmd *cobra.Command, own *explore.Config) error {
	if err := checkBounds(cmd.Flags(), exploreBounds); err != nil {
		return err
	}
	if all := own.Members + own.Joiners; own.Members > 0 && all > mostExplored {
		return fail(codeUsage, "--members %d --joiners %d: want %d together at most", own.Members, own.Joiners, mostExplored)
	}
	if own.Members > 0 && cmd.Flags().Changed("quick") {
		return fail(codeUsage, "--quick: want it without --members, as it is about the table")
	}
	var err error
	cmd.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
		if f.Changed && own.Members == 0 && f.Name != "quick" && f.Name != "members" {
			err = fail(codeUsage, "--%s: want --members 1 or more as well", f.Name)
		}
	})
	return err
}

// simExplore explores ring after ring, up to the first that breaks.
func (c *cli) simExplore(ctx context.Context, rings []explore.Config) error {
	var done []exploration
	bar := c.progress("exploring", "ring", len(rings))
	var wrong error
	for _, cfg := range rings {
		cfg.Stop = func() bool { return ctx.Err() != nil }
		e, err := exploreOne(cfg)
		if wrong = err; err != nil || ctx.Err() != nil {
			break
		}
		done = append(done, e)
		bar.set(len(done), 0)
		if e.cut() {
			bar.note("--max-states %d cut the exploration short: a larger one goes on, at about 100 MB a million; fewer --rounds need fewer states", e.MaxStates)
		}
		if e.Broken != "" {
			break
		}
	}
	bar.end()
	if wrong != nil {
		return fail(codeUsage, "%v", wrong)
	}
	if err := c.printExplorations(done); err != nil {
		return err
	}
	if last := len(done) - 1; last >= 0 && done[last].Broken != "" {
		return fail(codeCheck, "%s, after %s", done[last].Broken, counted(len(done[last].Steps)-1, "step"))
	}
	if ctx.Err() != nil {
		return fail(codeInterrupted, "interrupted")
	}
	return nil
}

func exploreOne(cfg explore.Config) (exploration, error) {
	begin := time.Now()
	report, err := explore.Run(cfg)
	e := exploration{Config: report.Config, Report: report, Seconds: time.Since(begin).Seconds()}
	var broken *explore.Violation
	if errors.As(err, &broken) {
		e.Broken, e.Steps = broken.Broken.Error(), broken.Steps
		return e, nil
	}
	return e, err
}

func (c *cli) printExplorations(list []exploration) error {
	if c.json() {
		return c.printJSON(list)
	}
	t := table{columns: []column{
		{title: "MEMBERS", right: true}, {title: "JOINERS", right: true}, {title: "LIST", right: true}, {title: "ROUNDS", right: true},
		{title: "FAULTS AND NETWORK"}, {title: "STATES", right: true}, {title: "TRANSITIONS", right: true}, {title: "DEPTH", right: true},
		{title: "SECONDS", right: true}, {title: "VERDICT"},
	}}
	for _, e := range list {
		t.add(strconv.Itoa(e.Members), strconv.Itoa(e.Joiners), strconv.Itoa(e.Successors), strconv.Itoa(e.Rounds), e.faults(),
			strconv.Itoa(e.States), strconv.Itoa(e.Transitions), strconv.Itoa(e.Depth), fmt.Sprintf("%.1f", e.Seconds), e.verdict())
	}
	if err := t.print(c.out, c.width); err != nil {
		return err
	}
	if last := len(list) - 1; last >= 0 {
		for _, step := range list[last].Steps {
			if err := c.printf("%s\n", step); err != nil {
				return err
			}
		}
	}
	return nil
}

// faults says in a few words what may go wrong, and in which network.
func (e *exploration) faults() string {
	text := ""
	add := func(n int, one, many string) {
		switch {
		case n == 1:
			text += ", 1 " + one
		case n > 1:
			text += fmt.Sprintf(", %d %s", n, many)
		}
	}
	add(e.Crashes, "crash", "crashes")
	add(e.Leaves, "leave", "leaves")
	add(e.Losses, "loss", "losses")
	add(e.Duplicates, "duplicate", "duplicates")
	for _, how := range []struct {
		name string
		is   bool
	}{{"reckless", e.Reckless}, {"silent", e.Silent}, {"in order", e.InOrder}, {"cache", e.Cache}} {
		if how.is {
			text += ", " + how.name
		}
	}
	if text == "" {
		return "none"
	}
	return text[2:]
}

func (e *exploration) verdict() string {
	switch {
	case e.Broken != "":
		return "broken"
	case e.cut():
		return "right as far as seen"
	}
	return "right"
}

// cut reports whether there were more states than were visited.
func (e *exploration) cut() bool { return e.Broken == "" && !e.Complete }
