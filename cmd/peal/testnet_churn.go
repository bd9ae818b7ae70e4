package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"peal/chord"
	"peal/node"
	"peal/testnet/churn"
	"peal/web"
)

// A churnConfig holds the flags of testnet churn.
type churnConfig struct {
	churn.Config
	silent bool
}

func (c *cli) testnetChurnVerb() *cobra.Command {
	var t churnConfig
	cmd := c.ofRing(&cobra.Command{
		Use:   "churn",
		Short: "Let peers of the running testnet come and go, and judge its lookups",
		Long: `Start and kill peers of the running testnet at given rates, ask all the while for
the owners of keys, each at a random peer, and count the right answers. An answer is
right if it was true at some moment between question and answer: the owner named was
a live member, and no other one stood between it and the key. A peer that says it
does not know is no mistake; the question is asked again, for 30 s at most.

Afterwards the ring has 15 s to become well-formed again. If it does not, or if any
answer was wrong or never came, end with exit code 9. Nobody else should start or
kill peers meanwhile.`,
		Example: "  peal testnet churn --joins 1 --kills 1 --for 2m\n  peal testnet churn --silent --for 30s",
		Args:    wants(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := checkBounds(cmd.Flags(), churnBounds); err != nil {
				return err
			}
			if t.For <= 0 {
				return fail(codeUsage, "--for %v: want more than 0s", t.For)
			}
			return c.churn(cmd.Context(), t)
		},
	})
	flags := cmd.Flags()
	flags.Float64Var(&t.Joins, "joins", 1, "how many peers join a second")
	flags.Float64Var(&t.Kills, "kills", 1, "how many peers are killed a second")
	flags.Float64Var(&t.Lookups, "lookups", 85, "how many owners are asked for a second")
	flags.DurationVar(&t.For, "for", 2*time.Minute, "how long it goes on")
	flags.BoolVar(&t.silent, "silent", false, "leave the connections of killed peers open, with nothing that answers")
	return cmd
}

// churnBounds are those of package churn.
var churnBounds = []bound{between("joins", 0, 1000), between("kills", 0, 1000), between("lookups", 0, 100_000)}

func (c *cli) churn(ctx context.Context, t churnConfig) error {
	lookups, err := c.client(patience)
	if err != nil {
		return err
	}
	changes, err := c.client(slowPatience)
	if err != nil {
		return err
	}
	if err := lookups.ping(ctx); err != nil {
		return err
	}
	bar := c.progress("churning", "lookup", int(t.Lookups*t.For.Seconds()))
	told := 0
	t.Progress = func(r churn.Report) {
		for ; told < len(r.Wrong); told++ {
			bar.note("wrong: %s", wrongText(r.Wrong[told]))
		}
		bar.set(r.Lookups, 0)
	}
	report, err := churn.Run(ctx, churned{lookups, changes, t.silent}, t.Config)
	bar.end()
	switch {
	case report.Interrupted && errors.Is(err, ctx.Err()):
		if err := c.showChurn(report); err != nil {
			return err
		}
		return fail(codeInterrupted, "interrupted: this is what there was until then")
	case ctx.Err() != nil:
		return fail(codeInterrupted, "interrupted")
	case errors.Is(err, churn.ErrUsage):
		return fail(codeUsage, "%v", err)
	case errors.Is(err, churn.ErrIllFormed):
		return fail(codeCheck, "%v: 'peal ring wait' waits until it is", err)
	case err != nil:
		return err
	}
	return c.printChurn(report)
}

// wrongText says in a line what is wrong with an answer.
func wrongText(w churn.Wrong) string {
	return fmt.Sprintf("after %.1f s %v was named as the owner of %q at %v, not %v: %s", w.At, w.Named, w.Key, w.ID, w.Owner, w.Why)
}

// maxWrong bounds the wrong answers that are shown in a table.
const maxWrong = 20

func (c *cli) printChurn(r churn.Report) error {
	if err := c.showChurn(r); err != nil {
		return err
	}
	switch {
	case !r.WellFormed:
		return fail(codeCheck, "the ring is not well-formed %.0f s after the churn: %s", r.Healed, r.Problem)
	case !r.Passed():
		return fail(codeCheck, "%s wrong, %s unanswered, of %d", counted(len(r.Wrong), "lookup"), counted(r.Unanswered, "lookup"), r.Lookups)
	}
	return nil
}

func (c *cli) showChurn(r churn.Report) error {
	if c.json() {
		return c.printJSON(r)
	}
	return c.printChurnText(r)
}

func (c *cli) printChurnText(r churn.Report) error {
	ring, peers := "not well-formed", fmt.Sprintf("%d before, %d after", r.Before, r.After)
	switch {
	case r.Interrupted:
		ring, peers = "not looked at in the end", fmt.Sprintf("%d before", r.Before)
	case r.WellFormed:
		ring = fmt.Sprintf("well-formed %.1f s after the churn", r.Healed)
	}
	facts := [][2]string{
		{"churn", fmt.Sprintf("%s and %s in %.0f s", counted(r.Joins, "join"), counted(r.Kills, "kill"), r.Seconds)},
		{"peers", peers},
		{"lookups", fmt.Sprintf("%d: %d right (%.2f %%), %d wrong, %d unanswered", r.Lookups, r.Right, 100*r.Share(), len(r.Wrong), r.Unanswered)},
		{"unsure", fmt.Sprintf("%d were asked again before they were answered", r.Unsure)},
		{"took", fmt.Sprintf("median %.1f ms, 99 %% within %.1f ms, longest %.1f ms", r.Took.Median, r.Took.P99, r.Took.Longest)},
		{"ring", ring},
	}
	if len(r.Refused) > 0 {
		facts = append(facts, [2]string{"refused", fmt.Sprintf("%s, the last: %s", counted(len(r.Refused), "change"), r.Refused[len(r.Refused)-1])})
	}
	if err := printFacts(c.out, c.width, facts); err != nil || len(r.Wrong) == 0 {
		return err
	}
	wrong := table{columns: []column{{title: "SECOND", right: true}, {title: "KEY AT"}, {title: "NAMED"}, {title: "OWNER"}, {title: "WHY", shrink: true}}}
	for _, w := range r.Wrong[:min(len(r.Wrong), maxWrong)] {
		wrong.add(strconv.FormatFloat(w.At, 'f', 1, 64), w.ID.String(), w.Named.String(), w.Owner.String(), w.Why)
	}
	if err := c.printf("\n"); err != nil {
		return err
	}
	return wrong.print(c.out, c.width)
}

// A churned is a running testnet, seen through its API.
type churned struct {
	lookups, changes *client
	silent           bool
}

var _ churn.Ring = churned{}

func (r churned) Peers(ctx context.Context) (node.Ring, error) {
	ring, _, err := r.lookups.ring(ctx)
	return ring, err
}

func (r churned) Join(ctx context.Context) (chord.Contact, error) {
	return r.change(ctx, "/v1/testnet/join", map[string]int{"count": 1})
}

func (r churned) Kill(ctx context.Context) (chord.Contact, error) {
	return r.change(ctx, "/v1/testnet/kill", web.KillRequest{Count: 1, Silent: r.silent})
}

func (r churned) Lookup(ctx context.Context, key []byte) (node.Route, error) {
	var route node.Route
	got, err := r.lookups.do(ctx, request{method: http.MethodGet, path: "/v1/lookup/" + escapeKey(string(key))})
	if err == nil {
		err = r.lookups.decode(got, &route)
	}
	return route, err
}

// change makes a change to one peer and says which it was.
func (r churned) change(ctx context.Context, path string, body any) (chord.Contact, error) {
	raw, err := json.Marshal(body)
	if err != nil {
		return chord.Contact{}, err
	}
	got, err := r.changes.do(ctx, request{method: http.MethodPost, path: path, body: raw})
	if err != nil {
		return chord.Contact{}, err
	}
	var done change
	if err := r.changes.decode(got, &done); err != nil {
		return chord.Contact{}, err
	}
	peers := append(done.Killed, done.Joined...)
	if len(peers) != 1 {
		return chord.Contact{}, fail(codeError, "%s changed %s, not 1", path, counted(len(peers), "peer"))
	}
	return peers[0], nil
}
