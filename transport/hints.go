package transport

import (
	"bytes"
	"hash/maphash"
	"slices"
	"sync"
	"time"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	ma "github.com/multiformats/go-multiaddr"
	manet "github.com/multiformats/go-multiaddr/net"

	"peal/chord"
)

const (
	tellAgain  = learnedTTL / 2   // so that addresses do not run out while the stream lives
	lookAgain  = 10 * time.Second // how soon a change of addresses is told
	maxTale    = 4096             // peers whose addresses a stream remembers to have told
	maxEntries = 4096             // peers in a directory
)

// A tale remembers what one stream has told its reader of the peers' addresses.
type tale struct {
	reader      peer.ID
	sameMachine bool // that we are on
	told        map[chord.PeerID]told

	// ownLook is when to look at our own addresses again, since epoch. The directory may
	// have them as they were once lookAgain before.
	ownLook time.Duration
}

func newTale(conn network.Conn) *tale {
	return &tale{reader: conn.RemotePeer(), sameMachine: manet.IsIPLoopback(conn.RemoteMultiaddr()), told: map[chord.PeerID]told{}}
}

type told struct {
	sum uint64        // of the addresses
	at  time.Duration // since epoch
}

var epoch = time.Now()

var seed = maphash.MakeSeed()

// hints are the addresses to add to a message about these peers, and about
// ourselves, that the reader has not been told, or long ago.
func (t *Transport) hints(tale *tale, about []chord.PeerID) (hints []hint) {
	now, total := time.Since(epoch), 0
	if len(tale.told) > maxTale {
		clear(tale.told)
	}
	tell := func(p chord.PeerID) {
		if peer.ID(p) == tale.reader {
			return
		}
		news := t.tellable(p, tale.sameMachine, now)
		was, known := tale.told[p]
		if len(news.addrs) == 0 || known && news.sum == was.sum && now-was.at < tellAgain || total+len(news.addrs) > maxFrameAddrs {
			return
		}
		tale.told[p] = told{news.sum, now}
		total += len(news.addrs)
		hints = append(hints, hint{Peer: []byte(p), Addrs: news.addrs})
	}
	if now >= tale.ownLook { // not for every message
		tale.ownLook = now + lookAgain
		tell(t.self)
	}
	for _, p := range about {
		tell(p)
	}
	return hints
}

// A telling is addresses of a peer, in a fixed order.
type telling struct {
	addrs [][]byte
	sum   uint64
}

func newTelling(addrs []ma.Multiaddr) telling {
	var t telling
	for _, a := range addrs {
		if b := a.Bytes(); len(b) <= maxAddrLen {
			t.addrs = append(t.addrs, b)
		}
	}
	slices.SortFunc(t.addrs, bytes.Compare)
	t.addrs = t.addrs[:min(len(t.addrs), maxPeerAddrs)]
	t.sum = maphash.Bytes(seed, bytes.Join(t.addrs, nil))
	return t
}

// A directory spares us to look up, for each of dozens of streams, what there is to tell
// of the same peers.
type directory struct {
	mu      sync.Mutex
	entries map[chord.PeerID]entry
}

// An entry is what there is to tell of a peer on its own machine, and elsewhere, where
// loopback addresses mean nothing.
type entry struct {
	near, far telling
	looked    time.Duration // since epoch
}

// get gives the entry of a peer unless it is old.
func (d *directory) get(p chord.PeerID, now time.Duration) (entry, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	e, ok := d.entries[p]
	return e, ok && now-e.looked < lookAgain
}

func (d *directory) set(p chord.PeerID, e entry) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.entries == nil || len(d.entries) >= maxEntries {
		d.entries = map[chord.PeerID]entry{}
	}
	d.entries[p] = e
}

func (d *directory) forget(p chord.PeerID) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.entries, p)
}

// tellable is what there is to tell of a peer. That nothing is known of it is not
// remembered.
func (t *Transport) tellable(p chord.PeerID, sameMachine bool, now time.Duration) telling {
	e, ok := t.directory.get(p, now)
	if !ok {
		known := t.host.Peerstore().Addrs(peer.ID(p))
		if p == t.self {
			known = t.host.Addrs()
		}
		e = entry{newTelling(known), newTelling(slices.DeleteFunc(slices.Clone(known), manet.IsIPLoopback)), now}
		if len(known) > 0 {
			t.directory.set(p, e)
		}
	}
	if sameMachine {
		return e.near
	}
	return e.far
}
