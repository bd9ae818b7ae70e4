package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"peal/chord"
	"peal/web"
)

func (c *cli) testnetCutVerb() *cobra.Command {
	var cut web.CutRequest
	cmd := c.ofRing(&cobra.Command{
		Use:   "cut [SHARE%]",
		Short: "Cut peers of the running testnet off from the others",
		Long: `Cut peers of the running testnet off from the others, as when the cable between two
halls is pulled: a share of them at random, or the ones that are named (--peer). All
run on and no connection closes, but nothing passes between the two sides any more. Each
becomes a ring of its own within seconds, and serves what it has.

--via chooses the side at which a request enters. Peers that join are on the side of
those that were not cut off. Another cut takes the place of this one, and 'peal testnet
heal' ends it.`,
		Example: "  peal testnet cut 30%\n  peal testnet cut --peer 3fa2 --peer 91c0",
		Args:    cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := completeCut(&cut, args); err != nil {
				return err
			}
			return c.act(cmd.Context(), "/v1/testnet/cut", cut, c.printCut)
		},
	})
	cmd.Flags().StringSliceVar(&cut.Peers, "peer", nil, "cut off this `PEER`: its ID, or the first digits of its position (repeatable)")
	return cmd
}

// completeCut adds the argument to the flags, and checks that they name the peers
// in one way.
func completeCut(cut *web.CutRequest, args []string) error {
	if err := wants(0, "SHARE%")(nil, args); err != nil {
		return err
	}
	if (len(args) > 0) == (len(cut.Peers) > 0) {
		return fail(codeUsage, "say which peers: either a share of them, such as 30%%, or --peer X")
	}
	if len(args) == 0 {
		return nil
	}
	share, ok := percentOf(args[0])
	if !ok || !(share > 0 && share < 100) {
		return fail(codeUsage, "the share is %q: want more than 0%% and less than 100%%, such as 30%%", args[0])
	}
	cut.Percent = share
	return nil
}

// percentOf reads a share such as 30%.
func percentOf(text string) (share float64, ok bool) {
	number, percent := strings.CutSuffix(text, "%")
	share, err := strconv.ParseFloat(number, 64)
	return share, percent && err == nil
}

func (c *cli) printCut(done change) error {
	if len(done.Parts) < 2 {
		return fail(codeError, "the answer names no parts: is --api right?")
	}
	off := done.Parts[len(done.Parts)-1]
	if err := c.printContacts(off); err != nil {
		return err
	}
	return c.printf("\ncut %s off from the other %d\n", counted(len(off), "peer"), len(done.Parts[0]))
}

func (c *cli) testnetHealVerb() *cobra.Command {
	return c.ofRing(&cobra.Command{
		Use:   "heal",
		Short: "End the cut and the impairment of the running testnet",
		Long: `End the cut and the impairment of the running testnet. Sides find each other by
themselves, usually within a minute, and the newest write of each key wins: 'peal ring
wait --replicated' waits for that.`,
		Args: wants(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.act(cmd.Context(), "/v1/testnet/heal", struct{}{}, func(done change) error {
				for _, what := range done.Healed.faults() {
					if err := c.printf("ended %s\n", what); err != nil {
						return err
					}
				}
				return c.printf("healed: nothing is cut off, lost or late any more; 'peal ring wait --replicated' waits until all are one ring\n")
			})
		},
	})
}

// A network is what the API says is wrong with that of a testnet.
type network struct {
	CutOff []chord.Contact `json:"cut_off"`
	impairment
}

// faults says what is wrong, a line each.
func (n network) faults() (lines []string) {
	const most = 8
	if off := n.CutOff; len(off) > 0 {
		line := fmt.Sprintf("a cut of %s: %s", counted(len(off), "peer"), positions(off[:min(len(off), most)]))
		if more := len(off) - most; more > 0 {
			line += fmt.Sprintf(" and %d more", more)
		}
		lines = append(lines, line)
	}
	if n.impairment != (impairment{}) {
		lines = append(lines, "an impairment: "+n.impairment.String())
	}
	return lines
}
