package web

import (
	"context"
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
	var which Choice
	lab, err := s.labAsked(w, r, &which)
	if err != nil {
		return err
	}
	if err := which.validate(); err != nil {
		return err
	}
	paused, err := lab.Pause(which)
	if err != nil {
		return err
	}
	return reply(w, struct {
		Paused []chord.Contact `json:"paused"`
	}{list(paused)})
}

func (s *Server) resume(w http.ResponseWriter, r *http.Request) error {
	var request struct {
		Peers []string `json:"peers"`
	}
	lab, err := s.labAsked(w, r, &request)
	if err != nil {
		return err
	}
	resumed, err := lab.Resume(request.Peers)
	if err != nil {
		return err
	}
	return reply(w, struct {
		Resumed []chord.Contact `json:"resumed"`
	}{list(resumed)})
}

func (s *Server) restart(w http.ResponseWriter, r *http.Request) error {
	var request struct {
		Choice
		Down string `json:"down"`
	}
	lab, err := s.labAsked(w, r, &request)
	if err != nil {
		return err
	}
	if err := request.validate(); err != nil {
		return err
	}
	down, err := shortTime("down", request.Down, longestDown)
	if err != nil {
		return err
	}
	ctx, cancel, err := afterwards(r.Context(), down)
	if err != nil {
		return err
	}
	defer cancel()
	restarted, err := lab.Restart(ctx, request.Choice, down)
	if err != nil {
		return err
	}
	return reply(w, struct {
		Restarted []chord.Contact `json:"restarted"`
	}{list(restarted)})
}

// afterwards is the context of a request that has something left to do after a while, and
// does it though whoever made it may have gone: peers that are down would stay down.
func afterwards(ctx context.Context, while time.Duration) (context.Context, context.CancelFunc, error) {
	end, _ := ctx.Deadline()
	if time.Until(end) <= while {
		return nil, nil, usage("down is %v, and the request may not take so long: make it shorter, or allow more time", while)
	}
	ctx, cancel := context.WithDeadline(context.WithoutCancel(ctx), end)
	return ctx, cancel, nil
}

func (s *Server) impair(w http.ResponseWriter, r *http.Request) error {
	var request struct {
		Drop  float64 `json:"drop"`
		Delay float64 `json:"delay"`
		By    string  `json:"by,omitempty"`
	}
	lab, err := s.labAsked(w, r, &request)
	if err != nil {
		return err
	}
	by, err := shortTime("by", request.By, time.Minute)
	if err != nil {
		return err
	}
	if err := lab.Impair(Impairment{request.Drop, request.Delay, by}); err != nil {
		return err
	}
	return reply(w, request)
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
