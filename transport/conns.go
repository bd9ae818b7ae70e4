package transport

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"
	msmux "github.com/multiformats/go-multistream"

	"peal/chord"
)

// defaultSettle is how long a second connection to a peer is left alone: both ends
// have seen it by then, and have moved their streams.
const defaultSettle = 5 * time.Second

// openAttempts is how often a stream is tried, as either end may just be closing the
// connection.
const openAttempts = 3

// openStream opens a stream on the connection that the peers keep, after a dial
// if there is none.
func (t *Transport) openStream(ctx context.Context, id peer.ID, proto protocol.ID) (s network.Stream, err error) {
	ctx = network.WithAllowLimitedConn(ctx, "peal")
	for range openAttempts {
		conn := t.preferred(id)
		if conn == nil {
			if conn, err = t.dial(ctx, id); err != nil {
				return nil, err
			}
		}
		s, err = t.openOn(ctx, conn, proto)
		inUse := !conn.IsClosed() && conn.Stat().NumStreams > 0
		if err == nil || ctx.Err() != nil || inUse || errors.As(err, new(msmux.ErrNotSupported[protocol.ID])) {
			break
		}
		_ = conn.Close()
	}
	return s, err
}

func (t *Transport) dial(ctx context.Context, id peer.ID) (network.Conn, error) {
	renew(t.host.Peerstore(), id)
	t.swarm.Backoff().Clear(id) // whoever asks has a reason to try again
	return t.swarm.DialPeer(ctx, id)
}

func (t *Transport) openOn(ctx context.Context, conn network.Conn, proto protocol.ID) (network.Stream, error) {
	s, err := conn.NewStream(ctx)
	if err != nil {
		return nil, fmt.Errorf("open a stream: %w", err)
	}
	err = errGivenUp
	if t.mayUse(conn) {
		err = negotiate(ctx, s, proto)
	}
	if err != nil {
		s.ResetWithError(network.StreamProtocolNegotiationFailed)
		return nil, fmt.Errorf("agree on %s: %w", proto, err)
	}
	return s, nil
}

// negotiate asks the other end itself, rather than rely on what identify said:
// that may be late, or left out where many peers share a subnet.
func negotiate(ctx context.Context, s network.Stream, proto protocol.ID) error {
	if deadline, ok := ctx.Deadline(); ok {
		_ = s.SetDeadline(deadline)
	}
	stop := context.AfterFunc(ctx, func() { s.Reset() })
	defer stop()
	if err := msmux.SelectProtoOrFail(proto, s); err != nil {
		return err
	}
	_ = s.SetDeadline(time.Time{})
	return s.SetProtocol(proto)
}

// preferred is the connection that both peers choose when they have several:
// a direct one before a relayed one, then one dialled by the peer with the lower
// ID, then the oldest. It is nil if there is none.
func (t *Transport) preferred(id peer.ID) network.Conn {
	var best network.Conn
	for _, c := range t.swarm.ConnsToPeer(id) {
		if !c.IsClosed() && t.mayUse(c) && (best == nil || t.better(c, best)) {
			best = c
		}
	}
	return best
}

func (t *Transport) better(a, b network.Conn) bool {
	sa, sb := a.Stat(), b.Stat()
	if sa.Limited != sb.Limited {
		return sb.Limited
	}
	if sa.Direction != sb.Direction {
		weAreLower := t.host.ID() < a.RemotePeer()
		return (sa.Direction == network.DirOutbound) == weAreLower
	}
	return sa.Opened.Before(sb.Opened)
}

// connected notices that two peers have dialled each other at once.
func (t *Transport) connected(_ network.Network, c network.Conn) {
	id := c.RemotePeer()
	if len(t.swarm.ConnsToPeer(id)) < 2 {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, bulk := range []bool{false, true} {
		if l := t.lanes[laneKey{chord.PeerID(id), bulk}]; l != nil {
			l.move.Store(true)
			l.poke()
		}
	}
	if !t.closed && !t.settling[id] {
		t.settling[id] = true
		t.work.Go(func() { t.settle(id) })
	}
}

// settle closes the connections that are not preferred, each once nothing uses
// it any more.
func (t *Transport) settle(id peer.ID) {
	defer func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		delete(t.settling, id)
	}()
	ticker := time.NewTicker(t.settleAfter)
	defer ticker.Stop()
	for {
		select {
		case <-t.ctx.Done():
			return
		case <-ticker.C:
		}
		if t.closeSpare(id) < 2 {
			return
		}
	}
}

// closeSpare returns how many connections to the peer are left.
func (t *Transport) closeSpare(id peer.ID) int {
	conns, keep := t.swarm.ConnsToPeer(id), t.preferred(id)
	left := len(conns)
	for _, c := range conns {
		if c != keep && len(c.GetStreams()) == 0 && time.Since(c.Stat().Opened) >= t.settleAfter {
			c.CloseWithError(network.ConnSupplanted)
			left--
		}
	}
	return left
}

// disconnected tells the receiver when the last connection is gone. That of one
// that nothing used says nothing about the peer.
func (t *Transport) disconnected(_ network.Network, c network.Conn) {
	if t.wasAtRest(c) || len(t.swarm.ConnsToPeer(c.RemotePeer())) > 0 || !t.begin() {
		return
	}
	defer t.work.Done()
	select {
	case <-t.started:
		t.receiver.Disconnected(chord.PeerID(c.RemotePeer()))
	default:
	}
}
