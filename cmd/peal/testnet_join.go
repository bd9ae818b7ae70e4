package main

import (
	"time"

	"github.com/spf13/cobra"
)

// slowPatience is how long a request waits by default where peers have to
// start or to move their keys first.
const slowPatience = 5 * time.Minute

func (c *cli) testnetJoinVerb() *cobra.Command {
	return c.ofRing(&cobra.Command{
		Use:   "join N",
		Short: "Start N more peers in the running testnet",
		Long:  `Start N more peers in the running testnet, and wait until they are members of the ring.`,
		Args:  wants(1, "N"),
		RunE: func(cmd *cobra.Command, args []string) error {
			n, err := positive("N", args[0])
			if err != nil {
				return err
			}
			return c.act(cmd.Context(), "/v1/testnet/join", map[string]int{"count": n}, func(done change) error { return c.printChanged("joined", done.Joined) })
		},
	})
}
