package web

import (
	"net"
	"net/http"
	"sync"
)

// unheard are the connections on which no whole request has come yet. Browsers open some in
// advance, and http.Server.Shutdown waits for what they might say.
type unheard struct {
	mu     sync.Mutex
	conns  map[net.Conn]struct{}
	closed bool
}

// note follows the connections of a server, as its ConnState.
func (u *unheard) note(c net.Conn, state http.ConnState) {
	u.mu.Lock()
	defer u.mu.Unlock()
	switch {
	case state != http.StateNew:
		delete(u.conns, c)
	case u.closed:
		c.Close()
	case u.conns == nil:
		u.conns = map[net.Conn]struct{}{c: {}}
	default:
		u.conns[c] = struct{}{}
	}
}

// close ends them, and those that still come.
func (u *unheard) close() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.closed = true
	for c := range u.conns {
		c.Close()
	}
}
