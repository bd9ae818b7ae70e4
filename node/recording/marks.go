package recording

import (
	"time"

	"peal/node"
)

// A Mark is a moment worth going to.
type Mark struct {
	At    float64 // seconds since the start
	Kind  node.EventKind
	Peer  string // whom it befell, in short; may be empty
	Text  string
	Count int // marks that fall together here
}

// marked are the kinds of events that are marks.
var marked = map[node.EventKind]bool{
	node.Fault: true, Violation: true, Missed: true, node.Killed: true, node.Paused: true, node.Resumed: true, node.Left: true, node.Failed: true,
}

// marksOfAKind bounds the marks of one kind.
const marksOfAKind = 500

// Marks are the faults and violations, in order. Where many of one kind fall
// together, the first stands for all.
func (r *Recording) Marks() []Mark {
	room := r.Length() / marksOfAKind
	last := make(map[node.EventKind]int) // index of the mark
	since := make(map[node.EventKind]time.Duration)
	marks := []Mark{}
	for _, e := range r.events {
		if !marked[e.Kind] {
			continue
		}
		at := e.Time.Sub(r.Header.Start)
		if i, some := last[e.Kind]; some && at-since[e.Kind] <= room {
			marks[i].Count++
			continue
		}
		last[e.Kind], since[e.Kind] = len(marks), at
		m := Mark{At: at.Seconds(), Kind: e.Kind, Text: e.Text, Count: 1}
		if !e.Peer.IsZero() {
			m.Peer = e.Peer.String()
		}
		marks = append(marks, m)
	}
	return marks
}
