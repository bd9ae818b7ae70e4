package node

import (
	"sync"

	"peal/chord"
)

// maxWaiting bounds the bytes of the messages that wait for the event loop. What
// comes beyond is dropped, as on any overloaded network; calls are never dropped.
const maxWaiting = 64 << 20

// messageCost is what a message weighs at least, however few bytes it has.
const messageCost = 1 << 10

// A task is something for the event loop to do.
type task func(now chord.Time)

// An inbox gathers what the event loop is to do next.
type inbox struct {
	mu      sync.Mutex
	waiting []task
	spare   []task
	weight  int // of the messages among them
	closed  bool
	wake    chan struct{} // holds one token while something waits
}

func newInbox() *inbox { return &inbox{wake: make(chan struct{}, 1)} }

// call reports whether the loop will do it.
func (b *inbox) call(f task) bool { return b.put(f, 0) }

// message is a task for a message of some bytes, dropped if too much waits.
func (b *inbox) message(f task, size int) bool { return b.put(f, messageCost+size) }

func (b *inbox) put(f task, weight int) bool {
	b.mu.Lock()
	if b.closed || (weight > 0 && b.weight+weight > maxWaiting) {
		b.mu.Unlock()
		return false
	}
	b.waiting = append(b.waiting, f)
	b.weight += weight
	b.mu.Unlock()
	select {
	case b.wake <- struct{}{}:
	default:
	}
	return true
}

// take empties the inbox. The slice is valid until the next take.
func (b *inbox) take() []task {
	b.mu.Lock()
	defer b.mu.Unlock()
	clear(b.spare)
	b.waiting, b.spare, b.weight = b.spare[:0], b.waiting, 0
	return b.spare
}

// close makes the inbox refuse, and gives what was left.
func (b *inbox) close() []task {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	return b.waiting
}
