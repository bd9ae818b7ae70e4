package web

import (
	"net/http"

	"peal/chord"
	"peal/node"
)

func (s *Server) showRing(w http.ResponseWriter, r *http.Request) error {
	ring, err := s.backend.Ring(r.Context())
	if err != nil {
		return err
	}
	peers := make([]node.Info, len(ring.Peers))
	for i, info := range ring.Peers {
		peers[i] = withLists(info)
	}
	ring.Peers = peers
	return reply(w, ring)
}

// withLists has no nil slice, which would be null in JSON.
func withLists(info node.Info) node.Info {
	info.Addresses = list(info.Addresses)
	info.Successors = list(info.Successors)
	info.Fingers = list(info.Fingers)
	return info
}

type peerAnswer struct {
	node.Info
	Lab   bool `json:"lab,omitempty"`
	Peers int  `json:"peers,omitempty"` // live ones, of a testnet
}

func (s *Server) showPeer(w http.ResponseWriter, r *http.Request) error {
	p, err := s.peer(r)
	if err != nil {
		return err
	}
	answer := peerAnswer{Info: withLists(p.Info())}
	if s.lab != nil {
		ring, err := s.lab.Ring(r.Context())
		if err != nil {
			return err
		}
		answer.Lab, answer.Peers = true, len(ring.Peers)
	}
	return reply(w, answer)
}

func (s *Server) leave(w http.ResponseWriter, r *http.Request) error {
	left, err := s.backend.Leave(r.Context(), r.URL.Query().Get("via"))
	if err != nil {
		return err
	}
	return reply(w, struct {
		Left []chord.Contact `json:"left"`
		Lab  bool            `json:"lab,omitempty"`
	}{list(left), s.lab != nil})
}
