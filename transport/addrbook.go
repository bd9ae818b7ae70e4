package transport

import (
	"time"

	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/peerstore"
	"github.com/libp2p/go-libp2p/p2p/host/peerstore/pstoremem"
	ma "github.com/multiformats/go-multiaddr"
)

// An addrBook is libp2p's peerstore, but for two rules. A peer that says it listens
// nowhere keeps the addresses known of it. A host that closes says so before its
// connections are gone, and one that starts may say so at first; were it believed,
// nobody could find the peer again when it returns. And those of a peer that was
// connected are kept as long as those heard from others, which is longer than libp2p
// keeps them: connections at rest are closed, and contacts remembered.
type addrBook struct {
	peerstore.Peerstore
	peerstore.CertifiedAddrBook
}

func newAddrBook() (addrBook, error) {
	store, err := pstoremem.NewPeerstore()
	if err != nil {
		return addrBook{}, err
	}
	certified, _ := peerstore.GetCertifiedAddrBook(store)
	return addrBook{store, certified}, nil
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
	b.Peerstore.AddAddrs(id, said, ttl)
}
