package transport

import (
	"encoding/binary"
	"runtime"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/network"

	"peal/chord"
)

// resting is a network whose connections close soon. The full host does it like the
// lean ones, if it is told to.
func resting(name string) Config {
	cfg := networksUnderTest[name]
	cfg.MaxIdle = 20 * time.Millisecond
	return cfg
}

// Only connections at rest are closed, and of those none that is kept.
func TestConnectionAtRestIsClosed(t *testing.T) {
	for name := range networksUnderTest {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, ra := open(t, resting(name))
			b, rb := open(t, networksUnderTest[name])
			c, rc := open(t, networksUnderTest[name])
			a.Keep([]chord.PeerID{b.Self()})
			connect(t, a, b)
			a.Send(b.Self(), []byte("1"), nil)
			await(t, "message", rb.delivered)
			connect(t, a, c)
			a.Send(c.Self(), []byte("2"), nil)
			await(t, "message", rc.delivered)
			eventually(t, "the connection at rest is closed", func() bool { return a.Stats().Connections == 1 })
			if a.preferred(b.host.ID()) == nil {
				t.Error("the connection that is kept was closed")
			}
			if len(ra.disconnected) > 0 {
				t.Error("closing what nothing used was reported")
			}
		})
	}
}

// A stream that is opened while the other end closes the connection waits in vain,
// and is opened again on the next one.
func TestStreamOnAConnectionGivenUpIsNotAnswered(t *testing.T) {
	for _, name := range []string{"tcp", "memory"} {
		t.Run(name, func(t *testing.T) {
			a, ra := open(t, networksUnderTest[name])
			b, rb := open(t, networksUnderTest[name])
			connect(t, a, b)
			eventually(t, "the connection is at rest", func() bool { return len(unused(b)) == 1 })
			conn := unused(b)[0]
			b.mu.Lock()
			b.resting[conn] = rest{givenUp: true}
			b.mu.Unlock()
			a.Send(b.Self(), []byte("hello"), nil)
			eventually(t, "the stream has come", func() bool { return conn.Stat().NumStreams == 1 })
			if b.preferred(a.host.ID()) != nil {
				t.Error("the other end would still use the connection")
			}
			conn.Close()
			await(t, "message", rb.delivered)
			if got := b.swarm.ConnsToPeer(a.host.ID()); len(got) != 1 || got[0] == conn {
				t.Errorf("got the connections %v, want one other than %v", got, conn)
			}
			if len(ra.unreachable) > 0 {
				t.Error("the other end was reported unreachable")
			}
		})
	}
}

func unused(t *Transport) (conns []network.Conn) {
	for _, c := range t.swarm.Conns() {
		if c.Stat().NumStreams == 0 {
			conns = append(conns, c)
		}
	}
	return conns
}

// No message may be lost to a connection that is closed meanwhile. The next one is
// sent when either end is at some point on the way there.
func TestNoMessageIsLostToAClosingConnection(t *testing.T) {
	for _, name := range []string{"tcp", "quic", "memory"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, ra := open(t, resting(name))
			b, rb := open(t, resting(name))
			a.remember(b.host.ID(), b.host.Addrs())
			moments := []func() bool{
				func() bool { return true },
				func() bool { return givingUp(a) },
				func() bool { return givingUp(b) },
				func() bool { return a.Stats().Connections == 0 },
				func() bool { return b.Stats().Connections == 0 },
			}
			for i := range uint32(25) {
				a.Send(b.Self(), binary.BigEndian.AppendUint32(nil, i), nil)
				if got := binary.BigEndian.Uint32(await(t, "message", rb.delivered).body); got != i {
					t.Fatalf("got message %d, want %d", got, i)
				}
				spin(t, moments[i%uint32(len(moments))])
			}
			if len(ra.unreachable) > 0 {
				t.Error("the other end was reported unreachable")
			}
		})
	}
}

// givingUp reports whether a connection is being closed, or all are.
func givingUp(t *Transport) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, r := range t.resting {
		if r.givenUp {
			return true
		}
	}
	return len(t.resting) == 0 && len(t.lanes) == 0 && len(t.inbound) == 0 && len(t.swarm.Conns()) == 0
}

// spin waits for a moment without letting it pass.
func spin(t *testing.T, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !ok(); runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatal("the connection is not closed within 10 s")
		}
	}
}
