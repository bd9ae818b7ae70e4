package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"peal/chord"
	"peal/node"
	"peal/testnet"
	"peal/web"
)

// A lab is the backend of a testnet. It answers from the start, and can say
// that the peers are still joining.
type lab struct {
	net    atomic.Pointer[testnet.Testnet]
	joined atomic.Int64 // peers, while they start
	once   sync.Once
	left   chan struct{} // closed once the testnet has ended
}

var _ web.Lab = (*lab)(nil)

func newLab() *lab { return &lab{left: make(chan struct{})} }

func (l *lab) ready() (*testnet.Testnet, error) {
	if net := l.net.Load(); net != nil {
		return net, nil
	}
	return nil, fmt.Errorf("%w: the testnet is still starting, %s so far: try again shortly", node.ErrNoPeer, counted(int(l.joined.Load()), "peer"))
}

// Peer is one at random, or the one that via names.
func (l *lab) Peer(via string) (web.Peer, error) {
	net, err := l.ready()
	if err != nil {
		return nil, err
	}
	return peerOf(net.Peer(via))
}

// peerOf has no nil node behind an interface that is not nil.
func peerOf(n *node.Node, err error) (web.Peer, error) {
	if errors.Is(err, testnet.ErrNoPeers) {
		return nil, fmt.Errorf("%w: %w", node.ErrNoPeer, err)
	}
	if err != nil {
		return nil, err
	}
	return n, nil
}

// Ring asks all peers, which needs no walk here.
func (l *lab) Ring(context.Context) (node.Ring, error) {
	net, err := l.ready()
	if err != nil {
		return node.Ring{}, err
	}
	return net.Ring(), nil
}

// Kill stops peers without a goodbye.
func (l *lab) Kill(kill web.KillRequest) ([]chord.Contact, error) {
	net, err := l.ready()
	switch {
	case err != nil:
		return nil, err
	case kill.Adjacent > 0:
		return net.KillAdjacent(kill.Adjacent)
	case len(kill.Peers) > 0:
		return net.KillPeers(kill.Peers)
	}
	return net.KillRandom(kill.Count, kill.Any)
}

// Join starts more peers.
func (l *lab) Join(ctx context.Context, n int) ([]chord.Contact, error) {
	net, err := l.ready()
	if err != nil {
		return nil, err
	}
	return net.Join(ctx, n)
}

// Leave ends the testnet. Nobody stays who could take over keys, so its peers
// just stop; with a data directory they have them again at the next start.
func (l *lab) Leave(context.Context) error {
	if _, err := l.ready(); err != nil {
		return err
	}
	err := l.close()
	l.once.Do(func() { close(l.left) })
	return err
}

func (l *lab) close() error {
	net, err := l.ready()
	if err != nil {
		return nil
	}
	return net.Close()
}
