package web

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"

	"peal/node"
	"peal/node/replica"
)

func (s *Server) putKey(w http.ResponseWriter, r *http.Request) error {
	put := func(p Peer, ctx context.Context, key []byte, opt node.WriteOptions) (node.Receipt, error) {
		value, err := readValue(w, r)
		if err != nil {
			return node.Receipt{}, err
		}
		return p.Put(ctx, key, value, opt)
	}
	return s.write(w, r, put, "w", "ttl", "if_absent", "if_version")
}

func (s *Server) deleteKey(w http.ResponseWriter, r *http.Request) error {
	return s.write(w, r, Peer.Delete, "w", "if_version")
}

func (s *Server) touchKey(w http.ResponseWriter, r *http.Request) error {
	return s.write(w, r, Peer.Touch, "w", "ttl", "if_version")
}

// A writing is one of the writes of a Peer.
type writing func(p Peer, ctx context.Context, key []byte, opt node.WriteOptions) (node.Receipt, error)

// write makes a write that takes the parameters named, and answers with its receipt.
func (s *Server) write(w http.ResponseWriter, r *http.Request, do writing, takes ...string) error {
	key, p, err := s.at(r)
	if err != nil {
		return err
	}
	opt, err := optionsOf(r, takes...)
	if err != nil {
		return err
	}
	receipt, err := do(p, r.Context(), key, opt.WriteOptions)
	receipt.Replicas = list(receipt.Replicas)
	if err != nil {
		return withReceipt(err, receipt)
	}
	return reply(w, struct {
		keyName
		node.Receipt
	}{nameOf(string(key)), receipt})
}

// withReceipt has the answer to a write that did not end well tell what is known of
// it: a program should not have to read that out of a line of text.
func withReceipt(err error, receipt node.Receipt) error {
	p := *problemOf(err)
	switch {
	case receipt.Version == replica.Version{}:
		return err
	case errors.Is(err, node.ErrConflict):
		p.Version = receipt.Version
	case errors.Is(err, node.ErrQuorum), errors.Is(err, node.ErrUnknown):
		p.Receipt = &receipt
	default:
		return err
	}
	return &p
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
