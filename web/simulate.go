package web

import (
	"context"
	"io"
	"net/http"
)

// A Simulation is a run of the simulator that somebody asked for. It writes the
// recording of itself, until it is over or ctx is done.
type Simulation func(ctx context.Context, to io.Writer) error

// simulate answers with the recording of a simulation. One runs at a time; the others
// wait for it.
func (s *Server) simulate(w http.ResponseWriter, r *http.Request) error {
	if s.simulation == nil {
		text := "this is a peer of a ring that runs for real, which simulates nothing: run 'peal testnet' or 'peal replay FILE', and ask that"
		return &problem{Text: text, Code: "usage", status: http.StatusNotFound}
	}
	parameters := r.URL.Query()
	parameters.Del("timeout")
	run, err := s.simulation(parameters)
	if err != nil {
		return blameRequest(err)
	}
	select {
	case s.simulating <- struct{}{}:
		defer func() { <-s.simulating }()
	case <-r.Context().Done():
		text := "another simulation was running all the time: ask again, or allow more time"
		return &problem{Text: text, Code: "busy", status: http.StatusServiceUnavailable}
	}
	w.Header().Set("Content-Type", types[".jsonl"])
	if err := run(r.Context(), w); err != nil {
		return &brokenOff{err}
	}
	return nil
}
