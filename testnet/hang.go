package testnet

import (
	"slices"
	"time"
)

// A Death is how a killed peer ends.
type Death uint8

const (
	// Crash ends the process: the machine closes its connections, so that the
	// others learn of it at once.
	Crash Death = iota

	// Hang stops the machine, or pulls its cable: the connections stay open,
	// and nothing answers on them. Only timeouts tell.
	Hang
)

// hungFor is how long the connections of a peer that hangs stay open; by then
// the others have given it up.
const hungFor = time.Minute

// hang makes the line of a peer hang, before that is closed.
func (l *local) hang(wire *line) {
	wire.hung.Store(true)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.hung = append(l.hung, wire)
	time.AfterFunc(hungFor, func() { l.hangUp(wire) })
}

// hangUp ends a hang, unless the whole host has ended before.
func (l *local) hangUp(wire *line) {
	l.mu.Lock()
	at := slices.Index(l.hung, wire)
	if at >= 0 {
		l.hung = slices.Delete(l.hung, at, at+1)
	}
	l.mu.Unlock()
	if at >= 0 {
		wire.Transport.Close()
	}
}
