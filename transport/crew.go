package transport

import (
	"sync/atomic"
	"time"
)

const (
	crewPatience = 5 * time.Second // after each, half of those without work end
	crewSize     = 256             // of those without work
)

// A crew runs functions in goroutines that it keeps for others. What is encoded or
// decoded needs a deep stack; were it done by the goroutines of idle streams, each of
// tens of thousands would have one, or grow it anew for every message.
type crew struct {
	jobs    chan func() // nil ends a goroutine
	all     atomic.Int32
	idle    atomic.Int32
	watched atomic.Bool // thin will be called
}

// workers are shared by all transports of the process.
var workers = crew{jobs: make(chan func())}

// do runs f in a goroutine and returns at once.
func (c *crew) do(f func()) {
	select {
	case c.jobs <- f:
	default:
		c.all.Add(1)
		c.watch()
		go c.work(f)
	}
}

func (c *crew) work(f func()) {
	defer c.all.Add(-1)
	for f != nil {
		f()
		f = c.next()
	}
}

// next waits for something to do. It gives nil to end: enough others wait already, or too
// many.
func (c *crew) next() func() {
	defer c.idle.Add(-1)
	if c.idle.Add(1) > crewSize {
		return nil
	}
	return <-c.jobs
}

func (c *crew) watch() {
	if c.watched.CompareAndSwap(false, true) {
		time.AfterFunc(crewPatience, c.thin)
	}
}

// thin ends half of the goroutines that have no work. A timer for each would be set anew
// with every job, which costs as much as the job.
func (c *crew) thin() {
	for range (c.idle.Load() + 1) / 2 {
		select {
		case c.jobs <- nil:
		default:
		}
	}
	c.watched.Store(false)
	if c.all.Load() > 0 {
		c.watch()
	}
}
