package main

import (
	"context"

	"github.com/spf13/cobra"

	"peal/node"
)

func (c *cli) ringCheckVerb() *cobra.Command {
	return c.ofRing(&cobra.Command{
		Use:   "check",
		Short: "Check that the peers form one well-formed ring",
		Long: `Check that the peers form one well-formed ring, and if not, list what is wrong and
where, and end with exit code 9:

  split        there are several rings; a line for each, with its size
  astray       nobody in the peer's successor list answers: it leads to no ring
  silent       the peer does not answer, and others still list it
  successor    its successor is not the next peer by position
  predecessor  its predecessor is not the peer before it
  order        its successor list is out of order, or names a peer twice

A few of them for some seconds are normal while peers come and go. '-o json' has all
problems, with the full IDs of all peers involved.`,
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
	if ring.WellFormed {
		return c.printVerdict(ring)
	}
	return c.printProblems(ring)
}

// maxProblems bounds the problems that are shown in a table.
const maxProblems = 20

// printProblems says what is wrong with a ring; it ends in a failure.
func (c *cli) printProblems(ring node.Ring) error {
	count := len(ring.Problems)
	if c.json() {
		if err := c.printVerdict(ring); err != nil {
			return err
		}
	}
	if c.json() || count == 0 {
		return fail(codeCheck, "%s", summary(ring))
	}
	problems := table{columns: []column{{title: "PROBLEM"}, {title: "PEER"}, {title: "WHAT IS WRONG", shrink: true}}}
	for _, p := range ring.Problems[:min(count, maxProblems)] {
		problems.add(string(p.Kind), p.Peer.String(), p.Text)
	}
	if err := problems.print(c.out, c.width); err != nil {
		return err
	}
	if more := count - maxProblems; more > 0 {
		if err := c.printf("and %d more: '-o json' lists all\n", more); err != nil {
			return err
		}
	}
	for _, note := range notes(ring) {
		if err := c.printf("%s\n", note); err != nil {
			return err
		}
	}
	return fail(codeCheck, "ring %s: %s, not well-formed: %s", show(ring.Name), counted(len(ring.Peers), "peer"), counted(count, "problem"))
}
