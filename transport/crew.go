package transport

import "time"

// crewPatience is how long an idle goroutine of a crew waits for more to do.
const crewPatience = 5 * time.Second

// A crew runs functions in goroutines that it keeps for others. What is encoded or
// decoded needs a deep stack; were it done by the goroutines of idle streams, each of
// tens of thousands would have one, or grow it anew for every message.
type crew struct{ jobs chan func() }

// workers are shared by all transports of the process.
var workers = crew{make(chan func())}

// do runs f in a goroutine and returns at once.
func (c *crew) do(f func()) {
	select {
	case c.jobs <- f:
	default:
		go c.work(f)
	}
}

func (c *crew) work(f func()) {
	idle := time.NewTimer(crewPatience)
	defer idle.Stop()
	for {
		f()
		idle.Reset(crewPatience)
		select {
		case f = <-c.jobs:
		case <-idle.C:
			return
		}
	}
}
