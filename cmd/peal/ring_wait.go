package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"peal/node"
)

// A goal is what ring wait waits for, besides a well-formed ring.
type goal struct {
	replicated bool
	peers      int // 0 for any number
}

func (c *cli) ringWaitVerb() *cobra.Command {
	var want goal
	var timeout time.Duration
	cmd := &cobra.Command{
		Use:   "wait",
		Short: "Wait until the peers form one well-formed ring",
		Long: `Wait until the peers form one well-formed ring, and say on standard error what is
missing. When the time is over, end with exit code 9, also if no peer ever answered.`,
		Example: "  peal testnet kill 20 && peal ring wait --peers 80 --replicated",
		Args:    wants(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.ringWait(cmd.Context(), want, timeout)
		},
	}
	cmd.Flags().DurationVar(&timeout, "timeout", time.Minute, "how long to wait in all")
	cmd.Flags().BoolVar(&want.replicated, "replicated", false, "wait until every key is on all its replicas, too")
	cmd.Flags().IntVar(&want.peers, "peers", 0, "wait until the ring has exactly this many peers, too (0: any number)")
	return c.ofRing(cmd)
}

func (c *cli) ringWait(ctx context.Context, want goal, timeout time.Duration) error {
	if want.peers < 0 {
		return fail(codeUsage, "--peers %d: want 0 (any number) or more", want.peers)
	}
	api, err := c.client(timeout)
	if err != nil {
		return err
	}
	deadline := time.Now().Add(timeout)
	said := ""
	say := func(text string) {
		if said == "" {
			fmt.Fprintf(c.err, "waiting up to %v for %v\n", timeout, want)
		}
		if text != said {
			said = text
			fmt.Fprintf(c.err, "waiting: %s\n", said)
		}
	}
	for {
		api.timeout = max(time.Until(deadline), time.Second)
		ring, _, err := api.ring(ctx)
		if err == nil {
			err = want.missing(ring)
		}
		switch {
		case err == nil:
			return c.printVerdict(ring)
		case codeOf(err) != codeCheck && !transient(err), ctx.Err() != nil:
			return err
		case time.Now().After(deadline):
			return fail(codeCheck, "gave up after %v: %v", timeout, err)
		}
		say(err.Error())
		sleep(ctx, min(c.pause, time.Until(deadline)))
	}
}

// String says what is waited for.
func (g goal) String() string {
	text := "one well-formed ring"
	if g.peers > 0 {
		text += " of " + counted(g.peers, "peer")
	}
	if g.replicated {
		text += " with every key on all its replicas"
	}
	return text
}

// missing says what the ring lacks, nil if nothing.
func (g goal) missing(ring node.Ring) error {
	switch {
	case !ring.WellFormed:
		return fail(codeCheck, "%s", summary(ring))
	case g.peers > 0 && len(ring.Peers) != g.peers:
		return fail(codeCheck, "the ring has %s, not %d", counted(len(ring.Peers), "peer"), g.peers)
	case g.replicated && !ring.Replicated:
		return fail(codeCheck, "%s", summary(ring))
	}
	return nil
}

// sleep pauses for d, or until ctx ends.
func sleep(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
