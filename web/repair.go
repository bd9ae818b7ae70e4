package web

import (
	"net/http"

	"peal/chord"
	"peal/node"
)

// limitRepair changes how repair goes on at a peer, and answers what it is doing there.
func (s *Server) limitRepair(w http.ResponseWriter, r *http.Request) error {
	var want node.RepairLimit
	if err := readJSON(w, r, &want); err != nil {
		return err
	}
	p, err := s.peer(r)
	if err != nil {
		return err
	}
	if err := p.LimitRepair(want); err != nil {
		return err
	}
	info := p.Info()
	return reply(w, struct {
		chord.Contact
		node.Repair
	}{info.Contact, info.Repair})
}
