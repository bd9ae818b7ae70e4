package sim

import "peal/chord"

// An event is something that will happen: a message arrives, a node's deadline
// has come, or, if act is set, anything else.
type event struct {
	at      chord.Time
	seq     uint64 // of the events at one time, the first put in comes first
	peer    int32  // whose deadline it is, or who receives the message
	message int32  // its place in the mail, or -1
	act     func()
}

func (e *event) before(f *event) bool {
	return e.at < f.at || (e.at == f.at && e.seq < f.seq)
}

// fanout is how many events lie below each in a queue.
const fanout = 4

// A queue is a heap of events. Four below each make half as many levels as two would:
// in a large queue every level is a visit to memory. It is written out since
// container/heap allocates for every element put in, and has two.
type queue struct {
	heap []event
	seq  uint64
}

func (q *queue) push(e event) {
	q.seq++
	e.seq = q.seq
	q.heap = append(q.heap, e)
	i := len(q.heap) - 1
	for i > 0 {
		above := (i - 1) / fanout
		if !e.before(&q.heap[above]) {
			break
		}
		q.heap[i] = q.heap[above]
		i = above
	}
	q.heap[i] = e
}

// next is the time of the first event.
func (q *queue) next() chord.Time {
	if len(q.heap) == 0 {
		return chord.Never
	}
	return q.heap[0].at
}

func (q *queue) pop() event {
	first, end := q.heap[0], len(q.heap)-1
	last := q.heap[end]
	q.heap[end] = event{}
	q.heap = q.heap[:end]
	if end > 0 {
		q.sink(last)
	}
	return first
}

// sink puts an event in at the root, which is free, and lets it down to its place.
func (q *queue) sink(e event) {
	i := 0
	for {
		below := fanout*i + 1
		if below >= len(q.heap) {
			break
		}
		end := min(below+fanout, len(q.heap))
		for k := below + 1; k < end; k++ {
			if q.heap[k].before(&q.heap[below]) {
				below = k
			}
		}
		if !q.heap[below].before(&e) {
			break
		}
		q.heap[i] = q.heap[below]
		i = below
	}
	q.heap[i] = e
}
