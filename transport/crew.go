package transport

import (
	"sync/atomic"
	"time"
)

const (
	crewPatience = 5 * time.Second // until a goroutine without work ends, or twice that
	crewSize     = 256             // of those without work
)

// A crew runs functions in goroutines that it keeps for others. What is encoded or
// decoded needs a deep stack; were it done by the goroutines of idle streams, each of
// tens of thousands would have one, or grow it anew for every message.
type crew struct {
	jobs chan func()
	idle atomic.Int32 // goroutines without work
}

// workers are shared by all transports of the process.
var workers = crew{jobs: make(chan func())}

// do runs f in a goroutine and returns at once.
func (c *crew) do(f func()) {
	select {
	case c.jobs <- f:
	default:
		go c.work(f)
	}
}

// work does one job after another. Its timer is not set for each: it looks now and then
// whether there were any.
func (c *crew) work(f func()) {
	look := time.NewTimer(crewPatience)
	defer look.Stop()
	for f != nil {
		f()
		f = c.next(look)
	}
}

// next waits for something to do. It gives nil if there was nothing for long, or if enough
// others wait already.
func (c *crew) next(look *time.Timer) func() {
	defer c.idle.Add(-1)
	if c.idle.Add(1) > crewSize {
		return nil
	}
	for range 2 { // the timer was set when there still was work
		select {
		case f := <-c.jobs:
			return f
		case <-look.C:
			look.Reset(crewPatience)
		}
	}
	return nil
}
