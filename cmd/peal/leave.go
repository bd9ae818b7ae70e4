package main

import (
	"net/http"
	"time"

	"github.com/spf13/cobra"
)

func (c *cli) leaveVerb() *cobra.Command {
	return c.isClient(&cobra.Command{
		Use:   "leave",
		Short: "Make the peer leave the ring in good order and end",
		Long: `Make the peer hand its keys to those that follow it, say goodbye, and end. Of a
testnet all peers leave, and it ends.`,
		Args: wants(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			api, err := c.client(time.Minute)
			if err != nil {
				return err
			}
			got, err := api.do(cmd.Context(), request{method: http.MethodPost, path: "/v1/leave"})
			if err != nil {
				return err
			}
			if c.json() {
				return c.passJSON(got.body)
			}
			return c.printf("left the ring\n")
		},
	})
}
