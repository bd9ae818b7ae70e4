package transport

import "time"

const (
	crewPatience = 5 * time.Second // until a goroutine without work ends
	crewSize     = 256             // of those without work
)

// A crew runs functions in goroutines that it keeps for others. What is encoded or
// decoded needs a deep stack; were it done by the goroutines of idle streams, each of
// tens of thousands would have one, or grow it anew for every message.
type crew struct {
	jobs chan func()
	idle chan struct{} // holds a token for every goroutine without work
}

// workers are shared by all transports of the process.
var workers = crew{make(chan func()), make(chan struct{}, crewSize)}

// do runs f in a goroutine and returns at once.
func (c *crew) do(f func()) {
	select {
	case c.jobs <- f:
	default:
		go c.work(f)
	}
}

func (c *crew) work(f func()) {
	patience := time.NewTimer(crewPatience)
	defer patience.Stop()
	for ok := true; ok; {
		f()
		patience.Reset(crewPatience)
		f, ok = c.next(patience)
	}
}

// next waits for something to do, unless enough others wait already.
func (c *crew) next(patience *time.Timer) (f func(), ok bool) {
	select {
	case c.idle <- struct{}{}:
	default:
		return nil, false
	}
	defer func() { <-c.idle }()
	select {
	case f = <-c.jobs:
		return f, true
	case <-patience.C:
		return nil, false
	}
}
