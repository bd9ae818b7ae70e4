package web

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"peal/node"
	"peal/node/blob"
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
	return []byte(record.Key), paced(r, p), err
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
	value, err := blob.Get(r.Context(), p, key, opt.ReadOptions)
	if err != nil {
		return err
	}
	json, err := wantsJSON(r, value)
	if err != nil {
		return err
	}
	if json {
		return reply(w, struct {
			keyName
			Data []byte `json:"value"`
			node.Value
			Left *float64 `json:"expires_in,omitempty"` // seconds
		}{nameOf(string(key)), list(value.Data), value.Value, left(value.Value)})
	}
	describe(w.Header(), value)
	if r.Method == http.MethodHead {
		return nil
	}
	return send(w, r, value)
}

// wantsJSON reports whether the answer is JSON. Whoever takes bytes too gets these, if they
// are too many for it.
func wantsJSON(r *http.Request, value *blob.Value) (bool, error) {
	accept := r.Header.Get("Accept")
	switch {
	case !strings.Contains(accept, "application/json"):
		return false, nil
	case !value.Large():
		return true, nil
	case strings.Contains(accept, "application/octet-stream"):
		return false, nil
	}
	return false, notAcceptable("the value has %d bytes, which are too many for JSON: ask for its bytes alone", value.Size)
}

// send writes a value. Once its first byte has left, an error can only be shown by
// breaking off.
func send(w http.ResponseWriter, r *http.Request, value *blob.Value) error {
	out := &counter{w: w}
	err := value.Copy(r.Context(), out)
	switch {
	case err != nil && out.n == 0:
		w.Header().Del("Content-Length") // it is not that of the error
		return err
	case err != nil:
		return &brokenOff{err}
	}
	return nil
}

// A counter counts the bytes that are written through it.
type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
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
func describe(h http.Header, v *blob.Value) {
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Length", strconv.FormatInt(v.Size, 10))
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
