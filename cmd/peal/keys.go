package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/spf13/cobra"
)

// pageSize is how many keys are asked for at once, the most that the API gives.
const pageSize = 1000

func (c *cli) keysVerb() *cobra.Command {
	var prefix string
	var limit int
	cmd := c.isClient(&cobra.Command{
		Use:     "keys",
		Aliases: []string{"ls"},
		Short:   "List keys, by prefix",
		Long: `List the keys that begin with a prefix, one a line; one that is no plain text is
shown in quotes.

What it costs: a key's place on the ring follows from its hash, so keys with a common
prefix lie everywhere. Every peer is asked for its arc, one after the other, and reads
through all its keys. That is fine for hundreds of peers and now and then, and nothing
to do for every request. Keys come in the order of their positions, and what changes
meanwhile may or may not show.`,
		Args: wants(0),
		RunE: func(cmd *cobra.Command, _ []string) error { return c.keys(cmd.Context(), prefix, limit) },
	})
	cmd.Flags().StringVar(&prefix, "prefix", "", "list the keys that begin with this")
	cmd.Flags().IntVar(&limit, "limit", 0, "list this many at most (0: all)")
	return cmd
}

// A listed key is one entry of a listing.
type listed struct {
	Key     string `json:"key,omitempty"`
	Base64  []byte `json:"key_base64,omitempty"` // where the key is no UTF-8
	Version string `json:"version"`
	Size    int64  `json:"size"`
}

// raw is the key itself.
func (l listed) raw() string {
	if len(l.Base64) > 0 {
		return string(l.Base64)
	}
	return l.Key
}

// A page is the answer to a listing.
type page struct {
	Keys []listed `json:"keys"`
	Next string   `json:"next"`
}

// keys asks for one page of a listing.
func (c *client) keys(ctx context.Context, prefix, after string, limit int) (page, error) {
	query := url.Values{"prefix": {prefix}, "after": {after}, "limit": {strconv.Itoa(limit)}}
	got, err := c.do(ctx, request{method: http.MethodGet, path: "/v1/kv", query: query})
	if err != nil {
		return page{}, err
	}
	var p page
	err = c.decode(got, &p)
	return p, err
}

// walk fetches page after page, until the end or the limit (0 for none), and
// reports whether there are more keys than it visited.
func walk(limit int, fetch func(after string, limit int) (page, error), visit func([]listed) error) (bool, error) {
	after := ""
	for visited := 0; ; {
		ask := pageSize
		if limit > 0 {
			ask = min(limit-visited, pageSize)
		}
		p, err := fetch(after, ask)
		if err != nil {
			return false, err
		}
		if err := visit(p.Keys); err != nil {
			return false, err
		}
		visited += len(p.Keys)
		after = p.Next
		if after == "" || limit > 0 && visited >= limit {
			return after != "", nil
		}
	}
}

func (c *cli) keys(ctx context.Context, prefix string, limit int) error {
	if limit < 0 {
		return fail(codeUsage, "--limit %d: want 0 or more", limit)
	}
	api, err := c.client(slowPatience)
	if err != nil {
		return err
	}
	fetch := func(after string, limit int) (page, error) { return api.keys(ctx, prefix, after, limit) }
	all := []listed{}
	visit := c.printKeys
	if c.json() {
		visit = func(keys []listed) error { all = append(all, keys...); return nil }
	}
	more, err := walk(limit, fetch, visit)
	if err != nil {
		return err
	}
	if more {
		fmt.Fprintf(c.err, "there are more keys than %d: raise --limit\n", limit)
	}
	if c.json() {
		return c.printJSON(all)
	}
	return nil
}

func (c *cli) printKeys(keys []listed) error {
	for _, key := range keys {
		if err := c.printf("%s\n", show(key.raw())); err != nil {
			return err
		}
	}
	return nil
}
