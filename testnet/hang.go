package testnet

import (
	"slices"
	"time"

	"peal/node"
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

// hang makes the lines of peers hang, before these are closed.
func (t *Testnet) hang(victims []*node.Node) {
	for _, p := range victims {
		l := t.lines[p]
		l.hung.Store(true)
		t.hung = append(t.hung, l)
		time.AfterFunc(hungFor, func() { t.hangUp(l) })
	}
}

// hangUp ends a hang, unless the whole testnet has ended before.
func (t *Testnet) hangUp(l *line) {
	t.mu.Lock()
	at := slices.Index(t.hung, l)
	if at >= 0 {
		t.hung = slices.Delete(t.hung, at, at+1)
	}
	t.mu.Unlock()
	if at >= 0 {
		l.Transport.Close()
	}
}
