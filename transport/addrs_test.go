package transport

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/peerstore"
	ma "github.com/multiformats/go-multiaddr"

	"peal/chord"
)

// A farConn stands for a connection to a peer at some address.
type farConn struct {
	network.Conn
	remote string
}

func (c farConn) RemotePeer() peer.ID           { return "far" }
func (c farConn) RemoteMultiaddr() ma.Multiaddr { return ma.StringCast(c.remote) }
func addrsOf(hints []hint, p chord.PeerID) int {
	for _, h := range hints {
		if chord.PeerID(h.Peer) == p {
			return len(h.Addrs)
		}
	}
	return 0
}

func TestAddressesAreToldOnceAndWhenTheyChange(t *testing.T) {
	a, _ := open(t, networksUnderTest["memory"])
	c, _ := open(t, networksUnderTest["memory"])
	a.remember(c.host.ID(), c.host.Addrs())
	tale, about := newTale(farConn{remote: "/memory/1"}), []chord.PeerID{c.Self(), "unknown", "far"}
	age := func(by time.Duration) {
		tale.ownLook -= by
		for p, was := range tale.told {
			tale.told[p] = told{was.sum, was.at - by}
		}
		for p, e := range a.directory.entries {
			e.looked -= by
			a.directory.entries[p] = e
		}
	}
	told := func(what string, want int) {
		t.Helper()
		hints := a.hints(tale, about)
		if got := addrsOf(hints, c.Self()); got != want {
			t.Errorf("%s: told %d addresses of c, want %d", what, got, want)
		}
		if len(hints) > 2 {
			t.Errorf("%s: told of %d peers, want only c and a itself", what, len(hints))
		}
	}
	told("first message", 1)
	told("second message", 0)
	a.host.Peerstore().AddAddrs(c.host.ID(), []ma.Multiaddr{ma.StringCast("/memory/99999")}, learnedTTL)
	told("changed just now, as libp2p says", 0)
	age(lookAgain)
	told("changed a while ago", 2)
	a.remember(c.host.ID(), []ma.Multiaddr{ma.StringCast("/memory/99998")})
	told("changed just now, as a peer told us", 3)
	age(lookAgain)
	told("unchanged", 0)
	age(tellAgain)
	told("told long ago", 3)
}

func TestLoopbackAddressesStayOnTheMachine(t *testing.T) {
	a, _ := open(t, networksUnderTest["memory"])
	c, _ := open(t, networksUnderTest["memory"])
	a.remember(c.host.ID(), []ma.Multiaddr{
		ma.StringCast("/ip4/127.0.0.1/tcp/1"), ma.StringCast("/ip6/::1/tcp/1"), ma.StringCast("/ip4/192.0.2.1/tcp/1"),
	})
	for remote, want := range map[string]int{"/ip4/127.0.0.1/tcp/2": 3, "/ip4/192.0.2.2/tcp/2": 1} {
		hints := a.hints(newTale(farConn{remote: remote}), []chord.PeerID{c.Self()})
		if got := addrsOf(hints, c.Self()); got != want {
			t.Errorf("told %d addresses to a peer at %s, want %d", got, remote, want)
		}
	}
}

func TestAddressesOfAPeerAreBounded(t *testing.T) {
	a, _ := open(t, networksUnderTest["memory"])
	c, _ := open(t, networksUnderTest["memory"])
	for i := range 5 * maxPeerAddrs {
		addr := ma.StringCast(fmt.Sprintf("/ip4/192.0.2.1/tcp/%d", i+1))
		a.learn([]hint{{Peer: []byte(c.Self()), Addrs: [][]byte{addr.Bytes(), []byte("garbage")}}})
		known := a.host.Peerstore().Addrs(c.host.ID())
		if len(known) > maxPeerAddrs || !ma.Contains(known, addr) {
			t.Fatalf("knows %d addresses, want at most %d and the newest among them", len(known), maxPeerAddrs)
		}
	}
	a.learn([]hint{{Peer: []byte("garbage"), Addrs: [][]byte{{4, 127, 0, 0, 1}}}})
}

// What identify does when a peer says where it listens: those addresses replace all
// others, but nowhere is no answer.
func TestPeerThatListensNowhereKeepsItsAddresses(t *testing.T) {
	book := newAddrBook()
	defer book.Close()
	listens := func(said ...ma.Multiaddr) {
		book.UpdateAddrs("b", peerstore.ConnectedAddrTTL, peerstore.TempAddrTTL)
		book.AddAddrs("b", said, peerstore.ConnectedAddrTTL)
		book.UpdateAddrs("b", peerstore.TempAddrTTL, 0)
	}
	first, second := ma.StringCast("/memory/1"), ma.StringCast("/memory/2")
	for _, step := range []struct{ said, want []ma.Multiaddr }{
		{nil, nil},
		{[]ma.Multiaddr{first}, []ma.Multiaddr{first}},
		{[]ma.Multiaddr{second}, []ma.Multiaddr{second}},
		{nil, []ma.Multiaddr{second}},
	} {
		listens(step.said...)
		if got := book.Addrs("b"); fmt.Sprint(got) != fmt.Sprint(step.want) {
			t.Errorf("after b said %v it is known by %v, want %v", step.said, got, step.want)
		}
	}
}

// A connection at rest is closed, and its peer is to be found again long after that.
func TestAddressesOutliveTheConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		book := newAddrBook()
		defer book.Close()
		addr := []ma.Multiaddr{ma.StringCast("/memory/1")}
		book.AddAddrs("b", addr, peerstore.RecentlyConnectedAddrTTL) // as identify does then
		time.Sleep(learnedTTL - time.Second)
		if got := book.Addrs("b"); len(got) != 1 {
			t.Errorf("got the addresses %v after almost an hour, want %v", got, addr)
		}
	})
}
