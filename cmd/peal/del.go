package main

import (
	"net/http"

	"github.com/spf13/cobra"
)

func (c *cli) delVerb() *cobra.Command {
	cmd := c.isClient(&cobra.Command{
		Use:   "del KEY",
		Short: "Delete a key",
		Long: `Delete a key on its replicas. To delete a key that does not exist is no error:
it says that the key shall be gone, and afterwards it is.

With --if-version a key that has another version stays, and one that does not
exist is an error: both end with exit code 7.`,
		Args: wants(1, "KEY"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkKey(args[0]); err != nil {
				return err
			}
			return c.write(cmd, "deleted", args[0], request{method: http.MethodDelete, path: "/v1/kv/"})
		},
	})
	writeFlags(cmd.Flags())
	return cmd
}
