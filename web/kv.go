package web

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"peal/node"
	"peal/node/replica"
)

// peer is the one at which the request enters the ring.
func (s *Server) peer(r *http.Request) (Peer, error) {
	via := r.URL.Query().Get("via")
	p, err := s.backend.Peer(via)
	if err != nil && via != "" {
		return nil, blameRequest(err)
	}
	return p, err
}

// at gives the key in the path and the peer at which the request enters.
func (s *Server) at(r *http.Request) (key []byte, p Peer, err error) {
	record := replica.Record{Key: rest(r)}
	if err := record.Valid(); err != nil {
		return nil, nil, usage("%v", err)
	}
	p, err = s.peer(r)
	return []byte(record.Key), p, err
}

func (s *Server) getKey(w http.ResponseWriter, r *http.Request) error {
	key, p, err := s.at(r)
	if err != nil {
		return err
	}
	opt, err := optionsOf(r, "r")
	if err != nil {
		return err
	}
	value, err := p.Get(r.Context(), key, opt.ReadOptions)
	if err != nil {
		return err
	}
	if strings.Contains(r.Header.Get("Accept"), "application/json") {
		return reply(w, struct {
			keyName
			Data []byte `json:"value"`
			node.Value
			Left *float64 `json:"expires_in,omitempty"` // seconds
		}{nameOf(string(key)), list(value.Data), value, left(value)})
	}
	describe(w.Header(), value)
	_, _ = w.Write(value.Data) // a client that went away needs no answer
	return nil
}

// left is how many seconds a value still lives, nil if for ever.
func left(v node.Value) *float64 {
	if v.Expires == nil {
		return nil
	}
	seconds := max(0, time.Until(*v.Expires).Round(time.Millisecond).Seconds())
	return &seconds
}

// describe puts in headers what the JSON form has around the value.
func describe(h http.Header, v node.Value) {
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Length", strconv.Itoa(len(v.Data)))
	h.Set("Peal-Version", v.Version.String())
	if v.Expires != nil {
		h.Set("Peal-Expires", v.Expires.Format(time.RFC3339Nano))
	}
	h.Set("Peal-Asked", strconv.Itoa(v.Asked))
	h.Set("Peal-Agreed", strconv.Itoa(v.Agreed))
	h.Set("Peal-Repaired", strconv.Itoa(v.Repaired))
	h.Set("Peal-Hops", strconv.Itoa(v.Hops))
	h.Set("Peal-Ms", strconv.FormatFloat(v.Millis, 'f', -1, 64))
}
