package testnet

import (
	"context"
	"fmt"
	"sync/atomic"

	"peal/chord"
	"peal/node"
)

// A line is the transport of a peer, which can be made to lose what is sent and
// what arrives: all of it when the peer hangs, what passes between the parts of a
// testnet that is cut, and a share of it when the network is impaired.
type line struct {
	node.Transport
	hung  atomic.Bool // it then outlives the peer, too
	parts *atomic.Pointer[partition]
	wear  *atomic.Pointer[Impairment]
	cable cable
}

// reaches reports whether anything passes between this peer and another.
func (l *line) reaches(peer chord.PeerID) bool {
	return !l.hung.Load() && !l.parts.Load().apart(l.Self(), peer)
}

func (l *line) Start(r node.Receiver) error { return l.Transport.Start(receiver{r, l}) }

func (l *line) Send(to chord.PeerID, body []byte, about []chord.PeerID) {
	late, lost := befall(l.wear.Load())
	if l.reaches(to) && !lost {
		l.cable.carry(to, late, func() { l.Transport.Send(to, body, about) })
	}
}

func (l *line) Connect(ctx context.Context, addr string) (chord.PeerID, error) {
	peer, err := l.Transport.Connect(ctx, addr)
	if err == nil && !l.reaches(peer) {
		return "", fmt.Errorf("no answer from %s: the testnet is cut in between", addr)
	}
	return peer, err
}

// Close leaves the connections of a peer that hangs open.
func (l *line) Close() error {
	if l.hung.Load() {
		return nil
	}
	return l.Transport.Close()
}

// A receiver takes in what arrives, unless its line loses it. That connections
// close is told nevertheless; it is no secret that a peer is cut off.
type receiver struct {
	node.Receiver
	line *line
}

func (r receiver) Deliver(from chord.PeerID, body []byte) error {
	if !r.line.reaches(from) {
		return nil
	}
	return r.Receiver.Deliver(from, body)
}
