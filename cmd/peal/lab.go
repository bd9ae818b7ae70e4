package main

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"peal/chord"
	"peal/node"
	"peal/testnet"
	"peal/web"
)

// A lab is the backend of a testnet. It answers from the start, so that the
// ring can be watched while it forms.
type lab struct {
	*testnet.Testnet
	once sync.Once
	left chan struct{} // closed once the testnet has ended
}

var _ web.Lab = (*lab)(nil)

func newLab(net *testnet.Testnet) *lab { return &lab{Testnet: net, left: make(chan struct{})} }

// Peer is one at random, or the one that via names.
func (l *lab) Peer(via string) (web.Peer, error) {
	n, err := l.Testnet.Peer(via)
	if errors.Is(err, testnet.ErrNoPeers) {
		return nil, fmt.Errorf("%w: %w", node.ErrNoPeer, err)
	}
	if err != nil {
		return nil, err
	}
	return n, nil
}

// Ring asks all peers, which needs no walk here.
func (l *lab) Ring(context.Context) (node.Ring, error) { return l.Testnet.Ring(), nil }

// Kill stops peers without a goodbye.
func (l *lab) Kill(kill web.KillRequest) ([]chord.Contact, error) {
	switch {
	case kill.Adjacent > 0:
		return l.KillAdjacent(kill.Adjacent)
	case len(kill.Peers) > 0:
		return l.KillPeers(kill.Peers)
	}
	return l.KillRandom(kill.Count, kill.Any)
}

// Leave ends the testnet. Nobody stays who could take over keys, so its peers
// just stop; with a data directory they have them again at the next start.
func (l *lab) Leave(context.Context) error {
	err := l.Close()
	l.once.Do(func() { close(l.left) })
	return err
}
