package web

import (
	"io"
	"net/http"

	"peal/node"
)

// healthy holds for as long as the process can answer at all.
func (s *Server) healthy(w http.ResponseWriter, _ *http.Request) error { return sayOK(w) }

// ready holds once requests can succeed.
func (s *Server) ready(w http.ResponseWriter, _ *http.Request) error {
	p, err := s.backend.Peer("")
	if err != nil {
		return err
	}
	if !p.Info().Member {
		return &problem{
			Text:   "this peer is not a member of the ring: wait until it has joined",
			Code:   problemOf(node.ErrNoPeer).Code,
			status: http.StatusServiceUnavailable,
		}
	}
	return sayOK(w)
}

func sayOK(w http.ResponseWriter) error {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, "ok\n")
	return nil
}
