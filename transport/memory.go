package transport

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync"

	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/transport"
	ma "github.com/multiformats/go-multiaddr"
)

// memoryNet is the network inside the process: who listens on which /memory
// address. It is one for the process because the addresses are.
var memoryNet = struct {
	sync.Mutex
	last      uint64 // highest address given out
	listeners map[uint64]*memoryListener
}{listeners: map[uint64]*memoryListener{}}

// memory is a libp2p transport whose connections never leave the process. It
// has streams of its own, without encryption or multiplexer, so that a
// connection costs a few kilobytes and no file descriptor.
type memory struct {
	self peer.ID
	addr ma.Multiaddr // at our end of outgoing connections
}

func newMemory(self peer.ID) *memory {
	return &memory{self: self, addr: ma.StringCast("/memory/0")}
}

func (m *memory) CanDial(addr ma.Multiaddr) bool { _, err := memoryPort(addr); return err == nil }
func (m *memory) Protocols() []int               { return []int{ma.P_MEMORY} }
func (m *memory) Proxy() bool                    { return false }

// Listen on /memory/0 takes an address that was not used before.
func (m *memory) Listen(addr ma.Multiaddr) (transport.Listener, error) {
	port, err := memoryPort(addr)
	if err != nil {
		return nil, err
	}
	memoryNet.Lock()
	defer memoryNet.Unlock()
	if port == 0 {
		port = memoryNet.last + 1
	}
	if memoryNet.listeners[port] != nil {
		return nil, fmt.Errorf("/memory/%d is in use", port)
	}
	memoryNet.last = max(memoryNet.last, port)
	l := &memoryListener{
		owner:   m,
		port:    port,
		addr:    ma.StringCast("/memory/" + strconv.FormatUint(port, 10)),
		backlog: make(chan *memoryConn, 16),
		closed:  make(chan struct{}),
	}
	memoryNet.listeners[port] = l
	return l, nil
}

func (m *memory) Dial(ctx context.Context, addr ma.Multiaddr, remote peer.ID) (transport.CapableConn, error) {
	port, err := memoryPort(addr)
	if err != nil {
		return nil, err
	}
	memoryNet.Lock()
	l := memoryNet.listeners[port]
	memoryNet.Unlock()
	if l == nil {
		return nil, fmt.Errorf("nobody listens on /memory/%d", port)
	}
	if l.owner.self != remote {
		return nil, fmt.Errorf("at /memory/%d is %s, not %s", port, l.owner.self, remote)
	}
	ours, theirs := memoryPair(m, l.owner, l.addr)
	select {
	case l.backlog <- theirs:
		if l.isClosed() { // perhaps too late for Close to find it
			ours.Close()
			return nil, errMemoryClosed
		}
		return ours, nil
	case <-l.closed:
		return nil, fmt.Errorf("nobody listens on /memory/%d any more", port)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func memoryPort(addr ma.Multiaddr) (uint64, error) {
	s, err := addr.ValueForProtocol(ma.P_MEMORY)
	if err != nil {
		return 0, fmt.Errorf("%s is no /memory address", addr)
	}
	return strconv.ParseUint(s, 10, 64)
}

type memoryListener struct {
	owner   *memory
	port    uint64
	addr    ma.Multiaddr
	backlog chan *memoryConn
	once    sync.Once
	closed  chan struct{}
}

func (l *memoryListener) Accept() (transport.CapableConn, error) {
	select {
	case c := <-l.backlog:
		return c, nil
	case <-l.closed:
		return nil, transport.ErrListenerClosed
	}
}

// Close also closes the connections that wait to be accepted.
func (l *memoryListener) Close() error {
	l.once.Do(func() {
		memoryNet.Lock()
		delete(memoryNet.listeners, l.port)
		memoryNet.Unlock()
		close(l.closed)
	})
	for {
		select {
		case c := <-l.backlog:
			c.Close()
		default:
			return nil
		}
	}
}

func (l *memoryListener) isClosed() bool {
	select {
	case <-l.closed:
		return true
	default:
		return false
	}
}

func (l *memoryListener) Multiaddr() ma.Multiaddr { return l.addr }
func (l *memoryListener) Addr() net.Addr          { return memoryAddr{l.addr} }

type memoryAddr struct{ ma.Multiaddr }

func (memoryAddr) Network() string { return "memory" }

var errMemoryClosed = errors.New("connection closed")
