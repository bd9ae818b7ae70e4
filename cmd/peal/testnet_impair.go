package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"
)

// An impairment is the body of the request, and the flags.
type impairment struct {
	Drop  float64 `json:"drop"`
	Delay float64 `json:"delay"`
	By    string  `json:"by,omitempty"`
}

func (c *cli) testnetImpairVerb() *cobra.Command {
	var drop, delay string
	var by time.Duration
	cmd := c.ofRing(&cobra.Command{
		Use:   "impair",
		Short: "Have the network of the running testnet lose and delay messages",
		Long: `Have the network of the running testnet lose a share of the messages between peers,
and deliver a share of the others late. What is behind a late one, from the same peer to
the same peer, waits for it. A request for which a message was lost is repeated by
whoever asked.

Another impairment takes the place of this one, and 'peal testnet heal' ends it.`,
		Example: "  peal testnet impair --drop 5%\n  peal testnet impair --drop 1% --delay 20% --by 200ms",
		Args:    wants(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			i, err := impairmentOf(drop, delay, by)
			if err != nil {
				return err
			}
			return c.act(cmd.Context(), "/v1/testnet/impair", i, func(change) error {
				return c.printf("impaired: %s; 'peal testnet heal' ends it\n", i)
			})
		},
	})
	cmd.Flags().StringVar(&drop, "drop", "0%", "`SHARE` of the messages that are lost")
	cmd.Flags().StringVar(&delay, "delay", "0%", "`SHARE` of the others that come late")
	cmd.Flags().DurationVar(&by, "by", 0, "how late they come, at most 1m")
	return cmd
}

func impairmentOf(drop, delay string, by time.Duration) (i impairment, err error) {
	if i.Drop, err = shareFlag("drop", drop); err != nil {
		return i, err
	}
	if i.Delay, err = shareFlag("delay", delay); err != nil {
		return i, err
	}
	switch {
	case i.Drop == 0 && i.Delay == 0:
		return i, fail(codeUsage, "say what share of the messages is lost (--drop 5%%) or comes late (--delay 20%% --by 200ms)")
	case (i.Delay > 0) != (by > 0):
		return i, fail(codeUsage, "--delay and --by go together, such as --delay 20%% --by 200ms")
	case by > 0:
		i.By = by.String()
	}
	return i, nil
}

func shareFlag(flag, text string) (float64, error) {
	share, ok := percentOf(text)
	if !ok || !(share >= 0 && share <= 100) {
		return 0, fail(codeUsage, "--%s %q: want 0%% to 100%%, such as 5%%", flag, text)
	}
	return share, nil
}

func (i impairment) String() string {
	switch {
	case i.Delay == 0:
		return fmt.Sprintf("%g %% of the messages are lost", i.Drop)
	case i.Drop == 0:
		return fmt.Sprintf("%g %% of the messages come %s late", i.Delay, i.By)
	}
	return fmt.Sprintf("%g %% of the messages are lost, and %g %% of the others come %s late", i.Drop, i.Delay, i.By)
}
