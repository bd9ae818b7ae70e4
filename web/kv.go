package web

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

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

func (s *Server) putKey(w http.ResponseWriter, r *http.Request) error {
	key, p, err := s.at(r)
	if err != nil {
		return err
	}
	value, err := readValue(w, r)
	if err != nil {
		return err
	}
	receipt, err := p.Put(r.Context(), key, value, node.WriteOptions{})
	if err != nil {
		return err
	}
	return replyReceipt(w, key, receipt)
}

func (s *Server) deleteKey(w http.ResponseWriter, r *http.Request) error {
	key, p, err := s.at(r)
	if err != nil {
		return err
	}
	receipt, err := p.Delete(r.Context(), key, node.WriteOptions{})
	if err != nil {
		return err
	}
	return replyReceipt(w, key, receipt)
}

func replyReceipt(w http.ResponseWriter, key []byte, receipt node.Receipt) error {
	receipt.Replicas = list(receipt.Replicas)
	return reply(w, struct {
		keyName
		node.Receipt
	}{nameOf(string(key)), receipt})
}

// readValue refuses a value that says it is too large before it is sent.
func readValue(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	const limit = replica.MaxValueLen
	if r.ContentLength > limit {
		w.Header().Set("Connection", "close")
		return nil, tooLarge("the value has " + strconv.FormatInt(r.ContentLength, 10) +
			" bytes: at most " + strconv.Itoa(limit) + " are allowed")
	}
	value, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return nil, tooLarge("the value is too large: at most " + strconv.Itoa(limit) + " bytes are allowed")
	}
	if err != nil {
		return nil, usage("the value did not arrive whole, nothing was stored: send it again (%v)", err)
	}
	return value, nil
}

func (s *Server) getKey(w http.ResponseWriter, r *http.Request) error {
	key, p, err := s.at(r)
	if err != nil {
		return err
	}
	value, err := p.Get(r.Context(), key, node.ReadOptions{})
	if err != nil {
		return err
	}
	if strings.Contains(r.Header.Get("Accept"), "application/json") {
		return reply(w, struct {
			keyName
			Data []byte `json:"value"`
			node.Value
		}{nameOf(string(key)), list(value.Data), value})
	}
	describe(w.Header(), value)
	_, _ = w.Write(value.Data) // a client that went away needs no answer
	return nil
}

// describe puts in headers what the JSON form has around the value.
func describe(h http.Header, v node.Value) {
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Length", strconv.Itoa(len(v.Data)))
	h.Set("Peal-Version", v.Version.String())
	h.Set("Peal-Asked", strconv.Itoa(v.Asked))
	h.Set("Peal-Agreed", strconv.Itoa(v.Agreed))
	h.Set("Peal-Repaired", strconv.Itoa(v.Repaired))
	h.Set("Peal-Hops", strconv.Itoa(v.Hops))
	h.Set("Peal-Ms", strconv.FormatFloat(v.Millis, 'f', -1, 64))
}
