package remote

import (
	"context"
	"time"

	"peal/chord"
	"peal/node"
	"peal/transport"
)

// A Host is where peers run: this process, or another one. Its methods may be called
// from any goroutine.
type Host interface {
	// Start runs a peer and returns when it is a member of the ring that ways, the
	// addresses of other peers, lead to; with none, of a ring of its own. With its
	// number it finds again what it kept in the data directory, if there is one, and
	// what it had before a crash.
	Start(ctx context.Context, number int, ways []string) (Peer, error)

	// Impair makes the network of the peers bad, in place of what was said before; the
	// zero Impairment makes it good again.
	Impair(Impairment)

	// Part parts the peers: nothing passes between two that have different numbers
	// here; whoever is not named has 0. It takes the place of what was said before.
	Part(parts map[chord.PeerID]int)

	// Stats sum up what the transports of the peers that run now have counted.
	Stats() transport.Stats

	// Memory is how many bytes the process takes.
	Memory() int64

	// Rest has the process give back what only the start of peers took, and take less from
	// then on.
	Rest()

	// Close ends all peers, and the process if it is another.
	Close() error
}

// A Peer runs on a host. Once that has ended, its methods return [node.ErrClosed]; a
// write that was under way then has an unknown outcome.
type Peer interface {
	Self() chord.Contact
	Addresses() []string
	Info() node.Info

	Put(ctx context.Context, key, value []byte, opt node.WriteOptions) (node.Receipt, error)
	Touch(ctx context.Context, key []byte, opt node.WriteOptions) (node.Receipt, error)
	Delete(ctx context.Context, key []byte, opt node.WriteOptions) (node.Receipt, error)
	Get(ctx context.Context, key []byte, opt node.ReadOptions) (node.Value, error)
	Lookup(ctx context.Context, key []byte) (node.Route, error)
	Keys(ctx context.Context, prefix []byte, cursor string, limit int) (node.Page, error)
	LimitRepair(node.RepairLimit) error

	Leave(ctx context.Context) error

	// Lost reports whether its host has ended.
	Lost() bool

	// Kill stops the peer without a goodbye. If it hangs, its connections stay open
	// for a while, and nothing answers.
	Kill(hang bool) error

	// Crash stops the peer without a goodbye, and keeps what it had for the next start
	// with its number.
	Crash() error

	// Pause stops the peer with its connections open, until Resume; see
	// [node.Node.Pause]. Only Info answers meanwhile.
	Pause() error
	Resume() error
}

// An Impairment is what a bad network does to the messages between peers. Those behind
// one that comes late, from the same peer to the same peer, wait for it.
type Impairment struct {
	Drop  float64       // percent of them that are lost, without anybody being told
	Delay float64       // percent of the others that come late
	By    time.Duration // how late
}
