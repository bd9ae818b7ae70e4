package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"peal/node"
	"peal/node/blob"
	"peal/node/replica"
)

func (s *Server) putKey(w http.ResponseWriter, r *http.Request) error {
	if r.ContentLength > blob.MaxSize {
		w.Header().Set("Connection", "close") // before so much is sent for nothing
		return tooLarge(fmt.Sprintf("the value has %d bytes: at most %d are allowed", r.ContentLength, int64(blob.MaxSize)))
	}
	put := func(p Peer, ctx context.Context, key []byte, opt node.WriteOptions) (node.Receipt, error) {
		return blob.Put(ctx, p, key, r.Body, opt)
	}
	return s.write(w, r, put, "w", "ttl", "if_absent", "if_version")
}

func (s *Server) deleteKey(w http.ResponseWriter, r *http.Request) error {
	del := func(p Peer, ctx context.Context, key []byte, opt node.WriteOptions) (node.Receipt, error) {
		return blob.Delete(ctx, p, key, opt)
	}
	return s.write(w, r, del, "w", "if_version")
}

func (s *Server) touchKey(w http.ResponseWriter, r *http.Request) error {
	touch := func(p Peer, ctx context.Context, key []byte, opt node.WriteOptions) (node.Receipt, error) {
		return blob.Touch(ctx, p, key, opt)
	}
	return s.write(w, r, touch, "w", "ttl", "if_version")
}

// A writing is one of the writes of package blob.
type writing func(p Peer, ctx context.Context, key []byte, opt node.WriteOptions) (node.Receipt, error)

// write makes a write that takes the parameters named, and answers with its receipt.
func (s *Server) write(w http.ResponseWriter, r *http.Request, do writing, takes ...string) error {
	key, p, err := s.at(r)
	if err == nil {
		err = noConditions(r.Header)
	}
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

// noConditions refuses what would be ignored otherwise, and the write made without it.
func noConditions(h http.Header) error {
	for _, name := range []string{"If-Match", "If-None-Match", "If-Unmodified-Since"} {
		if h.Get(name) != "" {
			return usage("conditions are parameters here, not headers as %s: use if_version or if_absent", name)
		}
	}
	return nil
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
