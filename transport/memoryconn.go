package transport

import (
	"context"
	"sync"

	"github.com/libp2p/go-libp2p/core/crypto"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/transport"
	ma "github.com/multiformats/go-multiaddr"
)

// A memoryConn is one end of a connection.
type memoryConn struct {
	*memoryLink
	owner         *memory
	remote        peer.ID
	local, far    ma.Multiaddr
	incoming, out chan *memoryStream // opened by the other end, and by this one
}

// A memoryLink is what both ends of a connection share.
type memoryLink struct {
	closed  chan struct{}
	mu      sync.Mutex
	dead    bool
	streams map[*memoryStream]struct{} // both ends of each
}

func memoryPair(dialer, listener *memory, addr ma.Multiaddr) (ours, theirs *memoryConn) {
	link := &memoryLink{closed: make(chan struct{}), streams: map[*memoryStream]struct{}{}}
	a, b := make(chan *memoryStream, 8), make(chan *memoryStream, 8)
	ours = &memoryConn{link, dialer, listener.self, dialer.addr, addr, a, b}
	theirs = &memoryConn{link, listener, dialer.self, addr, dialer.addr, b, a}
	return ours, theirs
}

func (c *memoryConn) OpenStream(ctx context.Context) (network.MuxedStream, error) {
	there, back := newPipe(), newPipe()
	ours := &memoryStream{c.memoryLink, back, there}
	theirs := &memoryStream{c.memoryLink, there, back}
	if !c.add(ours, theirs) {
		return nil, errMemoryClosed
	}
	select {
	case c.out <- theirs:
		return ours, nil
	case <-c.closed:
		return nil, errMemoryClosed
	case <-ctx.Done():
		ours.Reset()
		theirs.Reset()
		return nil, ctx.Err()
	}
}

func (c *memoryConn) AcceptStream() (network.MuxedStream, error) {
	select {
	case s := <-c.incoming:
		return s, nil
	case <-c.closed:
		return nil, errMemoryClosed
	}
}

func (l *memoryLink) add(ends ...*memoryStream) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, s := range ends {
		if !l.dead {
			l.streams[s] = struct{}{}
		}
	}
	return !l.dead
}

func (l *memoryLink) remove(s *memoryStream) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.streams, s)
}

// Close closes both ends, as a closed socket would, and breaks their streams.
func (l *memoryLink) Close() error {
	l.mu.Lock()
	if l.dead {
		l.mu.Unlock()
		return nil
	}
	l.dead = true
	open := l.streams
	l.streams = nil
	l.mu.Unlock()
	close(l.closed)
	for s := range open {
		s.in.fail()
	}
	return nil
}

func (l *memoryLink) CloseWithError(network.ConnErrorCode) error { return l.Close() }

func (l *memoryLink) IsClosed() bool {
	select {
	case <-l.closed:
		return true
	default:
		return false
	}
}

func (c *memoryConn) As(any) bool                    { return false }
func (c *memoryConn) LocalPeer() peer.ID             { return c.owner.self }
func (c *memoryConn) RemotePeer() peer.ID            { return c.remote }
func (c *memoryConn) LocalMultiaddr() ma.Multiaddr   { return c.local }
func (c *memoryConn) RemoteMultiaddr() ma.Multiaddr  { return c.far }
func (c *memoryConn) Scope() network.ConnScope       { return &network.NullScope{} }
func (c *memoryConn) Transport() transport.Transport { return c.owner }
func (c *memoryConn) ConnState() network.ConnectionState {
	return network.ConnectionState{Transport: "memory"}
}

// RemotePublicKey is the one inside the peer ID, which an Ed25519 ID always has.
func (c *memoryConn) RemotePublicKey() crypto.PubKey {
	key, err := c.remote.ExtractPublicKey()
	if err != nil {
		return nil
	}
	return key
}
