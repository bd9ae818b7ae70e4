package node

import (
	"sync"

	"peal/chord"
)

// maxWaiting bounds the messages that wait for the event loop. What comes
// beyond is dropped, as on any overloaded network; calls are never dropped.
const maxWaiting = 1 << 16

// An inbox gathers what the event loop is to do next.
type inbox struct {
	mu      sync.Mutex
	waiting []func(now chord.Time)
	spare   []func(now chord.Time)
	closed  bool
	wake    chan struct{} // holds one token while something waits
}

func newInbox() *inbox { return &inbox{wake: make(chan struct{}, 1)} }

// put reports whether the loop will do it.
func (b *inbox) put(f func(now chord.Time), droppable bool) bool {
	b.mu.Lock()
	if b.closed || (droppable && len(b.waiting) >= maxWaiting) {
		b.mu.Unlock()
		return false
	}
	b.waiting = append(b.waiting, f)
	b.mu.Unlock()
	select {
	case b.wake <- struct{}{}:
	default:
	}
	return true
}

// take empties the inbox. The slice is valid until the next take.
func (b *inbox) take() []func(now chord.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	clear(b.spare)
	b.waiting, b.spare = b.spare[:0], b.waiting
	return b.spare
}

// close makes the inbox refuse, and gives what was left.
func (b *inbox) close() []func(now chord.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	return b.waiting
}
