package node

import (
	"sync"

	"peal/chord"
)

// A pause stops the event loop for a while.
type pause struct {
	begun chan struct{} // closed once the loop stands still
	over  chan struct{} // closed by who resumes
}

// Pause stops the event loop, as when the operating system stops the process: nothing
// is sent, no timer runs, what arrives waits, and so do calls. Connections stay open.
// Only [Node.Info] answers, with how things were. It is for testnets.
func (n *Node) Pause() (resume func(), err error) {
	p := &pause{make(chan struct{}), make(chan struct{})}
	if !n.inbox.call(func(chord.Time) { n.pausing = p }) {
		return nil, ErrClosed
	}
	select {
	case <-p.begun:
		return sync.OnceFunc(func() { close(p.over) }), nil
	case <-n.done:
		return nil, ErrClosed
	}
}

// awake waits for the end of a pause, if there is one, and reports whether the loop
// goes on.
func (n *Node) awake() bool {
	p := n.pausing
	if p == nil {
		return true
	}
	n.pausing = nil
	info := n.info()
	info.Paused = true
	close(p.begun)
	for {
		select {
		case n.frozen <- info:
		case <-p.over:
			return true
		case <-n.closing:
			return false
		}
	}
}
