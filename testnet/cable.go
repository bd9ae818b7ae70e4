package testnet

import (
	"sync"
	"time"
)

// A cable takes its time to carry what is sent through it, and keeps the order. One
// without a delay carries it at once.
type cable struct {
	delay time.Duration

	mu      sync.Mutex
	inside  []parcel // in order of time
	waiting bool     // for deliver to be called
}

type parcel struct {
	due  time.Time
	send func()
}

func (c *cable) carry(send func()) {
	if c.delay == 0 {
		send()
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.inside = append(c.inside, parcel{time.Now().Add(c.delay), send})
	if !c.waiting {
		c.waiting = true
		time.AfterFunc(c.delay, c.deliver)
	}
}

// deliver sends what is due, and only then waits for the next, so that nothing
// overtakes.
func (c *cable) deliver() {
	for _, p := range c.due() {
		p.send()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.waiting = len(c.inside) > 0; c.waiting {
		time.AfterFunc(time.Until(c.inside[0].due), c.deliver)
	}
}

func (c *cable) due() []parcel {
	c.mu.Lock()
	defer c.mu.Unlock()
	now, n := time.Now(), 0
	for n < len(c.inside) && !c.inside[n].due.After(now) {
		n++
	}
	due := c.inside[:n:n]
	c.inside = c.inside[n:]
	return due
}
