package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"peal/chord"
	"peal/node"
)

// A receipt is what the API answers to a write.
type receipt struct {
	Version  string          `json:"version"`
	Replicas []chord.Contact `json:"replicas"`
	Owed     []node.Owed     `json:"owed"`
	Wanted   int             `json:"wanted"`
	N        int             `json:"n"`
	Hops     int             `json:"hops"`
	Millis   float64         `json:"ms"`
}

// write makes a request that changes a key, and prints the receipt. The key and the
// flags of the command complete the request.
func (c *cli) write(cmd *cobra.Command, done, key string, r request) (err error) {
	r.path += escapeKey(key)
	if r.query, err = options(cmd.Flags()); err != nil {
		return err
	}
	api, err := c.client(patience)
	if err != nil {
		return err
	}
	got, err := api.do(cmd.Context(), r)
	if err != nil {
		return err
	}
	if c.json() {
		return c.passJSON(got.body)
	}
	var told receipt
	if err := api.decode(got, &told); err != nil {
		return err
	}
	return c.printf("%s %s on %s; %sversion %s, %s, %.1f ms\n", done, show(key),
		told.where(), lifetime(cmd), told.Version, counted(told.Hops, "hop"), told.Millis)
}

// lifetime says how long a key lives, where the command is about that.
func lifetime(cmd *cobra.Command) string {
	ttl := cmd.Flag("ttl")
	switch {
	case ttl != nil && ttl.Changed:
		return fmt.Sprintf("expires in %v, ", ttl.Value)
	case cmd.Name() == "touch":
		return "never expires, "
	}
	return ""
}

// where tells which replicas have the write and which do not. That one is owed it is
// no sign of trouble: the answer does not wait for the last.
func (r receipt) where() string {
	has, all := len(r.Replicas), max(r.Wanted, r.N)
	text := fmt.Sprintf("all %d replicas", has)
	switch {
	case has < all:
		text = fmt.Sprintf("%d of %s", has, counted(all, "replica"))
	case has == 1:
		text = "the only replica"
	}
	if len(r.Owed) > 0 {
		text += ", owed to " + debts(r.Owed)
	}
	if r.Wanted < all {
		text += ": the ring has " + counted(r.Wanted, "peer")
	}
	return text
}

func debts(owed []node.Owed) string {
	names := make([]string, len(owed))
	for i, debt := range owed {
		names[i] = debt.String()
		if debt.Holder != nil {
			names[i] += fmt.Sprintf(" (held by %v)", debt.Holder)
		}
	}
	return strings.Join(names, " and ")
}
