package main

import (
	"context"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"peal/chord"
)

func (c *cli) leaveVerb() *cobra.Command {
	return c.isClient(&cobra.Command{
		Use:   "leave",
		Short: "Make the peer leave the ring in good order and end",
		Long: `Make the peer hand its keys to those that follow it, say goodbye, and end. Of a
testnet the peer that --via names leaves and the others go on; without --via the whole
testnet ends.`,
		Args: wants(0),
		RunE: func(cmd *cobra.Command, _ []string) error { return c.leave(cmd.Context()) },
	})
}

func (c *cli) leave(ctx context.Context) error {
	api, err := c.client(time.Minute)
	if err != nil {
		return err
	}
	got, err := api.do(ctx, request{method: http.MethodPost, path: "/v1/leave"})
	if err != nil {
		return err
	}
	if c.json() {
		return c.passJSON(got.body)
	}
	var answer struct {
		Left []chord.Contact `json:"left"`
		Lab  bool            `json:"lab"`
	}
	if err := api.decode(got, &answer); err != nil {
		return err
	}
	if answer.Lab && c.via == "" {
		return c.printf("the testnet of %s has ended\n", counted(len(answer.Left), "peer"))
	}
	for _, peer := range answer.Left {
		if err := c.printf("%v (%v) left the ring\n", peer, peer.Peer); err != nil {
			return err
		}
	}
	return nil
}
