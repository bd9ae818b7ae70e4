package main

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"peal/chord"
	"peal/node"
)

func (c *cli) lookupVerb() *cobra.Command {
	return c.isClient(&cobra.Command{
		Use:   "lookup KEY",
		Short: "Find the peers responsible for a key, hop by hop",
		Long: `Find the owner of a key's position and its replicas, and show each hop on the way
with the time it took. The key need not exist. The owner has confirmed that it is the
one: while peers come and go the lookup starts over until one does, and if none does
within 10 s it ends with exit code 5.`,
		Args: wants(1, "KEY"),
		RunE: func(cmd *cobra.Command, args []string) error { return c.lookup(cmd.Context(), args[0]) },
	})
}

func (c *cli) lookup(ctx context.Context, key string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	api, err := c.client(patience)
	if err != nil {
		return err
	}
	got, err := api.do(ctx, request{method: http.MethodGet, path: "/v1/lookup/" + escapeKey(key)})
	if err != nil {
		return err
	}
	if c.json() {
		return c.passJSON(got.body)
	}
	var route node.Route
	if err := api.decode(got, &route); err != nil {
		return err
	}
	return c.printRoute(key, route)
}

func (c *cli) printRoute(key string, route node.Route) error {
	facts := [][2]string{
		{"key", show(key)},
		{"position", route.ID.String()},
		{"owner", route.Owner.String()},
		{"replicas", positions(route.Replicas)},
		{"path", fmt.Sprintf("%s, %.1f ms", counted(len(route.Hops), "hop"), route.Millis)},
	}
	if err := printFacts(c.out, c.width, facts); err != nil || len(route.Hops) == 0 {
		return err
	}
	hops := table{columns: []column{{title: "HOP", right: true}, {title: "POSITION"}, {title: "PEER", shrink: true}, {title: "MS", right: true}, {title: "NOTE"}}}
	for i, hop := range route.Hops {
		note := ""
		switch {
		case hop.Failed:
			note = "no answer"
		case hop.Contact == route.Owner:
			note = "is the owner"
		}
		hops.add(strconv.Itoa(i+1), hop.Contact.String(), hop.Peer.String(), fmt.Sprintf("%.1f", hop.Millis), note)
	}
	if err := c.printf("\n"); err != nil {
		return err
	}
	return hops.print(c.out, c.width)
}

// positions lists contacts by the short form of their positions.
func positions(contacts []chord.Contact) string {
	if len(contacts) == 0 {
		return "-"
	}
	names := make([]string, len(contacts))
	for i, contact := range contacts {
		names[i] = contact.String()
	}
	return strings.Join(names, " ")
}
