package web

import (
	"net/http"
	"time"

	"peal/chord"
)

// longestDown bounds how long a peer that is restarted is down, so that it can still
// join within the longest request.
const longestDown = 2 * time.Minute

func (c Choice) validate() error {
	if (c.Count != 0) == (len(c.Peers) > 0) {
		return usage("say which peers by exactly one of count and peers")
	}
	return nil
}

func (s *Server) pause(w http.ResponseWriter, r *http.Request) error {
	lab, err := s.needLab()
	if err != nil {
		return err
	}
	var which Choice
	if err := readJSON(w, r, &which); err != nil {
		return err
	}
	if err := which.validate(); err != nil {
		return err
	}
	paused, err := lab.Pause(which)
	if err != nil {
		return blameRequest(err)
	}
	return reply(w, struct {
		Paused []chord.Contact `json:"paused"`
	}{list(paused)})
}

func (s *Server) resume(w http.ResponseWriter, r *http.Request) error {
	lab, err := s.needLab()
	if err != nil {
		return err
	}
	var request struct {
		Peers []string `json:"peers"`
	}
	if err := readJSON(w, r, &request); err != nil {
		return err
	}
	resumed, err := lab.Resume(request.Peers)
	if err != nil {
		return blameRequest(err)
	}
	return reply(w, struct {
		Resumed []chord.Contact `json:"resumed"`
	}{list(resumed)})
}

func (s *Server) restart(w http.ResponseWriter, r *http.Request) error {
	lab, err := s.needLab()
	if err != nil {
		return err
	}
	var request struct {
		Choice
		Down string `json:"down"`
	}
	if err := readJSON(w, r, &request); err != nil {
		return err
	}
	if err := request.validate(); err != nil {
		return err
	}
	down, err := shortTime("down", request.Down, longestDown)
	if err != nil {
		return err
	}
	restarted, err := lab.Restart(r.Context(), request.Choice, down)
	if err != nil {
		return err
	}
	return reply(w, struct {
		Restarted []chord.Contact `json:"restarted"`
	}{list(restarted)})
}

func (s *Server) impair(w http.ResponseWriter, r *http.Request) error {
	lab, err := s.needLab()
	if err != nil {
		return err
	}
	var request struct {
		Drop  float64 `json:"drop"`
		Delay float64 `json:"delay"`
		By    string  `json:"by"`
	}
	if err := readJSON(w, r, &request); err != nil {
		return err
	}
	by, err := shortTime("by", request.By, time.Minute)
	if err != nil {
		return err
	}
	if err := lab.Impair(Impairment{request.Drop, request.Delay, by}); err != nil {
		return blameRequest(err)
	}
	return reply(w, struct{}{})
}

// shortTime reads a duration that may be left out.
func shortTime(name, text string, most time.Duration) (time.Duration, error) {
	if text == "" {
		return 0, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 || d > most {
		return 0, usage("%s is %q: give a duration such as 10s, at most %v", name, text, most)
	}
	return d, nil
}
