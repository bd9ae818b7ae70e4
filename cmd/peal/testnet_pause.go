package main

import (
	"github.com/spf13/cobra"

	"peal/web"
)

func (c *cli) testnetPauseVerb() *cobra.Command {
	var which web.Choice
	cmd := c.ofRing(&cobra.Command{
		Use:   "pause [N]",
		Short: "Pause peers of the running testnet, with their connections open",
		Long: `Pause peers of the running testnet, as the operating system stops a process: N at
random, or the ones that are named (--peer). Their connections stay open, nothing
answers, and their clocks go on. The others give them up after a while and close the
ring without them.

No request enters the ring at a paused peer. 'peal testnet resume' lets them go on.`,
		Example: "  peal testnet pause 3\n  peal testnet pause --peer 3fa2",
		Args:    cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := completeChoice(&which, args); err != nil {
				return err
			}
			return c.act(cmd.Context(), "/v1/testnet/pause", which, func(done change) error { return c.printChanged("paused", done.Paused) })
		},
	})
	cmd.Flags().StringSliceVar(&which.Peers, "peer", nil, "pause this `PEER`: its ID, or the first digits of its position (repeatable)")
	return cmd
}

// completeChoice adds the argument to the flags, and checks that they name the peers
// in one way.
func completeChoice(which *web.Choice, args []string) error {
	if err := wants(0, "N")(nil, args); err != nil {
		return err
	}
	if (len(args) > 0) == (len(which.Peers) > 0) {
		return fail(codeUsage, "say which peers: either N, or --peer X")
	}
	if len(args) == 0 {
		return nil
	}
	var err error
	which.Count, err = positive("N", args[0])
	return err
}

func (c *cli) testnetResumeVerb() *cobra.Command {
	var peers []string
	cmd := c.ofRing(&cobra.Command{
		Use:     "resume",
		Short:   "Let paused peers of the running testnet go on",
		Long:    `Let paused peers of the running testnet go on: all, or the ones that are named (--peer).`,
		Example: "  peal testnet resume\n  peal testnet resume --peer 3fa2",
		Args:    wants(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			body := map[string][]string{"peers": peers}
			return c.act(cmd.Context(), "/v1/testnet/resume", body, func(done change) error { return c.printChanged("resumed", done.Resumed) })
		},
	})
	cmd.Flags().StringSliceVar(&peers, "peer", nil, "resume this `PEER`: its ID, or the first digits of its position (repeatable)")
	return cmd
}
