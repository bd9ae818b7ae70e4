package main

import (
	"context"
	"net/http"

	"github.com/spf13/cobra"

	"peal/node"
	"peal/node/replica"
)

func (c *cli) getVerb() *cobra.Command {
	cmd := c.isClient(&cobra.Command{
		Use:   "get KEY",
		Short: "Read the value of a key",
		Long: `Read the value of a key: its bytes go to standard output, and nothing besides.

A value over 1 MiB comes as it is read from the ring. If it breaks off, the exit
code is not 0, and what was written is only its beginning. It is too large for
-o json.

A key that does not exist ends with exit code 3, an empty value with 0. With
-o json the value is base64 and comes with its version, when it expires, and how
many replicas agreed.

Two replicas are asked, if the ring has the usual numbers (see peal status), or
as many as --r says, and the newest value wins. That is enough to see what a put
without --w has stored; with --r one, an old value may come, or none.`,
		Args: wants(1, "KEY"),
		RunE: func(cmd *cobra.Command, args []string) error { return c.get(cmd, args[0]) },
	})
	cmd.Flags().TextVar(new(node.Quorum), "r", node.Quorum(0), "ask `COUNT` replicas: one, quorum (more than half), all or a number (default: the ring's)")
	return cmd
}

func (c *cli) get(cmd *cobra.Command, key string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	query, err := options(cmd.Flags())
	if err != nil {
		return err
	}
	api, err := c.client(patience)
	if err != nil {
		return err
	}
	want := request{method: http.MethodGet, path: "/v1/kv/" + escapeKey(key), query: query}
	if c.json() {
		want.accept = "application/json"
	}
	if c.json() {
		got, err := api.do(cmd.Context(), want)
		if err != nil {
			return err
		}
		return c.passJSON(got.body)
	}
	return c.stream(cmd.Context(), api, want)
}

// stream writes a value as it comes.
func (c *cli) stream(ctx context.Context, api *client, want request) error {
	call, err := api.call(ctx, want)
	if err != nil {
		return err
	}
	defer call.close()
	size := call.resp.ContentLength
	call.watch.follower = c.moving("reading", size > replica.MaxValueLen && !c.outTerminal, size)
	_, err = call.copyTo(c.out)
	return err
}
