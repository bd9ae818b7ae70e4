package node

import (
	"fmt"

	"peal/chord"
)

// A Problem is one thing that keeps a ring from being well-formed, and where.
type Problem struct {
	Kind  ProblemKind     `json:"kind"`
	Peer  chord.Contact   `json:"peer"`            // the one that it is about
	Peers []chord.Contact `json:"peers,omitempty"` // others involved, as the kind says
	Text  string          `json:"text"`            // what is wrong with it, for a person
}

// String names the peer by its position, as the texts of problems do, and what is wrong with it.
func (p Problem) String() string { return fmt.Sprintf("%v %s", p.Peer, p.Text) }

// ProblemKind says what is wrong.
type ProblemKind string

// The kinds of problems, in the order in which they are listed: the first ones
// explain those behind them.
const (
	Split            ProblemKind = "split"       // one of several rings; Peers are its members
	Astray           ProblemKind = "astray"      // nobody in its successor list lives, so it leads to no ring
	Silent           ProblemKind = "silent"      // it does not answer, and Peers still list it
	WrongSuccessor   ProblemKind = "successor"   // its successor is not the next by position, which is in Peers
	WrongPredecessor ProblemKind = "predecessor" // its predecessor is not the one before, which is in Peers
	WrongOrder       ProblemKind = "order"       // its successor list, in Peers, is out of order or has duplicates
)

// inALine names the first of some problems, and how many there are.
func inALine(problems []Problem) string {
	text := problems[0].String()
	if more := len(problems) - 1; more > 0 {
		text += fmt.Sprintf(" (and %d more)", more)
	}
	return text
}
