package web

import "net/http"

// A repairRequest changes what is set in it.
type repairRequest struct {
	Rate   *int64 `json:"rate,omitempty"` // bytes a second; 0: no bound
	Paused *bool  `json:"paused,omitempty"`
}

// limitRepair changes how repair goes on, and answers what it is doing.
func (s *Server) limitRepair(w http.ResponseWriter, r *http.Request) error {
	var want repairRequest
	if err := readJSON(w, r, &want); err != nil {
		return err
	}
	p, err := s.peer(r)
	if err != nil {
		return err
	}
	now := p.Info().Repair
	if want.Rate != nil {
		now.Rate = *want.Rate
	}
	if want.Paused != nil {
		now.Paused = *want.Paused
	}
	if err := p.LimitRepair(now.Rate, now.Paused); err != nil {
		return err
	}
	return reply(w, p.Info().Repair)
}
