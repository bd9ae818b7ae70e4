package web

import (
	"net/http"
	"slices"
	"time"

	"peal/chord"
	"peal/node"
)

func (s *Server) showRing(w http.ResponseWriter, r *http.Request) error {
	if r.URL.Query().Get("via") != "" { // without one, a ring with no peer can be shown
		if _, err := s.peer(r); err != nil {
			return err
		}
	}
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

// showMember tells what was last seen of one peer of the ring. The ring is only looked
// at for it while nobody watches.
func (s *Server) showMember(w http.ResponseWriter, r *http.Request) error {
	infos, seen := s.hub.lastLook()
	if infos == nil {
		ring, err := s.backend.Ring(r.Context())
		if err != nil {
			return err
		}
		infos, seen = ring.Peers, time.Now()
	}
	at := slices.IndexFunc(infos, func(i node.Info) bool { return i.Peer.String() == rest(r) })
	if at < 0 {
		return reply(w, sighting{Seen: seen})
	}
	info := withLists(infos[at])
	return reply(w, sighting{&info, seen})
}

// A sighting is what a look has shown of a peer; no Info if it was not there.
type sighting struct {
	Peer *node.Info `json:"peer,omitempty"`
	Seen time.Time  `json:"seen"`
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

	Network *networkAnswer `json:"network,omitempty"` // what is wrong with that of a testnet
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
		network := networkAnswerOf(s.lab.Network())
		answer.Lab, answer.Peers, answer.Network = true, len(ring.Peers), &network
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
