package node

import "sync"

// Pause stops the node, as when the operating system stops the process: nothing is sent,
// no timer runs, what arrives waits, and so do calls. Connections stay open. Only
// [Node.Info] answers, with how things were. It is for testnets.
func (n *Node) Pause() (resume func(), err error) {
	select {
	case n.turns <- struct{}{}:
	case <-n.done:
		return nil, ErrClosed
	}
	select {
	case <-n.closing:
		n.endTurn()
		return nil, ErrClosed
	default:
	}
	over := make(chan struct{})
	go n.standStill(over)
	return sync.OnceFunc(func() { close(over) }), nil
}

// standStill keeps the turn until the pause is over, or the node closes.
func (n *Node) standStill(over <-chan struct{}) {
	defer n.endTurn()
	info := n.info()
	info.Paused = true
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
