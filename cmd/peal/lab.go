package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

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
func (l *lab) Kill(kill web.KillRequest) (web.Killed, error) {
	var killed testnet.Killed
	var err error
	how := testnet.Crash
	if kill.Silent {
		how = testnet.Hang
	}
	switch {
	case kill.Adjacent > 0:
		killed, err = l.KillAdjacent(kill.Adjacent, how)
	case len(kill.Peers) > 0:
		killed, err = l.KillPeers(kill.Peers, how)
	default:
		killed, err = l.KillRandom(kill.Count, kill.Any, how)
	}
	return web.Killed(killed), err
}

// Cut cuts peers off from the others.
func (l *lab) Cut(cut web.CutRequest) ([][]chord.Contact, error) {
	if len(cut.Peers) > 0 {
		return l.Testnet.Cut(cut.Peers)
	}
	return l.CutRandom(cut.Percent)
}

// Pause stops peers with their connections open.
func (l *lab) Pause(which web.Choice) ([]chord.Contact, error) {
	return l.Testnet.Pause(testnet.Choice(which))
}

// Restart crashes peers and starts them again.
func (l *lab) Restart(ctx context.Context, which web.Choice, down time.Duration) ([]chord.Contact, error) {
	return l.Testnet.Restart(ctx, testnet.Choice(which), down)
}

// Impair makes the network lose and delay messages.
func (l *lab) Impair(i web.Impairment) error { return l.Testnet.Impair(testnet.Impairment(i)) }

// Heal ends the cut and the impairment.
func (l *lab) Heal() web.Network { return networkOf(l.Testnet.Heal()) }

// Network says what is wrong with the network now.
func (l *lab) Network() web.Network { return networkOf(l.Testnet.Network()) }

func networkOf(n testnet.Network) web.Network {
	return web.Network{CutOff: n.CutOff, Impairment: web.Impairment(n.Impairment)}
}

// Leave makes the peer that via names leave, or ends the testnet. Then nobody
// stays who could take over keys, so all peers just stop; with a data directory
// they have them again at the next start.
func (l *lab) Leave(ctx context.Context, via string) ([]chord.Contact, error) {
	if via != "" {
		peer, err := l.Testnet.Leave(ctx, via)
		if errors.Is(err, testnet.ErrNoPeers) {
			return nil, fmt.Errorf("%w: %w", node.ErrNoPeer, err)
		}
		return []chord.Contact{peer}, err
	}
	var left []chord.Contact
	for _, p := range l.Live() {
		left = append(left, p.Self())
	}
	err := l.Close()
	l.once.Do(func() { close(l.left) })
	return left, err
}
