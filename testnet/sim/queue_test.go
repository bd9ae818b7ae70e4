package sim

import (
	"math/rand/v2"
	"testing"

	"peal/chord"
)

func TestQueueOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 0))
	var q queue
	for range 1000 {
		q.push(event{at: chord.Time(r.IntN(50))})
	}
	last := q.pop()
	for range 999 {
		e := q.pop()
		if !last.before(&e) {
			t.Fatalf("(%d, %d) came before (%d, %d)", last.at, last.seq, e.at, e.seq)
		}
		last = e
	}
	if got := q.next(); got != chord.Never {
		t.Errorf("next of the empty queue is %d, want never", got)
	}
}
