package web

import (
	"net/http"

	"peal/chord"
)

func (s *Server) cut(w http.ResponseWriter, r *http.Request) error {
	var request CutRequest
	lab, err := s.labAsked(w, r, &request)
	if err != nil {
		return err
	}
	if (request.Percent != 0) == (len(request.Peers) > 0) {
		return usage("say which peers to cut off by exactly one of percent and peers")
	}
	parts, err := lab.Cut(request)
	if err != nil {
		return err
	}
	return reply(w, struct {
		Parts [][]chord.Contact `json:"parts"`
	}{parts})
}

func (s *Server) heal(w http.ResponseWriter, _ *http.Request) error {
	lab, err := s.needLab()
	if err != nil {
		return err
	}
	return reply(w, struct {
		Healed networkAnswer `json:"healed"`
	}{networkAnswerOf(lab.Heal())})
}

// A networkAnswer is a [Network] in JSON.
type networkAnswer struct {
	CutOff []chord.Contact `json:"cut_off,omitempty"`
	Drop   float64         `json:"drop,omitempty"`
	Delay  float64         `json:"delay,omitempty"`
	By     string          `json:"by,omitempty"`
}

func networkAnswerOf(n Network) networkAnswer {
	answer := networkAnswer{CutOff: n.CutOff, Drop: n.Drop, Delay: n.Delay}
	if n.By > 0 {
		answer.By = n.By.String()
	}
	return answer
}
