package node

import (
	"sync"

	"peal/chord"
)

// maxWaiting bounds the bytes of the messages that wait for a turn. What
// comes beyond is dropped, as on any overloaded network; calls are never dropped.
const maxWaiting = 64 << 20

// messageCost is what a message weighs at least, however few bytes it has.
const messageCost = 1 << 10

// A task is something for a node to do in a turn.
type task func(now chord.Time)

// An inbox gathers what a node is to do in its next turn.
type inbox struct {
	mu      sync.Mutex
	waiting []task
	spare   []task
	weight  int // of the messages among them
	closed  bool
	bell    chan struct{} // holds a token from a wake until the event loop has heard it
}

func newInbox() *inbox { return &inbox{bell: make(chan struct{}, 1)} }

// call reports whether it will be done.
func (b *inbox) call(f task) bool { return b.put(f, 0) }

// message is a task for a message of some bytes, dropped if too much waits.
func (b *inbox) message(f task, size int) bool { return b.put(f, messageCost+size) }

func (b *inbox) put(f task, weight int) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed || (weight > 0 && b.weight+weight > maxWaiting) {
		return false
	}
	b.waiting = append(b.waiting, f)
	b.weight += weight
	return true
}

// wake has the event loop take a turn.
func (b *inbox) wake() {
	select {
	case b.bell <- struct{}{}:
	default:
	}
}

func (b *inbox) empty() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.waiting) == 0
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
	left := b.waiting
	b.waiting = nil
	return left
}
