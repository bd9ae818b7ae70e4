package main

import (
	"context"

	"github.com/spf13/cobra"
)

func (c *cli) ringCheckVerb() *cobra.Command {
	return c.isClient(&cobra.Command{
		Use:   "check",
		Short: "Check that the peers form one well-formed ring",
		Long: `Check that the peers form one well-formed ring: each peer's successor is the next
one by position, and its predecessor the one before. If not, say why and end with
exit code 9.`,
		Args: wants(0),
		RunE: func(cmd *cobra.Command, _ []string) error { return c.ringCheck(cmd.Context()) },
	})
}

func (c *cli) ringCheck(ctx context.Context) error {
	api, err := c.client(patience)
	if err != nil {
		return err
	}
	ring, _, err := api.ring(ctx)
	if err != nil {
		return err
	}
	if !ring.WellFormed {
		return fail(codeCheck, "%s", summary(ring))
	}
	return c.printVerdict(ring)
}
