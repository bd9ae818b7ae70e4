package web

import (
	"net/http"
	"time"

	"peal/node"
)

// A Player is a Backend that shows a recording in place of a ring that runs.
type Player interface {
	Backend

	// Look lets time pass, and gives what there is to see now. It tells the
	// feed of every event that it passes on its way forward.
	Look() Moment

	// Film is the recording as a whole.
	Film() Film

	// Steer does what a wish says, and gives where that leads.
	Steer(Steering) (Playback, error)
}

// A Moment is what a recording shows at one time.
type Moment struct {
	Ring     node.Ring
	Log      []node.Event // the last events up to here, oldest first
	Playback Playback
}

// Playback is where a player stands.
type Playback struct {
	At      float64 `json:"at"`    // seconds since the start
	Event   int     `json:"event"` // events up to here
	Playing bool    `json:"playing"`
	Speed   float64 `json:"speed"` // seconds of the recording a second
	Jumps   uint64  `json:"jumps"` // how often it has gone elsewhere than forward
}

// Steering is a wish; what is not set stays as it is.
type Steering struct {
	Play  *bool    `json:"play,omitempty"`
	Speed *float64 `json:"speed,omitempty"` // 0.1 to 100
	Seek  *float64 `json:"seek,omitempty"`  // seconds since the start
	Step  *int     `json:"step,omitempty"`  // so many events forward, or back if negative; pauses
}

// A Film is a recording as a whole.
type Film struct {
	File    string    `json:"file"`
	Source  string    `json:"source"` // peer, testnet or simulator
	Ring    string    `json:"ring"`
	Start   time.Time `json:"start"`             // of a simulation: 1970
	Length  float64   `json:"length"`            // in seconds
	Peers   int       `json:"peers"`             // seen in all
	Events  int       `json:"events"`            // in all
	Seed    uint64    `json:"seed,string"`       // as a text: it may be too large for a double
	Command string    `json:"command,omitempty"` // what to type to see it again
	Link    string    `json:"link,omitempty"`    // of a simulation: the query that asks /v1/simulation for it
	Version string    `json:"version,omitempty"` // of the software
	Cut     bool      `json:"cut"`               // the file ends in the middle
	Marks   []Mark    `json:"marks"`             // in order
}

// A Mark is a moment of a recording that is worth going to.
type Mark struct {
	At    float64        `json:"at"`
	Kind  node.EventKind `json:"kind"`
	Peer  string         `json:"peer,omitempty"` // whom it befell, in short
	Text  string         `json:"text,omitempty"`
	Count int            `json:"count"` // marks of this kind that fall together here
}

// ErrRecording is what a Player says to whoever wants more than to look.
var ErrRecording error = &problem{
	Text: "this is a recording, which can only be looked at: run 'peal start' or 'peal testnet', and ask that",
	Code: "recording", status: http.StatusConflict,
}

// live is a handler that needs a ring that runs.
func (s *Server) live(h handler) handler {
	if s.player == nil {
		return h
	}
	return func(http.ResponseWriter, *http.Request) error { return ErrRecording }
}

func (s *Server) needPlayer() (Player, error) {
	if s.player == nil {
		text := "this is a ring that runs, which cannot be played back: run 'peal replay FILE' and ask that"
		return nil, &problem{Text: text, Code: "usage", status: http.StatusNotFound}
	}
	return s.player, nil
}

func (s *Server) showFilm(w http.ResponseWriter, _ *http.Request) error {
	player, err := s.needPlayer()
	if err != nil {
		return err
	}
	film := player.Film()
	film.Marks = list(film.Marks)
	return reply(w, film)
}

func (s *Server) steer(w http.ResponseWriter, r *http.Request) error {
	player, err := s.needPlayer()
	if err != nil {
		return err
	}
	var wish Steering
	if err := readJSON(w, r, &wish); err != nil {
		return err
	}
	now, err := player.Steer(wish)
	if err != nil {
		return blameRequest(err)
	}
	s.hub.lookNow()
	return reply(w, now)
}
