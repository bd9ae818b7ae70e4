package transport

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"
	"github.com/libp2p/go-libp2p/p2p/net/swarm"
	"github.com/libp2p/go-libp2p/p2p/protocol/identify"
	ma "github.com/multiformats/go-multiaddr"
	msmux "github.com/multiformats/go-multistream"

	"peal/chord"
)

const (
	protocolName = "/peal/"
	version      = "1"
	protocolRoot = protocolName + version + "/"

	tellTime = time.Second // for a host to say what it speaks
)

// Connect dials a full multiaddr, which may hold a DNS name, and says which peer
// answers there. It fails with one line that says why if that is no peer of this
// ring.
func (t *Transport) Connect(ctx context.Context, addr string) (chord.PeerID, error) {
	info, err := parseFull(addr)
	if err != nil {
		return "", err
	}
	if info.ID == t.host.ID() {
		return "", fmt.Errorf("%s is the address of this peer itself: give that of another", addr)
	}
	if !t.begin() {
		return "", ErrClosed
	}
	defer t.work.Done()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(t.ctx, cancel)()
	t.swarm.Backoff().Clear(info.ID)
	if err := t.host.Connect(ctx, *info); err != nil {
		return "", fmt.Errorf("no answer from %s: %w", addr, plainDialError(err))
	}
	if err := t.verify(ctx, info.ID); err != nil {
		return "", err
	}
	// libp2p forgets what was dialled for what the other end says of itself, which
	// may leave it out: a forwarded port, say.
	t.host.Peerstore().AddAddrs(info.ID, info.Addrs, learnedTTL)
	return chord.PeerID(info.ID), nil
}

func parseFull(addr string) (*peer.AddrInfo, error) {
	a, err := ma.NewMultiaddr(addr)
	if err != nil {
		return nil, fmt.Errorf("%q is no multiaddr (%w): take one that `peal status` shows at the other peer", addr, err)
	}
	info, err := peer.AddrInfoFromP2pAddr(a)
	if err != nil || len(info.Addrs) == 0 {
		return nil, fmt.Errorf("%q must be a full multiaddr that ends in /p2p/ and the peer's ID: `peal status` shows it there", addr)
	}
	return info, nil
}

// verify finds out whether a connected host is a peer of this ring. One that is
// not is hung up on.
func (t *Transport) verify(ctx context.Context, id peer.ID) error {
	spoken, err := t.identified(ctx, id)
	if err != nil || slices.Contains(spoken, t.small) {
		return err
	}
	s, err := t.openStream(ctx, id, t.small)
	if err == nil {
		return s.Close()
	}
	if !errors.As(err, new(msmux.ErrNotSupported[protocol.ID])) {
		return fmt.Errorf("%s does not answer: %w", id, err)
	}
	spoken = t.spokenLater(ctx, id, spoken)
	_ = t.swarm.ClosePeer(id)
	return stranger(id, t.cfg.Ring, spoken)
}

// spokenLater waits a little for a host that has just started to tell which
// rings it is in: at first it may say that it speaks nothing.
func (t *Transport) spokenLater(ctx context.Context, id peer.ID, spoken []protocol.ID) []protocol.ID {
	ours := func(p protocol.ID) bool { return strings.HasPrefix(string(p), protocolName) }
	ctx, cancel := context.WithTimeout(ctx, tellTime)
	defer cancel()
	look := time.NewTicker(tellTime / 20)
	defer look.Stop()
	for !slices.ContainsFunc(spoken, ours) {
		select {
		case <-look.C:
			if now, err := t.host.Peerstore().GetProtocols(id); err == nil {
				spoken = now
			}
		case <-ctx.Done():
			return spoken
		}
	}
	return spoken
}

// identified are the protocols that a connected host says it speaks.
func (t *Transport) identified(ctx context.Context, id peer.ID) ([]protocol.ID, error) {
	conn := t.preferred(id)
	ids, ok := t.host.(interface{ IDService() identify.IDService })
	if conn == nil || !ok {
		return nil, fmt.Errorf("%s closed the connection: %w", id, network.ErrNoConn)
	}
	select {
	case <-ids.IDService().IdentifyWait(conn):
	case <-ctx.Done():
		return nil, fmt.Errorf("%s does not say what it is: %w", id, ctx.Err())
	}
	spoken, err := t.host.Peerstore().GetProtocols(id)
	if err != nil {
		return nil, fmt.Errorf("protocols of %s: %w", id, err)
	}
	return spoken, nil
}

// stranger says why a host that speaks these protocols is no peer of the ring.
func stranger(id peer.ID, ring string, spoken []protocol.ID) error {
	for _, p := range spoken {
		rest, ours := strings.CutPrefix(string(p), protocolName)
		v, other, ok := strings.Cut(rest, "/")
		switch {
		case !ours || !ok:
		case v != version:
			return fmt.Errorf("%s speaks %s%s, this is version %s: upgrade the older of the two", id, protocolName, v, version)
		default:
			other, _, _ = strings.Cut(other, "/")
			return fmt.Errorf("%s is in the ring %q, not %q", id, other, ring)
		}
	}
	return fmt.Errorf("%s is no Peal peer", id)
}

// plainDialError makes one line of libp2p's list of all addresses tried: the
// reason of one stands for all, if possible of one that could be tried here.
func plainDialError(err error) error {
	var dial *swarm.DialError
	if !errors.As(err, &dial) {
		return err
	}
	reason := dial.Cause
	for _, tried := range dial.DialErrors {
		if !errors.Is(tried.Cause, swarm.ErrNoTransport) {
			return tried.Cause
		}
		reason = tried.Cause
	}
	return reason
}
