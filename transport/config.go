package transport

import (
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"time"

	"github.com/libp2p/go-libp2p/core/crypto"
	ma "github.com/multiformats/go-multiaddr"
)

// DefaultRing is the ring of peers that name none.
const DefaultRing = "peal"

// DefaultListen is where a peer listens unless told otherwise: TCP and QUIC on
// port 7601 of every interface.
var DefaultListen = []string{
	"/ip4/0.0.0.0/tcp/7601",
	"/ip4/0.0.0.0/udp/7601/quic-v1",
	"/ip6/::/tcp/7601",
	"/ip6/::/udp/7601/quic-v1",
}

// Config says how a peer is reached. The zero Config is a peer with a new
// identity on the default port that neither looks for others nor crosses NATs.
type Config struct {
	// KeyFile holds the private key that is the peer's identity. It is created,
	// readable by its owner only, if it does not exist. Default: none.
	KeyFile string

	// Key is the identity, an Ed25519 key, unless there is a KeyFile. Default: a new
	// one, which ends with the process.
	Key crypto.PrivKey

	// Ring is the name of the ring: 1 to 64 letters, digits, '.', '_' and '-'.
	// Default: DefaultRing.
	Ring string

	// Listen are the multiaddrs to listen on. Default: DefaultListen, of which
	// IPv6 is left out where the machine has none; with Memory, one free
	// /memory address.
	Listen []string

	// Memory replaces the network by one inside the process, where addresses
	// are /memory/N: for hundreds of peers in a test. Default: off.
	Memory bool

	// Lean leaves out what costs memory and file descriptors, and every limit on
	// peers that share an IP address: for testnets. Default: off.
	Lean bool

	// MDNS announces the peer on the LAN, and looks for peers of its ring there.
	// Default: off.
	MDNS bool

	// NAT lets peers behind NATs be reached: port mapping by UPnP and NAT-PMP,
	// hole punching, AutoNAT, dialling through relays. Default: off.
	NAT bool

	// MaxConns is the number of connections above which idle ones are closed.
	// Default: 400; with Lean, no bound.
	MaxConns int

	// MaxIdle is how long a connection stays open on which no message travels, unless
	// its peer is kept (see [Transport.Keep]). Default: for ever, because a peer behind
	// a NAT may be reached only by the connections that it made; with Lean a minute.
	MaxIdle time.Duration

	// DialTimeout is how long it may take to reach a peer and to agree on the
	// protocol. Default: 3 s; with Lean 20 s, because a dead peer of a testnet
	// refuses at once, and a living one may share the CPU with a hundred others.
	DialTimeout time.Duration

	// Logger gets what goes wrong beside any call. Default: nothing is logged.
	Logger *slog.Logger
}

var ringName = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// CheckRing says what is wrong with a ring's name, nil if nothing is.
func CheckRing(name string) error {
	if !ringName.MatchString(name) {
		return fmt.Errorf("ring name %q: use 1 to 64 letters, digits, '.', '_' and '-'", name)
	}
	return nil
}

// validate fills in the defaults, and says what is wrong with the rest.
func (c *Config) validate() error {
	if c.Ring == "" {
		c.Ring = DefaultRing
	}
	if err := CheckRing(c.Ring); err != nil {
		return err
	}
	if c.Memory && (c.NAT || c.MDNS) {
		return errors.New("the in-memory network has neither a NAT nor a LAN: switch NAT and MDNS off")
	}
	for _, addr := range c.Listen {
		if _, err := ma.NewMultiaddr(addr); err != nil {
			return fmt.Errorf("listen address %q is no multiaddr (%w): write for example /ip4/0.0.0.0/tcp/7601", addr, err)
		}
	}
	if c.MaxConns < 0 {
		return fmt.Errorf("MaxConns is %d: use 0 for the default, or a positive number", c.MaxConns)
	}
	if c.MaxConns == 0 && !c.Lean {
		c.MaxConns = 400
	}
	if c.MaxIdle < 0 {
		return fmt.Errorf("MaxIdle is %v: use 0 for the default, or a positive time", c.MaxIdle)
	}
	if c.MaxIdle == 0 && c.Lean {
		c.MaxIdle = time.Minute
	}
	switch {
	case c.DialTimeout < 0:
		return fmt.Errorf("DialTimeout is %v: use 0 for the default, or a positive time", c.DialTimeout)
	case c.DialTimeout == 0 && c.Lean:
		c.DialTimeout = 20 * time.Second
	case c.DialTimeout == 0:
		c.DialTimeout = 3 * time.Second
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return nil
}
