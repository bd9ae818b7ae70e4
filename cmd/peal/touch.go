package main

import (
	"net/http"

	"github.com/spf13/cobra"
)

func (c *cli) touchVerb() *cobra.Command {
	cmd := c.isClient(&cobra.Command{
		Use:   "touch KEY",
		Short: "Give a key another time to live",
		Long: `Give a key another time to live, counted from now, and leave its value. Without
--ttl the key never expires any more.

The version stays, too, so that --if-version holds afterwards as before. A key
that does not exist, or has expired, ends with exit code 3.`,
		Example: "  peal touch session --ttl 30m\n  peal touch keep-me",
		Args:    wants(1, "KEY"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkKey(args[0]); err != nil {
				return err
			}
			return c.write(cmd, "touched", args[0], request{method: http.MethodPost, path: "/v1/touch/"})
		},
	})
	writeFlags(cmd.Flags())
	ttlFlag(cmd.Flags())
	return cmd
}
