package transport

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"

	"github.com/libp2p/go-libp2p/core/event"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/p2p/discovery/mdns"

	"peal/chord"
)

// A lan announces the peer by mDNS and hears of others.
type lan struct{ t *Transport }

// serviceName is the ring's own, so that peers of other rings do not answer. A
// service name has at most 15 characters (RFC 6763, section 7.2).
func serviceName(ring string) string {
	sum := sha256.Sum256([]byte(ring))
	return fmt.Sprintf("_peal-%x._udp", sum[:4])
}

// run starts the service, and anew whenever the host's addresses change, because
// what mDNS announces is fixed at its start.
func (l *lan) run() {
	changes, err := l.t.host.EventBus().Subscribe(new(event.EvtLocalAddressesUpdated))
	if err != nil {
		l.t.cfg.Logger.Warn("no peers will be found on the LAN", "err", err)
		return
	}
	defer changes.Close()
	var service io.Closer
	for {
		select {
		case <-changes.Out(): // the first one tells the addresses at the start
		case <-l.t.ctx.Done():
			closeService(service)
			return
		}
		closeService(service)
		service = l.announce()
	}
}

func (l *lan) announce() io.Closer {
	service := mdns.NewMdnsService(l.t.host, serviceName(l.t.cfg.Ring), l)
	if err := service.Start(); err != nil {
		l.t.cfg.Logger.Warn("no peers are found on the LAN until the network changes", "err", err)
	}
	return service
}

func closeService(service io.Closer) {
	if service != nil {
		service.Close()
	}
}

// HandlePeerFound is called by mDNS, in a goroutine of its own.
func (l *lan) HandlePeerFound(info peer.AddrInfo) {
	t := l.t
	if !t.beginFinding(info.ID) {
		return
	}
	defer t.work.Done()
	defer t.endFinding(info.ID)
	ctx, cancel := context.WithTimeout(t.ctx, t.cfg.DialTimeout)
	defer cancel()
	t.swarm.Backoff().Clear(info.ID)
	err := t.host.Connect(ctx, info)
	if err == nil {
		err = t.verify(ctx, info.ID)
	}
	if err != nil {
		t.cfg.Logger.Debug("found on the LAN, but cannot use", "peer", info.ID, "err", err)
		return
	}
	t.receiver.Discovered(chord.PeerID(info.ID))
}

// beginFinding is begin, for at most one goroutine a peer.
func (t *Transport) beginFinding(id peer.ID) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed || t.finding[id] {
		return false
	}
	t.finding[id] = true
	t.work.Add(1)
	return true
}

func (t *Transport) endFinding(id peer.ID) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.finding, id)
}
