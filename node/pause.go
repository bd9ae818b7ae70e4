package node

import (
	"sync"

	"peal/chord"
)

// Pause stops the event loop, as when the operating system stops the process: nothing
// is sent, no timer runs, what arrives waits, and so do calls. Connections stay open.
// Only [Node.Info] answers, with how things were. It is for testnets.
func (n *Node) Pause() (resume func(), err error) {
	begun, over := make(chan struct{}), make(chan struct{})
	if !n.inbox.call(func(chord.Time) { n.standStill(begun, over) }) {
		return nil, ErrClosed
	}
	select {
	case <-begun:
		return sync.OnceFunc(func() { close(over) }), nil
	case <-n.done:
		return nil, ErrClosed
	}
}

// standStill holds the event loop up until the pause is over, or the node closes.
func (n *Node) standStill(begun chan<- struct{}, over <-chan struct{}) {
	info := n.info()
	info.Paused = true
	close(begun)
	for {
		select {
		case n.frozen <- info:
		case <-over:
			return
		case <-n.closing:
			return
		}
	}
}
