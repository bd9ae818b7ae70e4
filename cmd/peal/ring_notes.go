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
	if p := mostAbsent(ring); p.Absent > 0 {
		lines = append(lines, fmt.Sprintf("%v %s", p.Contact, absence(p.Absent)))
	}
	return append(lines, refusals(ring)...)
}

// maxRefusals bounds the peers that are named, each in a line.
const maxRefusals = 5

// refusals name the peers whose stores take no writes, and say why.
func refusals(ring node.Ring) (lines []string) {
	all := whoRefuse(ring)
	for _, p := range all[:min(len(all), maxRefusals)] {
		lines = append(lines, fmt.Sprintf("%v did not store the last write: %s", p.Contact, show(p.Reason)))
	}
	if more := len(all) - maxRefusals; more > 0 {
		lines = append(lines, fmt.Sprintf("and %s more did not: 'peal ring' shows which", counted(more, "peer")))
	}
	return lines
}

func whoRefuse(ring node.Ring) (list []refusing) {
	for _, p := range ring.Peers {
		if p.Refused != "" {
			list = append(list, refusing{p.Contact, p.Refused})
		}
	}
	return list
}

// mostAbsent is the peer that misses most of those that it knew.
func mostAbsent(ring node.Ring) (most node.Info) {
	for _, p := range ring.Peers {
		if p.Absent > most.Absent {
			most = p
		}
	}
	return most
}

// absence says what it means that a peer has found none of those that it knew.
func absence(peers int) string {
	return fmt.Sprintf("knows %s from before, and none answers: keys may be with them", counted(peers, "other peer"))
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
