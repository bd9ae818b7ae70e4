package web

import (
	"net"
	"net/http"
	"sync"
)

// silent are the connections on which no byte has come yet. Browsers open some in
// advance, and http.Server.Shutdown waits 5 s for what they might say.
type silent struct {
	mu    sync.Mutex
	conns map[net.Conn]struct{}
}

// note follows the connections of a server, as its ConnState.
func (s *silent) note(c net.Conn, state http.ConnState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if state != http.StateNew {
		delete(s.conns, c)
		return
	}
	if s.conns == nil {
		s.conns = make(map[net.Conn]struct{})
	}
	s.conns[c] = struct{}{}
}

func (s *silent) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		c.Close()
	}
}
