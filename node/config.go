package node

import (
	"cmp"
	"errors"
	"log/slog"
	"math/rand/v2"
	"time"

	"peal/chord"
	"peal/node/replica"
)

// Config of a node. Zero fields take their defaults, where there is one.
type Config struct {
	// Transport to other peers. The node starts it, and closes it at its end.
	// Required.
	Transport Transport

	// Store of the records. The node closes it at its end. Required.
	Store Store

	// Ring is the ring's name, for display; keeping rings apart is up to the
	// transport. Default "peal".
	Ring string

	// Join lists full multiaddrs of peers to join by. With none, and no peers
	// remembered in the store, the node is a ring of its own at first.
	Join []string

	// Redial is the least pause after which the addresses of Join that have answered
	// are dialled again, since peers that start at the same time may become several
	// rings. The pauses grow from 1 s to 5 min. Default 0.
	Redial time.Duration

	// Chord and Replica tune the ring and the data plane; what belongs to the
	// node itself, such as Self, is filled in.
	Chord   chord.Config
	Replica replica.Config

	// RepairRate bounds the bytes of values a second that this peer moves to
	// reconcile its arc. Default 0: no bound.
	RepairRate int64

	// Seed of all randomness; 0 takes a random one, as each life of a peer needs.
	Seed uint64

	// Version of the software, for display.
	Version string

	// Logger of what a person should know. Default: silence.
	Logger *slog.Logger

	// Observer is called with every event, from several goroutines, most often in a
	// turn: one that is slow holds up all calls and messages. It must not call the
	// node. Default: none.
	Observer func(Event)
}

// A Store keeps a peer's records. Its methods are safe for concurrent use.
type Store interface {
	replica.Reader

	// Each calls f with every record's item. A store that turns out to be damaged
	// mends itself first and says so, in a line for the log: what f was told is void
	// then, and Each must be called again.
	Each(f func(replica.Item)) (damage string, err error)

	// Commit stores writes durably and then deletes drops, all or nothing.
	Commit(writes []replica.Record, drops []replica.Item) error

	// Slow reports whether a Commit may take long, as one to a disk does.
	Slow() bool

	// Meta and SetMeta keep small notes by name; a missing one is nil.
	Meta(name string) ([]byte, error)
	SetMeta(name string, value []byte) error

	Close() error
}

// defaultDeadline ends a call whose context has no deadline.
const defaultDeadline = 30 * time.Second

func (c *Config) validate() error {
	if c.Transport == nil || c.Store == nil {
		return errors.New("node: Config.Transport or Config.Store is not set")
	}
	if c.RepairRate < 0 {
		return errors.New("node: Config.RepairRate is negative")
	}
	if c.Ring == "" {
		c.Ring = "peal"
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Observer == nil {
		c.Observer = func(Event) {}
	}
	return nil
}

// cores completes the configurations of the two state machines.
func (c *Config) cores() (chord.Config, replica.Config) {
	self := chord.NewContact(c.Transport.Self(), 0)
	seed := cmp.Or(c.Seed, rand.Uint64())
	ring, data := c.Chord, c.Replica
	ring.Self, ring.Seed = self, seed
	data.Self, data.Seed, data.Reader = self, seed, c.Store
	return ring, data
}
