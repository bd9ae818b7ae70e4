package main

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/spf13/cobra"

	"peal/chord"
	"peal/web"
)

func (c *cli) testnetKillVerb() *cobra.Command {
	var kill web.KillRequest
	cmd := c.ofRing(&cobra.Command{
		Use:   "kill [N]",
		Short: "Kill peers of the running testnet, without a goodbye",
		Long: `Kill peers of the running testnet, without a goodbye: N at random, or K in a row on
the ring (--adjacent), or the ones that are named (--peer).

Random choice never takes three peers in a row, since with three replicas nothing
could save the keys of which all three die at once, and so at most two thirds of the
peers; --any lifts that. Three or more in a row by --any, --adjacent or --peer lose the
keys that only they held; it then says so.

A killed peer's connections close, as those of a process that crashes. With --silent
they stay open for a minute and nothing answers, as when a machine hangs or its cable
is pulled: the others have only timeouts to tell by.`,
		Example: "  peal testnet kill 20\n  peal testnet kill --adjacent 2\n  peal testnet kill --peer 3fa2 --peer 91c0",
		Args:    cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := completeKill(&kill, args); err != nil {
				return err
			}
			return c.act(cmd.Context(), "/v1/testnet/kill", kill, c.printKilled)
		},
	})
	cmd.Flags().BoolVar(&kill.Any, "any", false, "with N: take three in a row, too")
	cmd.Flags().IntVar(&kill.Adjacent, "adjacent", 0, "kill this many in a row, from a random place")
	cmd.Flags().BoolVar(&kill.Silent, "silent", false, "leave their connections open, with nothing that answers")
	cmd.Flags().StringSliceVar(&kill.Peers, "peer", nil, "kill this `PEER`: its ID, or the first digits of its position (repeatable)")
	return cmd
}

// completeKill adds the arguments to the flags, and checks that they name the
// peers in one way.
func completeKill(kill *web.KillRequest, args []string) error {
	if err := wants(0, "N")(nil, args); err != nil {
		return err
	}
	ways := 0
	for _, given := range []bool{len(args) > 0, kill.Adjacent != 0, len(kill.Peers) > 0} {
		if given {
			ways++
		}
	}
	switch {
	case ways != 1:
		return fail(codeUsage, "say which peers: either N, or --adjacent K, or --peer X")
	case kill.Adjacent < 0:
		return fail(codeUsage, "--adjacent %d: want 1 or more", kill.Adjacent)
	case kill.Any && len(args) == 0:
		return fail(codeUsage, "--any goes with N only")
	case len(args) == 0:
		return nil
	}
	var err error
	kill.Count, err = positive("N", args[0])
	return err
}

func positive(name, text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, fail(codeUsage, "%s is %q: want a number from 1 up", name, text)
	}
	return n, nil
}

// A change is what the API answers when peers or the network are changed.
type change struct {
	Killed    []chord.Contact   `json:"killed"`
	InARow    int               `json:"in_a_row"`
	Replicas  int               `json:"replicas"`
	Joined    []chord.Contact   `json:"joined"`
	Parts     [][]chord.Contact `json:"parts"`
	Paused    []chord.Contact   `json:"paused"`
	Resumed   []chord.Contact   `json:"resumed"`
	Restarted []chord.Contact   `json:"restarted"`
	Healed    network           `json:"healed"`
}

// act makes a change to the testnet and prints what it was.
func (c *cli) act(ctx context.Context, path string, body any, print func(change) error) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	api, err := c.client(slowPatience)
	if err != nil {
		return err
	}
	got, err := api.do(ctx, request{method: http.MethodPost, path: path, body: raw})
	if err != nil {
		return err
	}
	if c.json() {
		return c.passJSON(got.body)
	}
	var done change
	if err := api.decode(got, &done); err != nil {
		return err
	}
	return print(done)
}

func (c *cli) printKilled(done change) error {
	if err := c.printChanged("killed", done.Killed); err != nil || done.InARow == 0 || done.InARow < done.Replicas {
		return err
	}
	return c.printf("%d in a row: keys that only they held are lost\n", done.InARow)
}

// printChanged names peers, and says what was done to them.
func (c *cli) printChanged(done string, peers []chord.Contact) error {
	if len(peers) == 0 {
		return c.printf("%s no peer\n", done)
	}
	if err := c.printContacts(peers); err != nil {
		return err
	}
	return c.printf("\n%s %s\n", done, counted(len(peers), "peer"))
}

func (c *cli) printContacts(contacts []chord.Contact) error {
	peers := table{columns: []column{{title: "POSITION"}, {title: "PEER", shrink: true}}}
	for _, contact := range contacts {
		peers.add(contact.String(), contact.Peer.String())
	}
	return peers.print(c.out, c.width)
}
