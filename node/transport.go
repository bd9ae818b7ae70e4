package node

import (
	"context"

	"peal/chord"
)

// A Transport carries opaque messages between peers of one ring, at most once,
// in order while nothing fails. It knows the peers' addresses: with every
// message it tells the receiver how to reach the peers that the message is
// about.
type Transport interface {
	// Start begins to serve. The receiver's methods are called from the
	// transport's goroutines, under no lock that Send or Keep takes; Deliver may
	// take a while.
	Start(Receiver) error

	// Self is this peer's ID.
	Self() chord.PeerID

	// Addrs are the full multiaddrs that other peers can join by.
	Addrs() []string

	// Connect dials a full multiaddr and says which peer answers there.
	Connect(ctx context.Context, addr string) (chord.PeerID, error)

	// Send queues body for a peer and returns at once. If it cannot be
	// delivered the receiver's Unreachable is called, or the message is lost.
	Send(to chord.PeerID, body []byte, about []chord.PeerID)

	// Keep names the peers to which connections stay open even when nothing is
	// sent, in place of those named before.
	Keep([]chord.PeerID)

	// PeerAddrs are the addresses known of another peer, as Connect takes them.
	PeerAddrs(chord.PeerID) []string

	Close() error
}

// A Receiver is told what arrives. It is an alias, so that a transport can
// declare the same interface without importing this package.
type Receiver = interface {
	// Deliver hands over a message; body is valid until it returns. An error
	// says that it is no message: the transport closes the stream, and calls
	// Rejected.
	Deliver(from chord.PeerID, body []byte) error

	// Unreachable: a message to this peer could not be delivered.
	Unreachable(chord.PeerID)

	// Disconnected: the last connection to this peer closed. It may be dead,
	// or have closed an idle connection.
	Disconnected(chord.PeerID)

	// Discovered: a peer of this ring answered on the LAN.
	Discovered(chord.PeerID)

	// Rejected: this peer sent bytes that are no message; its stream is closed.
	Rejected(from chord.PeerID, reason string)
}
