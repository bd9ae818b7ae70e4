package web

import (
	"net/http"

	"peal/node"
)

// limitRepair changes how repair goes on, and answers what it is doing.
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
	return reply(w, p.Info().Repair)
}
