package testnet

import (
	"slices"
	"sync/atomic"
	"time"

	"peal/chord"
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

// A line is the transport of a peer, which can be made to hang: it then loses
// what is sent and what arrives, and outlives the peer.
type line struct {
	node.Transport
	hung atomic.Bool
}

func (l *line) Start(r node.Receiver) error { return l.Transport.Start(receiver{r, l}) }

func (l *line) Send(to chord.PeerID, body []byte, about []chord.PeerID) {
	if !l.hung.Load() {
		l.Transport.Send(to, body, about)
	}
}

// Close leaves the connections of a peer that hangs open.
func (l *line) Close() error {
	if l.hung.Load() {
		return nil
	}
	return l.Transport.Close()
}

// A receiver takes in what arrives, unless its line hangs. The rest, such as
// connections that close, is of no interest to a peer that is closed then.
type receiver struct {
	node.Receiver
	line *line
}

func (r receiver) Deliver(from chord.PeerID, body []byte) error {
	if r.line.hung.Load() {
		return nil
	}
	return r.Receiver.Deliver(from, body)
}

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
