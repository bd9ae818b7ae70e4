package main

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"github.com/spf13/cobra"

	"peal/chord"
	"peal/node"
)

func (c *cli) ringVerb() *cobra.Command {
	ring := c.ofRing(&cobra.Command{
		Use:   "ring",
		Short: "Show the ring as the peer can walk it, check it, wait for it",
		Long: `Show the peers of the ring in the order of their positions, as a walk along the
successors finds them: how many keys each owns, how many records it holds for itself
and as a replica, and its state: joining, refusing (its store did not take the last
write), mending (some of its records are not on all their replicas yet), or settled.`,
		Args: noSuchVerb,
		RunE: func(cmd *cobra.Command, _ []string) error { return c.ring(cmd.Context()) },

		SuggestionsMinimumDistance: 2,
	})
	ring.AddCommand(c.ringCheckVerb(), c.ringWaitVerb())
	return ring
}

func (c *cli) ring(ctx context.Context) error {
	api, err := c.client(patience)
	if err != nil {
		return err
	}
	ring, got, err := api.ring(ctx)
	switch {
	case err != nil:
		return err
	case c.json():
		return c.passJSON(got.body)
	}
	peers := table{columns: []column{{title: "POSITION"}, {title: "PEER", shrink: true},
		{title: "KEYS", right: true}, {title: "RECORDS", right: true}, {title: "STATE"}}}
	for _, p := range ring.Peers {
		peers.add(p.Contact.String(), p.Peer.String(), strconv.Itoa(p.Keys), strconv.Itoa(p.Records), stateOf(p))
	}
	if err := peers.print(c.out, c.width); err != nil {
		return err
	}
	return c.printf("\n%s\n", describe(ring))
}

// ring asks for the ring; the answer is what it was decoded from.
func (c *client) ring(ctx context.Context) (node.Ring, answer, error) {
	var ring node.Ring
	got, err := c.do(ctx, request{method: http.MethodGet, path: "/v1/ring"})
	if err == nil {
		err = c.decode(got, &ring)
	}
	return ring, got, err
}

func stateOf(p node.Info) string {
	switch {
	case p.Paused:
		return "paused"
	case !p.Member:
		return "joining"
	case p.Refused != "":
		return "refusing"
	case !p.Replicated:
		return "mending"
	}
	return "settled"
}

// summary says in one line how the ring is.
func summary(ring node.Ring) string {
	form := "well-formed"
	if !ring.WellFormed {
		form = "not well-formed: " + ring.Problem
	}
	copies := "every key is on all its replicas"
	switch {
	case !ring.Replicated:
		copies = "not every key is on all its replicas yet"
	case len(ring.Peers) < replicasOf(ring):
		copies = "every key is on every peer"
	}
	return fmt.Sprintf("ring %s: %s, %s; %s", show(ring.Name), counted(len(ring.Peers), "peer"), form, copies)
}

// A verdict is the JSON of ring check and ring wait.
type verdict struct {
	Ring       string         `json:"ring"`
	Peers      int            `json:"peers"`
	WellFormed bool           `json:"well_formed"`
	Problem    string         `json:"problem,omitempty"`
	Problems   []node.Problem `json:"problems,omitempty"`
	Replicated bool           `json:"replicated"`
	Replicas   int            `json:"replicas,omitempty"` // of a key, where the ring has enough peers
	Absent     int            `json:"absent,omitempty"`   // peers that one of them knew before it was started, and none of which answers
	Refusing   []refusing     `json:"refusing,omitempty"`
}

// A refusing peer's store did not take the last write.
type refusing struct {
	chord.Contact
	Reason string `json:"reason"`
}

func (c *cli) printVerdict(ring node.Ring) error {
	if c.json() {
		return c.printJSON(verdict{ring.Name, len(ring.Peers), ring.WellFormed, ring.Problem, ring.Problems, ring.Replicated, replicasOf(ring), mostAbsent(ring).Absent, whoRefuse(ring)})
	}
	return c.printf("%s\n", describe(ring))
}
