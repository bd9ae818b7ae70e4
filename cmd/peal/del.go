package main

import (
	"net/http"

	"github.com/spf13/cobra"
)

func (c *cli) delVerb() *cobra.Command {
	return c.isClient(&cobra.Command{
		Use:   "del KEY",
		Short: "Delete a key",
		Long: `Delete a key on its replicas. To delete a key that does not exist is no error:
it says that the key shall be gone, and afterwards it is.`,
		Args: wants(1, "KEY"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkKey(args[0]); err != nil {
				return err
			}
			return c.write(cmd.Context(), http.MethodDelete, args[0], nil)
		},
	})
}
