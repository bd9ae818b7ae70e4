package testnet

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os/exec"
	"time"

	"peal/node"
	"peal/node/replica"
)

// Config of a testnet. Zero fields take their defaults.
type Config struct {
	// Peers is how many are started. Default 100.
	Peers int

	// Quorums of the ring.
	Quorums replica.Quorums

	// RoundEvery is the pause between two regular rounds of reconciliation of a
	// peer. Default 30 s.
	RoundEvery time.Duration

	// Transport is "tcp", "quic" or "memory". Default "tcp".
	Transport string

	// Latency is the round trip that is added to every link, half of it to each
	// message. Dials are as fast as ever. Default 0.
	Latency time.Duration

	// DataDir keeps the peers' identities and records, a directory each.
	// Default: they live in memory.
	DataDir string

	// Processes is how many processes the peers run in: with 1, the default, this
	// one; with more, as many others. Those cannot share a memory transport.
	Processes int

	// Command makes the command of another process, which calls [Serve] with its
	// standard input and output. Required for several processes.
	Command func() *exec.Cmd `json:"-"`

	// Ring is the ring's name. Default "testnet".
	Ring string

	// Seed decides at which peers requests enter and which are killed. Default:
	// another one each time.
	Seed uint64

	// Version of the software, for display.
	Version string

	// Observer is called with every event of every peer; it must not block.
	Observer func(node.Event) `json:"-"`

	// Logger of what goes wrong. Default: silence.
	Logger *slog.Logger `json:"-"`
}

// MaxPeers bounds how many peers are started at once.
const MaxPeers = 10_000

func (c *Config) validate() error {
	if c.Peers == 0 {
		c.Peers = 100
	}
	if c.Quorums = c.Quorums.Complete(); c.Quorums.Valid() != nil {
		return c.Quorums.Valid()
	}
	if c.Transport == "" {
		c.Transport = TCP
	}
	if c.Ring == "" {
		c.Ring = "testnet"
	}
	if c.Seed == 0 {
		c.Seed = rand.Uint64()
	}
	if c.Observer == nil {
		c.Observer = func(node.Event) {}
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Latency < 0 {
		return fmt.Errorf("a latency of %v: want 0 or more", c.Latency)
	}
	if c.Peers < 1 || c.Peers > MaxPeers {
		return fmt.Errorf("%d peers: want 1 to %d", c.Peers, MaxPeers)
	}
	if err := validTransport(c.Transport); err != nil {
		return err
	}
	return c.validProcesses()
}

func (c *Config) validProcesses() error {
	if c.Processes == 0 {
		c.Processes = 1
	}
	switch {
	case c.Processes < 1 || c.Processes > c.Peers:
		return fmt.Errorf("%d processes: want 1 to %d, as many as there are peers", c.Processes, c.Peers)
	case c.Processes > 1 && c.Transport == Memory:
		return fmt.Errorf("%d processes: the memory transport stays within one", c.Processes)
	case c.Processes > 1 && c.Command == nil:
		return fmt.Errorf("%d processes: Config.Command is not set", c.Processes)
	}
	return nil
}
