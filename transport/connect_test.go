package transport

import (
	"context"
	"encoding/binary"
	"strings"
	"testing"

	"github.com/libp2p/go-libp2p"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"
	"github.com/libp2p/go-libp2p/p2p/transport/tcp"

	"peal/chord"
)

// openStranger makes a libp2p host that is not ours and listens on TCP.
func openStranger(t *testing.T, protocols ...protocol.ID) host.Host {
	t.Helper()
	h, err := libp2p.New(libp2p.Transport(tcp.NewTCPTransport), libp2p.DisableRelay(),
		libp2p.ListenAddrStrings("/ip4/127.0.0.1/tcp/0"), libp2p.DisableMetrics())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	for _, p := range protocols {
		h.SetStreamHandler(p, func(s network.Stream) { s.Reset() })
	}
	return h
}

func TestConnectTellsWhoIsNoPeerOfTheRing(t *testing.T) {
	a, _ := open(t, networksUnderTest["tcp"])
	for want, speaks := range map[string][]protocol.ID{
		`is in the ring "lab", not "peal"`:                     {"/peal/1/lab", "/peal/1/lab/bulk"},
		"speaks /peal/2, this is version 1: upgrade the older": {"/peal/2/peal"},
		"is no Peal peer": {"/chat/1"},
	} {
		h := openStranger(t, speaks...)
		_, err := a.Connect(context.Background(), fullAddrs(h.ID(), h.Addrs())[0])
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), h.ID().String()) {
			t.Errorf("%v: got error %v, want one with %q and the peer", speaks, err, want)
		}
		if got := a.Stats().Connections; got != 0 {
			t.Errorf("%v: %d connections left, want 0", speaks, got)
		}
	}
}

func TestRingsDoNotMix(t *testing.T) {
	for _, name := range []string{"tcp", "memory"} {
		cfg := networksUnderTest[name]
		a, ra := open(t, cfg)
		cfg.Ring = "lab"
		b, rb := open(t, cfg)
		_, err := a.Connect(context.Background(), b.Addrs()[0])
		if want := `is in the ring "lab", not "peal"`; err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got error %v, want one with %q", name, err, want)
		}
		a.remember(b.host.ID(), b.host.Addrs())
		a.Send(b.Self(), []byte("hello"), nil)
		if got := await(t, "verdict", ra.unreachable); got != b.Self() {
			t.Errorf("%s: %v unreachable, want %v", name, got, b.Self())
		}
		if len(rb.delivered) > 0 {
			t.Errorf("%s: a message crossed from one ring to another", name)
		}
	}
}

func TestConnectToWrongAddress(t *testing.T) {
	a, _ := open(t, networksUnderTest["tcp"])
	b, _ := open(t, networksUnderTest["tcp"])
	other := "/p2p/" + b.Self().String()
	b.Close()
	for addr, want := range map[string]string{
		"":                              "no multiaddr",
		"localhost:7601":                "no multiaddr",
		"/ip4/127.0.0.1/tcp/7601":       "must be a full multiaddr",
		"/dns4/localhost/tcp/7601":      "must be a full multiaddr",
		other:                           "must be a full multiaddr",
		a.Addrs()[0]:                    "this peer itself",
		"/ip4/127.0.0.1/tcp/1" + other:  "connection refused",
		"/dns4/localhost/tcp/1" + other: "connection refused",
		"/ip4/127.0.0.1/udp/1" + other:  "no answer",
		"/memory/1" + other:             "no answer",
	} {
		_, err := a.Connect(context.Background(), addr)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: got error %v, want one line with %q", addr, err, want)
		}
	}
}

func TestConnectToAnotherPeerThanExpected(t *testing.T) {
	for _, name := range []string{"tcp", "quic", "memory"} {
		a, _ := open(t, networksUnderTest[name])
		b, _ := open(t, networksUnderTest[name])
		c, _ := open(t, networksUnderTest[name])
		addr := strings.Replace(b.Addrs()[0], b.Self().String(), c.Self().String(), 1)
		if _, err := a.Connect(context.Background(), addr); err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: got error %v, want one line", name, err)
		}
	}
}

func TestConnectByName(t *testing.T) {
	a, _ := open(t, networksUnderTest["tcp"])
	b, _ := open(t, networksUnderTest["tcp"])
	addr := strings.Replace(b.Addrs()[0], "/ip4/127.0.0.1/", "/dns4/localhost/", 1)
	if got, err := a.Connect(context.Background(), addr); err != nil || got != b.Self() {
		t.Errorf("%s: got %v, %v, want %v", addr, got, err, b.Self())
	}
}

func TestGarbageIsRejected(t *testing.T) {
	a, ra := open(t, networksUnderTest["tcp"])
	h := openStranger(t)
	info := peer.AddrInfo{ID: a.host.ID(), Addrs: a.host.Addrs()}
	if err := h.Connect(context.Background(), info); err != nil {
		t.Fatal(err)
	}
	long := binary.BigEndian.AppendUint32(nil, MaxSmall+maxHints+1)
	for want, bytes := range map[string][]byte{
		"not a frame":                {0, 0, 0, 3, 1, 2, 3},
		"at most 40960 are allowed":  long,
		"it claims 1195725856 bytes": []byte("GET / HTTP/1.1\r\n\r\n"),
		"not a frame: EOF":           {0, 0, 0, 0},
		"cannot unmarshal array":     {0, 0, 0, 1, 0x80},
	} {
		s, err := h.NewStream(context.Background(), a.host.ID(), a.small)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Write(bytes); err != nil {
			t.Fatal(err)
		}
		if got := await(t, "rejection", ra.rejected); !strings.Contains(got, want) {
			t.Errorf("%x: rejected as %q, want %q", bytes, got, want)
		}
		if _, err := s.Read(make([]byte, 1)); err == nil {
			t.Errorf("%x: the stream is open still", bytes)
		}
	}
	if got := a.Stats().Rejected; got != 5 {
		t.Errorf("counted %d rejections, want 5", got)
	}
}

func TestStreamsOfOnePeerAreBounded(t *testing.T) {
	a, ra := open(t, networksUnderTest["tcp"])
	h := openStranger(t)
	info := peer.AddrInfo{ID: a.host.ID(), Addrs: a.host.Addrs()}
	if err := h.Connect(context.Background(), info); err != nil {
		t.Fatal(err)
	}
	for range maxInbound + 1 {
		s, err := h.NewStream(context.Background(), a.host.ID(), a.small)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Write([]byte{0, 0, 0, 1, 0xa0}); err != nil {
			t.Fatal(err)
		}
	}
	if got := await(t, "rejection", ra.rejected); got != "too many streams" {
		t.Errorf("rejected as %q, want %q", got, "too many streams")
	}
	for range maxInbound {
		await(t, "message", ra.delivered)
	}
	h.Close()
	eventually(t, "the streams are forgotten", func() bool {
		a.mu.Lock()
		defer a.mu.Unlock()
		return len(a.inbound) == 0
	})
	if got := await(t, "disconnect", ra.disconnected); got != chord.PeerID(h.ID()) {
		t.Errorf("%v disconnected, want %v", got, h.ID())
	}
}
