package transport

import (
	"slices"
	"time"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/peerstore"
	ma "github.com/multiformats/go-multiaddr"
	manet "github.com/multiformats/go-multiaddr/net"

	"peal/chord"
)

// learnedTTL is how long addresses are kept that a peer told of another.
const learnedTTL = time.Hour

// fullAddrs adds /p2p/ID to addresses and sorts those of the loopback interface
// to the end.
func fullAddrs(id peer.ID, addrs []ma.Multiaddr) []string {
	full, err := peer.AddrInfoToP2pAddrs(&peer.AddrInfo{ID: id, Addrs: addrs})
	if err != nil || len(addrs) == 0 {
		return nil // no peer has such an ID, or it has no addresses
	}
	slices.SortStableFunc(full, func(a, b ma.Multiaddr) int { return rank(a) - rank(b) })
	out := make([]string, len(full))
	for i, a := range full {
		out[i] = a.String()
	}
	return out
}

func rank(a ma.Multiaddr) int {
	if manet.IsIPLoopback(a) {
		return 1
	}
	return 0
}

// learn keeps what a peer told of the addresses of others.
func (t *Transport) learn(hints []hint) {
	for _, h := range hints {
		id, err := peer.IDFromBytes(h.Peer)
		if err != nil || id == t.host.ID() {
			continue
		}
		var addrs []ma.Multiaddr
		for _, raw := range h.Addrs {
			if a, err := ma.NewMultiaddrBytes(raw); err == nil && len(raw) <= maxAddrLen {
				addrs = append(addrs, a)
			}
		}
		t.remember(id, addrs)
	}
}

// remember adds addresses of a peer. Where there would be too many, half of the
// room stays with those known before: what one peer says of another must not make
// it unreachable. What a connected peer says of itself is better, and stays.
func (t *Transport) remember(id peer.ID, addrs []ma.Multiaddr) {
	book := t.host.Peerstore()
	known := book.Addrs(id)
	fresh := slices.DeleteFunc(slices.Clone(addrs), func(a ma.Multiaddr) bool { return ma.Contains(known, a) })
	if len(known)+len(fresh) > maxPeerAddrs && t.swarm.Connectedness(id) != network.Connected {
		fresh = fresh[:min(len(fresh), maxPeerAddrs/2)]
		known = known[:min(len(known), maxPeerAddrs-len(fresh))]
		book.ClearAddrs(id)
		book.AddAddrs(id, known, learnedTTL)
	}
	book.AddAddrs(id, fresh, learnedTTL)
	if len(fresh) > 0 {
		t.directory.forget(chord.PeerID(id))
	}
}

// renew keeps the addresses of a peer that is still asked for, which libp2p
// would forget some minutes after it was last seen.
func renew(book peerstore.Peerstore, id peer.ID) { book.AddAddrs(id, book.Addrs(id), learnedTTL) }
