package main

import (
	"time"

	"github.com/spf13/cobra"

	"peal/web"
)

func (c *cli) testnetRestartVerb() *cobra.Command {
	var which web.Choice
	var down time.Duration
	cmd := c.ofRing(&cobra.Command{
		Use:   "restart [N]",
		Short: "Crash peers of the running testnet and start them again",
		Long: `Crash peers of the running testnet and start them again, with the identities and the
keys that they had: N at random, or the ones that are named (--peer). Waits until they
are members of the ring again.`,
		Example: "  peal testnet restart 3\n  peal testnet restart --peer 3fa2 --down 30s",
		Args:    cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := completeChoice(&which, args); err != nil {
				return err
			}
			body := struct {
				web.Choice
				Down string `json:"down"`
			}{which, down.String()}
			return c.act(cmd.Context(), "/v1/testnet/restart", body, func(done change) error { return c.printChanged("restarted", done.Restarted) })
		},
	})
	cmd.Flags().StringSliceVar(&which.Peers, "peer", nil, "restart this `PEER`: its ID, or the first digits of its position (repeatable)")
	cmd.Flags().DurationVar(&down, "down", 0, "how long they are down, at most 2m")
	return cmd
}
