package transport

import (
	"errors"
	"time"

	"github.com/libp2p/go-libp2p/core/network"
)

// Connections that nothing uses are closed, so that a peer keeps those to its
// neighbours and partners alone, however many peers it has spoken with. A message
// must not be on its way meanwhile: it would be lost without a word. So a stream
// counts from the moment that it is registered, before either end has agreed on its
// protocol, and is refused on a connection that has been given up: its opener then
// dials again.

var errGivenUp = errors.New("the connection is being closed, since nothing used it")

// A rest says since when no stream uses a connection.
type rest struct {
	since   time.Time
	givenUp bool
}

// closeIdle makes streams close after so long without messages, and connections after
// as long again without streams.
func (t *Transport) closeIdle(after time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.smallIdle, t.bulkIdle, t.restFor = after, after, after
	t.sweeper = time.AfterFunc(after/2, t.sweep)
}

// sweep closes the connections that have been at rest for long, and comes again.
func (t *Transport) sweep() {
	if !t.begin() {
		return
	}
	defer t.work.Done()
	for _, c := range t.swarm.Conns() {
		if t.giveUp(c) {
			_ = c.CloseWithError(network.ConnGarbageCollected)
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.closed {
		t.sweeper.Reset(t.restFor / 2)
	}
}

// giveUp reports whether a connection is to be closed.
func (t *Transport) giveUp(c network.Conn) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	r, resting := t.resting[c]
	switch {
	case c.Stat().NumStreams > 0:
		delete(t.resting, c)
		return false
	case c.IsClosed():
		return false
	case !resting:
		t.resting[c] = rest{since: time.Now()}
		return false
	}
	r.givenUp = time.Since(r.since) >= t.restFor
	t.resting[c] = r
	return r.givenUp
}

// mayUse reports whether a stream that was just opened may stay.
func (t *Transport) mayUse(c network.Conn) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return !t.resting[c].givenUp
}

// gate lets in the streams that others open. One that comes too late ends with its
// connection.
func (t *Transport) gate(s network.Stream) {
	if t.mayUse(s.Conn()) {
		t.negotiator(s)
	}
}

// wasAtRest forgets a connection, and reports whether nothing used it.
func (t *Transport) wasAtRest(c network.Conn) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, resting := t.resting[c]
	delete(t.resting, c)
	return resting
}
