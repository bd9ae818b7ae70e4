package testnet

import (
	"slices"
	"sync"
	"time"

	"peal/chord"
)

// A cable takes its time to carry what is sent through it, and keeps the order of what
// is for the same peer. One without a delay carries it at once.
type cable struct {
	delay time.Duration

	mu      sync.Mutex
	inside  []parcel    // in order of time
	timer   *time.Timer // calls deliver
	sending bool        // deliver is at it
}

type parcel struct {
	due  time.Time
	to   chord.PeerID
	send func()
}

// carry sends a parcel after the delay and what it is late, and after all others to
// the same peer.
func (c *cable) carry(to chord.PeerID, late time.Duration, send func()) {
	if !c.takes(parcel{to: to, send: send}, c.delay+late) {
		send()
	}
}

// takes puts a parcel inside, unless that has nothing to wait for.
func (c *cable) takes(p parcel, wait time.Duration) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if wait == 0 && len(c.inside) == 0 && !c.sending {
		return false
	}
	p.due = time.Now().Add(wait)
	at := c.place(&p)
	c.inside = slices.Insert(c.inside, at, p)
	if at == 0 && !c.sending {
		c.wake()
	}
	return true
}

// wake has the first parcel delivered in time.
func (c *cable) wake() {
	wait := time.Until(c.inside[0].due)
	if c.timer == nil {
		c.timer = time.AfterFunc(wait, c.deliver)
		return
	}
	c.timer.Reset(wait)
}

// place is where a parcel belongs inside; it waits for those before it to the same peer.
func (c *cable) place(p *parcel) int {
	at := len(c.inside)
	for at > 0 && c.inside[at-1].due.After(p.due) && c.inside[at-1].to != p.to {
		at--
	}
	if at > 0 && c.inside[at-1].due.After(p.due) {
		p.due = c.inside[at-1].due
	}
	return at
}

// deliver sends what is due, and only then waits for the next, so that nothing
// overtakes.
func (c *cable) deliver() {
	due, begun := c.begin()
	if !begun {
		return
	}
	for _, p := range due {
		p.send()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sending = false
	if len(c.inside) > 0 {
		c.wake()
	}
}

// begin takes out what is due, unless another call is sending: the timer may have been
// set anew when it had gone off already.
func (c *cable) begin() (due []parcel, begun bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.sending {
		return nil, false
	}
	c.sending = true
	now, n := time.Now(), 0
	for n < len(c.inside) && !c.inside[n].due.After(now) {
		n++
	}
	due = c.inside[:n:n]
	c.inside = c.inside[n:]
	return due, true
}
