package remote

import (
	"sync"

	"peal/node"
)

// maxWaiting bounds the events that wait for the parent to fetch them.
const maxWaiting = 16384

// A tap keeps events until they are fetched.
type tap struct {
	mu     sync.Mutex
	events []node.Event
	missed int
	some   chan struct{} // has room for one: there is something to fetch
}

func newTap() *tap { return &tap{some: make(chan struct{}, 1)} }

// add never waits.
func (t *tap) add(e node.Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.events) == maxWaiting {
		t.missed++
		return
	}
	t.events = append(t.events, e)
	select {
	case t.some <- struct{}{}:
	default:
	}
}

// fetch waits until something has happened.
func (t *tap) fetch() Batch {
	<-t.some
	t.mu.Lock()
	defer t.mu.Unlock()
	b := Batch{JSON[[]node.Event]{t.events}, t.missed}
	t.events, t.missed = nil, 0
	return b
}
