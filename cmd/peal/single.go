package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"

	"peal/chord"
	"peal/node"
	"peal/web"
)

// A single is the backend of one peer. It answers from the start, and can say
// that the peer is still joining.
type single struct {
	node atomic.Pointer[node.Node]
	once sync.Once
	left chan struct{} // closed once the peer has left the ring
}

func newSingle() *single { return &single{left: make(chan struct{})} }

// Peer is the one peer, whatever it is called.
func (s *single) Peer(via string) (web.Peer, error) {
	n, err := s.named(via)
	if err != nil {
		return nil, err
	}
	return n, nil
}

func (s *single) named(via string) (*node.Node, error) {
	n, err := s.ready()
	if err != nil {
		return nil, err
	}
	self := n.Self()
	position, _ := self.ID.MarshalText()
	if via != "" && via != self.Peer.String() && !strings.HasPrefix(string(position), via) {
		return nil, fmt.Errorf("%w: this is the HTTP address of %v alone: leave out via, or ask %q at its own", node.ErrInvalid, self.Peer, via)
	}
	return n, nil
}

// Ring walks along the successors.
func (s *single) Ring(ctx context.Context) (node.Ring, error) {
	n, err := s.ready()
	if err != nil {
		return node.Ring{}, err
	}
	return n.Walk(ctx)
}

// Leave leaves the ring. Even if not all keys could be handed over, the peer is
// closed afterwards.
func (s *single) Leave(ctx context.Context, via string) ([]chord.Contact, error) {
	n, err := s.named(via)
	if err != nil {
		return nil, err
	}
	err = n.Leave(ctx)
	s.once.Do(func() { close(s.left) })
	if errors.Is(err, node.ErrClosed) {
		err = nil
	}
	return []chord.Contact{n.Self()}, err
}

func (s *single) ready() (*node.Node, error) {
	if n := s.node.Load(); n != nil {
		return n, nil
	}
	return nil, fmt.Errorf("%w: this peer is still joining its ring, try again shortly", node.ErrNoPeer)
}
