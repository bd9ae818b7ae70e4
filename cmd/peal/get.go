package main

import (
	"context"
	"net/http"

	"github.com/spf13/cobra"
)

func (c *cli) getVerb() *cobra.Command {
	return c.isClient(&cobra.Command{
		Use:   "get KEY",
		Short: "Read the value of a key",
		Long: `Read the value of a key: its bytes go to standard output, and nothing besides.

A key that does not exist ends with exit code 3, an empty value with 0. With -o json
the value is base64 and comes with its version and how many replicas agreed.`,
		Args: wants(1, "KEY"),
		RunE: func(cmd *cobra.Command, args []string) error { return c.get(cmd.Context(), args[0]) },
	})
}

func (c *cli) get(ctx context.Context, key string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	api, err := c.client(patience)
	if err != nil {
		return err
	}
	want := request{method: http.MethodGet, path: "/v1/kv/" + escapeKey(key)}
	if c.json() {
		want.accept = "application/json"
	}
	got, err := api.do(ctx, want)
	if err != nil {
		return err
	}
	if c.json() {
		return c.passJSON(got.body)
	}
	_, err = c.out.Write(got.body)
	return err
}
