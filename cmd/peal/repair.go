package main

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/spf13/cobra"

	"peal/chord"
	"peal/node"
)

func (c *cli) repairVerb() *cobra.Command {
	var rate byteSize
	var pause, resume bool
	cmd := c.isClient(&cobra.Command{
		Use:   "repair",
		Short: "See how a peer reconciles its records, bound it or pause it",
		Long: `See how far a peer is with having the records that it should have, and nothing else:
what it moves, with whom, and what it waits for. A flag changes how it goes on, until
the peer is restarted; 'peal start --repair-rate' sets the rate from the start. In a
testnet it is one peer at random, which is named, unless --via says which.

While repair is paused, a peer that joins has not what it should have, its answers do
not count, and keys whose replicas died get no new ones: resume it soon.`,
		Example: "  peal repair\n  peal repair --rate 5M\n  peal repair --pause",
		Args:    wants(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if pause && resume {
				return fail(codeUsage, "--pause and --resume: give one of them")
			}
			var want node.RepairLimit
			if cmd.Flag("rate").Changed {
				want.Rate = (*int64)(&rate)
			}
			if pause || resume {
				want.Paused = &pause
			}
			return c.repair(cmd.Context(), want)
		},
	})
	cmd.Flags().Var(&rate, "rate", "`BYTES` of values a second to move at most, such as 500k or 10M; 0 for no bound")
	cmd.Flags().BoolVar(&pause, "pause", false, "move nothing until --resume")
	cmd.Flags().BoolVar(&resume, "resume", false, "go on")
	return cmd
}

func (c *cli) repair(ctx context.Context, want node.RepairLimit) error {
	api, err := c.client(patience)
	if err != nil {
		return err
	}
	body, err := json.Marshal(want)
	if err != nil {
		return err
	}
	got, err := api.do(ctx, request{method: http.MethodPost, path: "/v1/repair", body: body})
	if err != nil {
		return err
	}
	if c.json() {
		return c.passJSON(got.body)
	}
	var told struct {
		chord.Contact
		node.Repair
	}
	if err := api.decode(got, &told); err != nil {
		return err
	}
	facts := [][2]string{{"peer", told.Peer.String()}, {"position", told.ID.String()}}
	return printFacts(c.out, c.width, append(facts, repairFacts(told.Repair)...))
}

// repairFacts tell a person what repair is doing.
func repairFacts(r node.Repair) [][2]string {
	state := "complete"
	if !r.Complete {
		state = "catching up: its answers do not count for all of its keys yet"
	}
	facts := [][2]string{{"records", state}}
	add := func(name, text string) { facts = append(facts, [2]string{name, text}) }
	if r.Strays > 0 {
		add("to hand over", counted(r.Strays, "record"))
	}
	if r.Damaged > 0 {
		add("damaged", counted(r.Damaged, "record"))
	}
	if r.Paused {
		add("paused", "until 'peal repair --resume'")
	}
	if r.Rate > 0 {
		add("rate", "at most "+sizeText(r.Rate)+" a second")
	}
	if r.Reason != "" {
		add("last round", r.Reason)
	}
	if t := r.Transfer; t != nil {
		add("transfer", "with "+t.With.String()+", arc "+t.From.String()+" to "+t.To.String())
		add("moved", counted(t.Moved, "record")+", "+sizeText(t.Bytes)+"; "+counted(t.Left, "more record")+" known to differ")
		if t.Waiting != "" {
			add("waiting", t.Waiting)
		}
	}
	return facts
}
