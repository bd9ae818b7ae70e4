package transport

import (
	"io"
	"slices"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/peerstore"
	"github.com/libp2p/go-libp2p/core/protocol"
	metrics "github.com/libp2p/go-libp2p/p2p/host/peerstore"
	"github.com/libp2p/go-libp2p/p2p/host/peerstore/pstoremem"
	ma "github.com/multiformats/go-multiaddr"
)

// An addrBook is libp2p's peerstore, put together with a protoBook, and with two rules
// for addresses. A peer that says it listens nowhere keeps the addresses known of it: a
// host that closes says so before its connections are gone, and one that starts may say
// so at first; were it believed, nobody could find the peer again when it returns. And
// those of a peer that was connected are kept as long as those heard from others, which
// is longer than libp2p keeps them: connections at rest are closed, and contacts
// remembered.
type addrBook struct {
	peerstore.AddrBook
	peerstore.CertifiedAddrBook
	peerstore.KeyBook
	peerstore.PeerMetadata
	peerstore.Metrics
	*protoBook
	io.Closer
}

var _ peerstore.Peerstore = addrBook{}

func newAddrBook() addrBook {
	addrs := pstoremem.NewAddrBook()
	return addrBook{
		AddrBook: addrs, CertifiedAddrBook: addrs, Closer: addrs,
		KeyBook: pstoremem.NewKeyBook(), PeerMetadata: pstoremem.NewPeerMetadata(), Metrics: metrics.NewMetrics(),
		protoBook: &protoBook{spoken: map[peer.ID][]protocol.ID{}},
	}
}

// AddAddrs is what identify calls with the addresses that a peer said, before it
// drops all others.
func (b addrBook) AddAddrs(id peer.ID, said []ma.Multiaddr, ttl time.Duration) {
	if len(said) == 0 {
		said = b.Addrs(id)
	}
	if ttl == peerstore.RecentlyConnectedAddrTTL {
		ttl = learnedTTL
	}
	b.AddrBook.AddAddrs(id, said, ttl)
}

// RemovePeer forgets all but the addresses of a peer.
func (b addrBook) RemovePeer(id peer.ID) {
	b.KeyBook.RemovePeer(id)
	b.PeerMetadata.RemovePeer(id)
	b.Metrics.RemovePeer(id)
	b.protoBook.RemovePeer(id)
}

func (b addrBook) PeerInfo(id peer.ID) peer.AddrInfo {
	return peer.AddrInfo{ID: id, Addrs: b.Addrs(id)}
}

// Peers are those of whom a key or an address is known.
func (b addrBook) Peers() peer.IDSlice {
	all := slices.Concat(b.PeersWithKeys(), b.PeersWithAddrs())
	slices.Sort(all)
	return slices.Compact(all)
}
