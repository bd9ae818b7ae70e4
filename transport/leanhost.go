package transport

import (
	"errors"
	"io"
	"strings"

	"github.com/libp2p/go-libp2p/config"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/sec"
	"github.com/libp2p/go-libp2p/core/transport"
	blankhost "github.com/libp2p/go-libp2p/p2p/host/blank"
	"github.com/libp2p/go-libp2p/p2p/host/eventbus"
	"github.com/libp2p/go-libp2p/p2p/muxer/yamux"
	"github.com/libp2p/go-libp2p/p2p/net/swarm"
	"github.com/libp2p/go-libp2p/p2p/net/upgrader"
	"github.com/libp2p/go-libp2p/p2p/protocol/identify"
	"github.com/libp2p/go-libp2p/p2p/security/noise"
	tls "github.com/libp2p/go-libp2p/p2p/security/tls"
	quic "github.com/libp2p/go-libp2p/p2p/transport/quic"
	"github.com/libp2p/go-libp2p/p2p/transport/quicreuse"
)

// A leanHost has the same parts as a full one, put together without what watches the
// machine's addresses and crosses NATs: a process may run a thousand of them.
type leanHost struct {
	*blankhost.BlankHost
	ids     identify.IDService
	closers []io.Closer // what is left after the swarm
}

func newLeanHost(cfg Config, p parts) (*leanHost, error) {
	self, err := peer.IDFromPrivateKey(p.key)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(p.book.AddPrivKey(self, p.key), p.book.AddPubKey(self, p.key.GetPublic())); err != nil {
		return nil, err
	}
	bus := eventbus.NewBus()
	sw, err := swarm.NewSwarm(self, p.book, bus, swarm.WithResourceManager(p.resources))
	if err != nil {
		return nil, err
	}
	h := &leanHost{closers: []io.Closer{p.conns, p.resources, p.book}}
	h.BlankHost = blankhost.NewBlankHost(sw, blankhost.WithEventBus(bus), blankhost.WithConnectionManager(p.conns))
	if h.ids, err = identify.NewIDService(h, identify.UserAgent(userAgent), identify.DisableSignedPeerRecord()); err != nil {
		return nil, err
	}
	networks, err := h.networks(cfg, p)
	if err != nil {
		return nil, err
	}
	for _, n := range networks {
		if err := sw.AddTransport(n); err != nil {
			return nil, err
		}
	}
	sw.Notify(&network.NotifyBundle{DisconnectedF: h.disconnected})
	return h, nil
}

// networks are the libp2p transports that the host listens on, and no others.
func (h *leanHost) networks(cfg Config, p parts) (list []transport.Transport, err error) {
	if cfg.Memory {
		return []transport.Transport{newMemory(h.ID())}, nil
	}
	listen := strings.Join(cfg.Listen, " ")
	if strings.Contains(listen, "/tcp/") {
		up, err := p.upgrader()
		if err != nil {
			return nil, err
		}
		tcp, err := newTCP(cfg.NAT)(up, p.resources)
		if err != nil {
			return nil, err
		}
		list = append(list, tcp)
	}
	if strings.Contains(listen, "/quic-v1") {
		udp, err := p.udp()
		if err != nil {
			return nil, err
		}
		h.closers = append(h.closers, udp)
		quic, err := quic.NewTransport(p.key, udp, nil, nil, p.resources)
		if err != nil {
			return nil, err
		}
		list = append(list, quic)
	}
	return list, nil
}

func (p parts) upgrader() (transport.Upgrader, error) {
	muxers := []upgrader.StreamMuxer{{ID: yamux.ID, Muxer: p.muxer}}
	first, err := tls.New(tls.ID, p.key, muxers)
	if err != nil {
		return nil, err
	}
	second, err := noise.New(noise.ID, p.key, muxers)
	if err != nil {
		return nil, err
	}
	return upgrader.New([]sec.SecureTransport{first, second}, muxers, nil, p.resources, nil)
}

func (p parts) udp() (*quicreuse.ConnManager, error) {
	reset, err := config.PrivKeyToStatelessResetKey(p.key)
	if err != nil {
		return nil, err
	}
	token, err := config.PrivKeyToTokenGeneratorKey(p.key)
	if err != nil {
		return nil, err
	}
	return quicreuse.NewConnManager(reset, token)
}

// start begins to tell others what this host speaks and where it listens.
func (h *leanHost) start() { h.ids.Start() }

// IDService is what a full host has, too.
func (h *leanHost) IDService() identify.IDService { return h.ids }

// disconnected forgets all but the addresses of a peer that is gone.
func (h *leanHost) disconnected(n network.Network, c network.Conn) {
	if len(n.ConnsToPeer(c.RemotePeer())) == 0 {
		n.Peerstore().RemovePeer(c.RemotePeer())
	}
}

// Close ends all connections.
func (h *leanHost) Close() error {
	err := errors.Join(h.ids.Close(), h.BlankHost.Close())
	for _, c := range h.closers {
		err = errors.Join(err, c.Close())
	}
	return err
}
