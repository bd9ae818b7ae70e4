package transport

import (
	"bytes"
	"hash/maphash"
	"slices"
	"time"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/peerstore"
	ma "github.com/multiformats/go-multiaddr"
	manet "github.com/multiformats/go-multiaddr/net"

	"peal/chord"
)

const (
	learnedTTL = time.Hour        // of addresses that a peer told of another
	tellAgain  = learnedTTL / 2   // so that they do not run out while the stream lives
	lookAgain  = 10 * time.Second // how soon a change of addresses is told
	maxTale    = 4096             // peers whose addresses a stream remembers to have told
)

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

// A tale remembers what one stream has told of the peers' addresses.
type tale map[chord.PeerID]told

type told struct {
	sum    uint64        // of the addresses
	at     time.Duration // since epoch, when they were told
	looked time.Duration // since epoch, when they were last compared
}

var epoch = time.Now()

var seed = maphash.MakeSeed()

// hints are the addresses to add to a message about these peers, and about
// ourselves, that conn's remote peer has not been told, or long ago.
func (t *Transport) hints(tale tale, conn network.Conn, about []chord.PeerID) []hint {
	var hints []hint
	now, total := time.Since(epoch), 0
	if len(tale) > maxTale {
		clear(tale)
	}
	for i := -1; i < len(about); i++ {
		p := t.self
		if i >= 0 {
			p = about[i]
		}
		was, known := tale[p]
		if known && now-was.looked < lookAgain || peer.ID(p) == conn.RemotePeer() {
			continue
		}
		addrs := t.tellable(p, conn)
		if len(addrs) == 0 || total+len(addrs) > maxFrameAddrs {
			continue
		}
		sum := maphash.Bytes(seed, bytes.Join(addrs, nil))
		if known && sum == was.sum && now-was.at < tellAgain {
			tale[p] = told{sum, was.at, now}
			continue
		}
		tale[p] = told{sum, now, now}
		total += len(addrs)
		hints = append(hints, hint{Peer: []byte(p), Addrs: addrs})
	}
	return hints
}

// tellable are a peer's addresses that mean something at the other end of conn,
// in a fixed order.
func (t *Transport) tellable(p chord.PeerID, conn network.Conn) [][]byte {
	known := t.host.Peerstore().Addrs(peer.ID(p))
	if p == t.self {
		known = t.host.Addrs()
	}
	sameMachine := manet.IsIPLoopback(conn.RemoteMultiaddr())
	var addrs [][]byte
	for _, a := range known {
		if b := a.Bytes(); len(b) <= maxAddrLen && (sameMachine || !manet.IsIPLoopback(a)) {
			addrs = append(addrs, b)
		}
	}
	slices.SortFunc(addrs, bytes.Compare)
	return addrs[:min(len(addrs), maxPeerAddrs)]
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
}

// renew keeps the addresses of a peer that is still asked for, which libp2p
// would forget some minutes after it was last seen.
func renew(book peerstore.Peerstore, id peer.ID) { book.AddAddrs(id, book.Addrs(id), learnedTTL) }
