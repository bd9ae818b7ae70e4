package web

import (
	"net/http"

	"peal/chord"
)

// longestJoin bounds how many peers one request starts.
const longestJoin = 1000

func (s *Server) needLab() (Lab, error) {
	if s.lab == nil {
		text := "this is a single peer and no testnet: run 'peal testnet' and ask that"
		return nil, &problem{Text: text, Code: "usage", status: http.StatusNotFound}
	}
	return s.lab, nil
}

// labAsked reads what a request asks of the lab.
func (s *Server) labAsked(w http.ResponseWriter, r *http.Request, request any) (Lab, error) {
	lab, err := s.needLab()
	if err != nil {
		return nil, err
	}
	return lab, readJSON(w, r, request)
}

func (s *Server) kill(w http.ResponseWriter, r *http.Request) error {
	var request KillRequest
	lab, err := s.labAsked(w, r, &request)
	if err != nil {
		return err
	}
	if err := request.validate(); err != nil {
		return err
	}
	killed, err := lab.Kill(request)
	if err != nil {
		return err
	}
	killed.Peers = list(killed.Peers)
	return reply(w, killed)
}

func (k KillRequest) validate() error {
	ways := 0
	for _, set := range []bool{k.Count != 0, k.Adjacent != 0, len(k.Peers) > 0} {
		if set {
			ways++
		}
	}
	switch {
	case ways != 1:
		return usage("say which peers to kill by exactly one of count, adjacent and peers")
	case k.Count < 0 || k.Adjacent < 0:
		return usage("the number of peers to kill must be 1 or more")
	case k.Any && k.Count == 0:
		return usage("any goes with count only")
	}
	return nil
}

func (s *Server) join(w http.ResponseWriter, r *http.Request) error {
	var request struct {
		Count int `json:"count"`
	}
	lab, err := s.labAsked(w, r, &request)
	if err != nil {
		return err
	}
	if request.Count < 1 || request.Count > longestJoin {
		return usage("the count %d is not allowed: join 1 to %d peers at a time", request.Count, longestJoin)
	}
	joined, err := lab.Join(r.Context(), request.Count)
	if err != nil {
		return err
	}
	return reply(w, struct {
		Joined []chord.Contact `json:"joined"`
	}{list(joined)})
}
