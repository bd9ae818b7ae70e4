package main

import (
	"fmt"
	"strings"

	"peal/node"
)

// describe is the summary of a ring and the notes on it.
func describe(ring node.Ring) string {
	return strings.Join(append([]string{summary(ring)}, notes(ring)...), "\n")
}

// notes are what whoever keeps keys on a ring should know of it besides its form, a line
// each.
func notes(ring node.Ring) (lines []string) {
	if peers, n := len(ring.Peers), replicasOf(ring); peers < n {
		lines = append(lines, fewer(peers, n))
	}
	return lines
}

// replicasOf is how many replicas a key has in a ring of enough peers, 0 if nobody says so.
func replicasOf(ring node.Ring) (n int) {
	for _, p := range ring.Peers {
		n = max(n, p.Quorums.N)
	}
	return n
}

// fewer says what it means that a ring has fewer peers than a key has replicas.
func fewer(peers, n int) string {
	copies := "1 copy"
	if peers != 1 {
		copies = fmt.Sprintf("%d copies", peers)
	}
	return fmt.Sprintf("a key has %s and not %d: the ring has %s", copies, n, counted(peers, "peer"))
}
