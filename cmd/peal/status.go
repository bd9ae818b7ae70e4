package main

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"github.com/spf13/cobra"

	"peal/node"
)

func (c *cli) statusVerb() *cobra.Command {
	return c.isClient(&cobra.Command{
		Use:   "status",
		Short: "Show a peer: its position, addresses, neighbours and keys",
		Long: `Show what a peer knows of itself. Its addresses are what other peers can --join by.
Of a testnet it shows one of the peers; --via names which. It then shows the cut and the
impairment, too, if there are any.`,
		Args: wants(0),
		RunE: func(cmd *cobra.Command, _ []string) error { return c.status(cmd.Context()) },
	})
}

// A status is the answer to /v1/peer.
type status struct {
	node.Info
	Lab   bool `json:"lab"`
	Peers int  `json:"peers"` // of the testnet

	Network network `json:"network"` // of the testnet
}

func (c *cli) status(ctx context.Context) error {
	api, err := c.client(patience)
	if err != nil {
		return err
	}
	got, err := api.do(ctx, request{method: http.MethodGet, path: "/v1/peer"})
	if err != nil {
		return err
	}
	if c.json() {
		return c.passJSON(got.body)
	}
	var s status
	if err := api.decode(got, &s); err != nil {
		return err
	}
	return printFacts(c.out, c.width, s.facts())
}

func (s status) facts() [][2]string {
	facts := [][2]string{
		{"peer", s.Peer.String()},
		{"position", s.ID.String()},
		{"ring", show(s.Ring)},
		{"state", stateOf(s.Info)},
		{"version", s.Version},
		{"started", s.Started.Local().Format("2006-01-02 15:04:05")},
	}
	facts = append(facts, s.neighbours()...)
	if s.Absent > 0 {
		facts = append(facts, [2]string{"", absence(s.Absent)})
	}
	facts = append(facts, [][2]string{
		{"known peers", strconv.Itoa(s.Known)},
		{"keys", strconv.Itoa(s.Keys)},
		{"records", fmt.Sprintf("%d, with values of %s", s.Records, sizeText(s.Bytes))},
		{"store", storeText(s.Refused)},
		{"sent", trafficText(s.Sent)},
		{"replicas of a key", fmt.Sprintf("%d; a write needs %d, a read %d", s.Quorums.N, s.Quorums.W, s.Quorums.R)},
	}...)
	if peers := 1 + len(s.Successors); s.Member && peers < s.Quorums.N {
		facts = append(facts, [2]string{"", fewer(peers, s.Quorums.N)})
	}
	for _, fact := range repairFacts(s.Repair) {
		facts = append(facts, [2]string{"repair: " + fact[0], fact[1]})
	}
	if s.Lab {
		facts = append(facts, [2]string{"testnet", counted(s.Peers, "live peer")})
		for _, what := range s.Network.faults() {
			facts = append(facts, [2]string{"", what})
		}
	}
	title := "addresses"
	for _, addr := range s.Addresses {
		facts = append(facts, [2]string{title, addr})
		title = ""
	}
	return facts
}

// storeText says whether the store takes writes.
func storeText(refused string) string {
	if refused == "" {
		return "takes writes"
	}
	return "did not take the last write: " + show(refused)
}

// neighbours are the peers that it relies on.
func (s status) neighbours() [][2]string {
	if s.Member && s.Predecessor.IsZero() && len(s.Successors) == 0 {
		return [][2]string{{"neighbours", "none: it is alone in its ring"}}
	}
	return [][2]string{
		{"predecessor", s.Predecessor.String()},
		{"successors", positions(s.Successors)},
		{"fingers", positions(s.Fingers)},
	}
}

func trafficText(t node.Traffic) string {
	size := func(bytes uint64) string { return sizeText(int64(bytes)) }
	return fmt.Sprintf("ring %s, lookups %s, requests %s, repair %s", size(t.Ring), size(t.Lookups), size(t.Requests), size(t.Repair))
}
