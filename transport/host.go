package transport

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"
	"time"

	"github.com/libp2p/go-libp2p"
	"github.com/libp2p/go-libp2p/core/connmgr"
	"github.com/libp2p/go-libp2p/core/crypto"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/transport"
	"github.com/libp2p/go-libp2p/p2p/muxer/yamux"
	watermark "github.com/libp2p/go-libp2p/p2p/net/connmgr"
	"github.com/libp2p/go-libp2p/p2p/net/swarm"
	"github.com/libp2p/go-libp2p/p2p/security/noise"
	tls "github.com/libp2p/go-libp2p/p2p/security/tls"
	quic "github.com/libp2p/go-libp2p/p2p/transport/quic"
	"github.com/libp2p/go-libp2p/p2p/transport/tcp"
	ma "github.com/multiformats/go-multiaddr"
	manet "github.com/multiformats/go-multiaddr/net"
)

// NewHost makes the host that a Transport of this Config has, and listens, but
// speaks nothing on it: what the transport costs can be measured against it.
func NewHost(cfg Config) (host.Host, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	h, err := newHost(cfg)
	if err != nil {
		return nil, err
	}
	if err := listen(h.Network().(*swarm.Swarm), cfg); err != nil {
		return nil, errors.Join(err, h.Close())
	}
	return h, nil
}

// newHost makes the libp2p host. It does not listen yet, so that the stream
// handlers are there before the first connection.
func newHost(cfg Config) (host.Host, error) {
	p, err := newParts(cfg)
	if err != nil {
		return nil, err
	}
	var h host.Host
	if cfg.Lean {
		h, err = newLeanHost(cfg, p)
	} else {
		h, err = libp2p.New(p.options(cfg)...)
	}
	if err != nil {
		return nil, fmt.Errorf("create the libp2p host: %w", err)
	}
	return h, nil
}

// parts are what every host is made of, lean or not.
type parts struct {
	key       crypto.PrivKey
	book      addrBook
	resources network.ResourceManager
	conns     connmgr.ConnManager
	muxer     *yamux.Transport
}

func newParts(cfg Config) (p parts, err error) {
	if p.key, err = identity(cfg.KeyFile, cfg.Key); err != nil {
		return p, err
	}
	if p.resources, err = limits(cfg.Lean || cfg.Memory); err != nil {
		return p, fmt.Errorf("set the resource limits: %w", err)
	}
	if p.conns, err = connManager(cfg.MaxConns); err != nil {
		return p, fmt.Errorf("set the connection limits: %w", err)
	}
	p.book, p.muxer = newAddrBook(), muxer(cfg.Lean)
	return p, nil
}

const userAgent = "peal"

// options are those of a full host.
func (p parts) options(cfg Config) []libp2p.Option {
	opts := []libp2p.Option{
		libp2p.Identity(p.key),
		libp2p.Peerstore(p.book),
		libp2p.NoListenAddrs,
		libp2p.Security(tls.ID, tls.New), // offered first: cheaper where AES is in hardware
		libp2p.Security(noise.ID, noise.New),
		libp2p.Muxer(yamux.ID, p.muxer),
		libp2p.ResourceManager(p.resources),
		libp2p.ConnectionManager(p.conns),
		libp2p.DisableMetrics(),
		libp2p.Ping(false),
		libp2p.UserAgent(userAgent),
	}
	if cfg.Memory {
		return append(opts, libp2p.DisableIdentifyAddressDiscovery(), libp2p.Transport(newMemory))
	}
	opts = append(opts, libp2p.Transport(newTCP(cfg.NAT)), libp2p.Transport(quic.NewTransport))
	if cfg.NAT {
		opts = append(opts, libp2p.EnableRelay(), libp2p.EnableHolePunching(), libp2p.EnableAutoNATv2(), libp2p.NATPortMap())
	}
	return opts
}

// newTCP shares the listening port with outgoing connections only for hole
// punching, which needs it: it also lets a second process listen on the port.
func newTCP(reuse bool) func(transport.Upgrader, network.ResourceManager) (*tcp.TcpTransport, error) {
	return func(up transport.Upgrader, rm network.ResourceManager) (*tcp.TcpTransport, error) {
		if reuse {
			return tcp.NewTCPTransport(up, rm, nil)
		}
		return tcp.NewTCPTransport(up, rm, nil, tcp.DisableReuseport())
	}
}

// muxer is yamux. A lean host does without its keep-alives and measurements,
// which cost a testnet of a thousand idle peers most of its CPU time.
func muxer(lean bool) *yamux.Transport {
	config := *yamux.DefaultTransport.Config()
	if lean {
		config.EnableKeepAlive = false
		config.MeasureRTTInterval = time.Hour
		config.AcceptBacklog = 32
	}
	return (*yamux.Transport)(&config)
}

func connManager(maxConns int) (connmgr.ConnManager, error) {
	if maxConns == 0 {
		return connmgr.NullConnMgr{}, nil
	}
	return watermark.NewConnManager(maxConns*3/4, maxConns, watermark.WithGracePeriod(20*time.Second))
}

// listen opens all listeners of the Config, and fails if one of them cannot.
func listen(sw *swarm.Swarm, cfg Config) error {
	addrs, optional := cfg.Listen, false
	switch {
	case len(addrs) == 0 && cfg.Memory:
		addrs = []string{"/memory/0"}
	case len(addrs) == 0:
		addrs, optional = DefaultListen, true
	}
	for _, s := range addrs {
		addr, err := ma.NewMultiaddr(s)
		if err != nil {
			return err
		}
		err = listenOn(sw, addr, cfg.NAT)
		if err != nil && optional && strings.HasPrefix(s, "/ip6/") && !errors.Is(err, syscall.EADDRINUSE) {
			cfg.Logger.Info("not listening on IPv6", "addr", s, "err", err)
			continue
		}
		if err != nil {
			return explainListen(s, err)
		}
	}
	return nil
}

func listenOn(sw *swarm.Swarm, addr ma.Multiaddr, reuse bool) error {
	if reuse {
		if err := probe(addr); err != nil {
			return err
		}
	}
	return sw.AddListenAddr(addr)
}

// probe finds out whether another process has the port: a listener that shares
// its port would be let in beside it, and the kernel would deal out connections
// between the two.
func probe(addr ma.Multiaddr) error {
	network, hostport, err := manet.DialArgs(addr)
	if err != nil || !strings.HasPrefix(network, "tcp") {
		return nil
	}
	l, err := net.Listen(network, hostport)
	if err != nil {
		return err
	}
	return l.Close()
}

func explainListen(addr string, err error) error {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("listen on %s: the port is in use (%w): stop the program that has it, or listen elsewhere", addr, syscall.EADDRINUSE)
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf("listen on %s: not allowed (%w): use a port above 1023", addr, syscall.EACCES)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return fmt.Errorf("listen on %s: this machine does not have the address (%w)", addr, syscall.EADDRNOTAVAIL)
	case errors.Is(err, swarm.ErrNoTransport):
		return fmt.Errorf("listen on %s: no such transport here: use /ip4/.../tcp/PORT or /ip4/.../udp/PORT/quic-v1", addr)
	}
	return fmt.Errorf("listen on %s: %w", addr, err)
}
