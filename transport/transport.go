package transport

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"
	"github.com/libp2p/go-libp2p/p2p/net/swarm"
	ma "github.com/multiformats/go-multiaddr"

	"peal/chord"
)

// A Receiver is told what arrives. What else comes on a stream waits for Deliver; the other
// methods must not block. None may call Close.
type Receiver = interface {
	// Deliver hands over a message; body is valid until it returns. An error
	// says that it is no message: its stream is closed, and Rejected called.
	Deliver(from chord.PeerID, body []byte) error

	// Unreachable: a message to this peer could not be delivered.
	Unreachable(chord.PeerID)

	// Disconnected: the last connection to this peer closed.
	Disconnected(chord.PeerID)

	// Discovered: a peer of this ring answered on the LAN.
	Discovered(chord.PeerID)

	// Rejected: this peer sent bytes that are no message; its stream is closed.
	Rejected(from chord.PeerID, reason string)
}

// ErrClosed is returned by what is called after Close.
var ErrClosed = errors.New("transport is closed")

// A Transport is one peer's end of the network. All methods may be called from
// any goroutine.
type Transport struct {
	cfg   Config
	host  host.Host
	swarm *swarm.Swarm
	self  chord.PeerID
	small protocol.ID // of the lane for small messages; also what makes a host a peer of the ring
	bulk  protocol.ID
	stats counters

	settleAfter         time.Duration // how long a second connection is left alone
	smallIdle, bulkIdle time.Duration // until a lane without messages closes
	restFor             time.Duration // until a connection without streams closes

	negotiator network.StreamHandler
	directory  directory

	ctx      context.Context // ends with Close
	cancel   context.CancelFunc
	receiver Receiver
	started  chan struct{} // closed once receiver is set
	work     sync.WaitGroup

	mu       sync.Mutex
	closed   bool
	lanes    map[laneKey]*lane
	kept     map[laneKey]bool     // lanes that stay open at rest
	inbound  map[chord.PeerID]int // open streams from each peer
	resting  map[network.Conn]rest
	sweeper  *time.Timer // of connections at rest; nil if they may stay
	own      ownAddrs
	settling map[peer.ID]bool // peers whose second connection is being dealt with
	finding  map[peer.ID]bool // peers that mDNS found and that are being dialled
}

// ownAddrs are our own addresses and how they are written.
type ownAddrs struct {
	addrs []ma.Multiaddr
	full  []string
}

// New makes the host and listens. Streams that arrive wait for Start.
func New(cfg Config) (*Transport, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	h, err := newHost(cfg)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	t := &Transport{
		cfg:         cfg,
		host:        h,
		swarm:       h.Network().(*swarm.Swarm),
		self:        chord.PeerID(h.ID()),
		small:       protocol.ID(protocolRoot + cfg.Ring),
		bulk:        protocol.ID(protocolRoot + cfg.Ring + "/bulk"),
		settleAfter: defaultSettle,
		smallIdle:   defaultSmallIdle,
		bulkIdle:    defaultBulkIdle,

		ctx:      ctx,
		cancel:   cancel,
		started:  make(chan struct{}),
		lanes:    map[laneKey]*lane{},
		inbound:  map[chord.PeerID]int{},
		resting:  map[network.Conn]rest{},
		settling: map[peer.ID]bool{},
		finding:  map[peer.ID]bool{},
	}
	t.negotiator = t.swarm.StreamHandler()
	t.swarm.SetStreamHandler(t.gate)
	h.SetStreamHandler(t.small, func(s network.Stream) { t.serve(s, MaxSmall) })
	h.SetStreamHandler(t.bulk, func(s network.Stream) { t.serve(s, MaxBody) })
	t.swarm.Notify(&network.NotifyBundle{ConnectedF: t.connected, DisconnectedF: t.disconnected})
	if err := listen(t.swarm, cfg); err != nil {
		return nil, errors.Join(err, t.Close())
	}
	if lean, ok := h.(*leanHost); ok {
		lean.start()
	}
	if cfg.MaxIdle > 0 {
		t.closeIdle(cfg.MaxIdle / 2)
	}
	return t, nil
}

// Start begins to serve: what arrives goes to the receiver.
func (t *Transport) Start(r Receiver) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.closed:
		return ErrClosed
	case t.receiver != nil:
		return errors.New("transport is started already")
	}
	t.receiver = r
	close(t.started)
	if t.cfg.MDNS {
		t.work.Go((&lan{t}).run)
	}
	return nil
}

// Self is this peer's ID.
func (t *Transport) Self() chord.PeerID { return t.self }

// Addrs are the full multiaddrs that other peers can join by, those of the
// loopback interface last.
func (t *Transport) Addrs() []string {
	addrs := t.host.Addrs()
	t.mu.Lock()
	defer t.mu.Unlock()
	if !slices.EqualFunc(addrs, t.own.addrs, ma.Multiaddr.Equal) {
		t.own = ownAddrs{slices.Clone(addrs), fullAddrs(t.host.ID(), addrs)}
	}
	return slices.Clone(t.own.full)
}

// Keep names the peers to which connections stay open though nothing is sent, in place
// of those named before.
func (t *Transport) Keep(peers []chord.PeerID) {
	kept := make(map[laneKey]bool, len(peers))
	for _, p := range peers {
		kept[laneKey{peer: p}] = true
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept = kept
}

// PeerAddrs are the addresses known of another peer, as Connect takes them.
func (t *Transport) PeerAddrs(p chord.PeerID) []string {
	return fullAddrs(peer.ID(p), t.host.Peerstore().Addrs(peer.ID(p)))
}

// Send queues body for a peer and returns at once; body and about must not be
// changed any more. The message is dropped, and counted, if the queue is full or
// the body larger than MaxBody.
func (t *Transport) Send(to chord.PeerID, body []byte, about []chord.PeerID) {
	if len(body) > MaxBody || !t.enqueue(laneKey{to, len(body) > MaxSmall}, message{body, about}) {
		t.stats.dropped.Add(1)
	}
}

// enqueue reports whether there was room.
func (t *Transport) enqueue(key laneKey, m message) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed || t.receiver == nil {
		return false
	}
	l := t.lanes[key]
	if l == nil {
		l = newLane(t, key)
		t.lanes[key] = l
	}
	return l.push(m)
}

// begin counts the caller among the goroutines that Close waits for. It reports
// false once the transport is closed; otherwise the caller owes a work.Done.
func (t *Transport) begin() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.closed {
		t.work.Add(1)
	}
	return !t.closed
}

// Close closes the host and all its connections at once: queued messages are
// lost. When it returns, the receiver is not called any more.
func (t *Transport) Close() error {
	t.mu.Lock()
	if t.closed {
		t.mu.Unlock()
		return nil
	}
	t.closed = true
	for _, l := range t.lanes {
		if l.idle != nil {
			l.idle.Stop()
		}
	}
	if t.sweeper != nil {
		t.sweeper.Stop()
	}
	t.mu.Unlock()

	t.cancel()
	err := t.host.Close()
	t.work.Wait()
	if err != nil {
		return fmt.Errorf("close the libp2p host: %w", err)
	}
	return nil
}
