package transport

import (
	"bytes"
	"encoding/binary"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/network"
)

// Two peers that dial each other at once have two connections, and each may have
// opened its stream on its own. They must end with the same one, and no message
// may be lost or overtake another on the way there.
func TestPeersKeepTheSameOneOfTwoConnections(t *testing.T) {
	for _, name := range []string{"tcp", "memory"} {
		t.Run(name, func(t *testing.T) {
			twice := 0
			const most = 500
			for range most {
				if meet(t, networksUnderTest[name]) {
					twice++
				}
				if twice == 3 || t.Failed() {
					return
				}
			}
			t.Errorf("of %d pairs that dialled each other at once %d had two connections, want 3", most, twice)
		})
	}
}

// meet lets two new peers send to each other at once, and reports whether they
// had two connections.
func meet(t *testing.T, cfg Config) bool {
	t.Helper()
	a, ra := open(t, cfg)
	b, rb := open(t, cfg)
	defer a.Close()
	defer b.Close()
	a.settleAfter, b.settleAfter = 100*time.Millisecond, 100*time.Millisecond
	a.remember(b.host.ID(), b.host.Addrs())
	b.remember(a.host.ID(), a.host.Addrs())

	atOnce(t, cfg.Memory, func() {
		var both sync.WaitGroup
		both.Go(func() { count(a, b) })
		both.Go(func() { count(b, a) })
		both.Wait()
	})
	inOrder(t, ra)
	inOrder(t, rb)
	twice := len(a.swarm.ConnsToPeer(b.host.ID())) == 2
	eventually(t, "one connection is left at both ends", func() bool {
		return len(a.swarm.ConnsToPeer(b.host.ID())) == 1 && len(b.swarm.ConnsToPeer(a.host.ID())) == 1
	})
	left := a.swarm.ConnsToPeer(b.host.ID())[0].Stat().Direction
	if want := a.host.ID() < b.host.ID(); twice && (left == network.DirOutbound) != want {
		t.Errorf("a keeps its %v connection, and has the lower ID: %v", left, want)
	}
	if len(ra.disconnected)+len(rb.disconnected)+len(ra.unreachable)+len(rb.unreachable) > 0 {
		t.Error("a peer was reported disconnected or unreachable")
	}
	return twice
}

// atOnce holds the network inside the process, on which a dial takes no time, until both
// have begun to dial.
func atOnce(t *testing.T, inProcess bool, dial func()) {
	t.Helper()
	if !inProcess {
		dial()
		return
	}
	memoryNet.Lock()
	defer memoryNet.Unlock()
	dial()
	eventually(t, "both dial", func() bool {
		stacks := make([]byte, 1<<20)
		return bytes.Count(stacks[:runtime.Stack(stacks, true)], []byte("transport.(*memory).Dial(")) >= 2
	})
}

const counted = 2000

func count(from, to *Transport) {
	for i := range counted {
		from.Send(to.Self(), binary.BigEndian.AppendUint32(nil, uint32(i)), nil)
	}
}

func inOrder(t *testing.T, r *recorder) {
	t.Helper()
	for want := range counted {
		got := binary.BigEndian.Uint32(await(t, "message", r.delivered).body)
		if int(got) != want {
			t.Fatalf("got message %d, want %d", got, want)
		}
	}
}
