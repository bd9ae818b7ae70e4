package node_test

import (
	"context"
	"reflect"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"peal/chord"
	"peal/node"
)

// A stillness is a network on which one peer must send nothing for a while.
type stillness struct {
	*network
	still atomic.Pointer[chord.PeerID]
}

func newStillness(t *testing.T) *stillness {
	s := &stillness{network: newNetwork()}
	s.tap = func(from chord.PeerID, _ []byte) {
		if p := s.still.Load(); p != nil && from == *p {
			t.Errorf("%v sent something while it was paused", from)
		}
	}
	return s
}

func (s *stillness) pause(t *testing.T, p *node.Node) (resume func()) {
	t.Helper()
	resume, err := p.Pause()
	if err != nil {
		t.Fatal(err)
	}
	peer := p.Self().Peer
	s.still.Store(&peer)
	return resume
}

// A paused peer is as good as dead to the others, and comes back as it was.
func TestPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const size = 5
		net, data := newStillness(t), corpus(30)
		nodes := net.ring(t, size)
		data.put(t, nodes...)
		settle(t, nodes[0], size)
		p := nodes[size-1]
		before := p.Info()
		before.Paused = true
		resume := net.pause(t, p)
		settle(t, nodes[0], size-1)
		data.wantAll(t, nodes[0])
		if got := p.Info(); !reflect.DeepEqual(got, before) {
			t.Errorf("while it is paused it says\n%+v\nwant what it said before\n%+v", got, before)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := p.Get(ctx, []byte("key 1"), node.ReadOptions{})
		wantError(t, "get at a peer that is paused", err, context.DeadlineExceeded)
		net.still.Store(nil)
		resume()
		settle(t, nodes[0], size)
		data.wantAll(t, p)
		if p.Info().Paused {
			t.Error("it says that it is paused after it was resumed")
		}
	})
}

func TestCloseWhilePaused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		net := newStillness(t)
		nodes := net.ring(t, 3)
		p := nodes[2]
		net.pause(t, p)
		pass(time.Second) // much waits for it
		net.still.Store(nil)
		if err := p.Close(); err != nil {
			t.Error(err)
		}
		_, err := p.Pause()
		wantError(t, "pause of a closed peer", err, node.ErrClosed)
		settle(t, nodes[0], 2)
	})
}

// Who pauses a peer that is paused waits for his turn.
func TestPausesOneAfterAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := start(t, newNetwork().config(0))
		resume, err := p.Pause()
		if err != nil {
			t.Fatal(err)
		}
		begun := make(chan func(), 2)
		for range 2 {
			go func() {
				next, err := p.Pause()
				if err != nil {
					t.Error(err)
				}
				begun <- next
			}()
		}
		synctest.Wait()
		for range 2 {
			resume()
			select {
			case resume = <-begun:
			case <-time.After(time.Minute):
				t.Fatal("the pause does not begin")
			}
		}
		resume()
	})
}

// Those that are paused have no say about the ring.
func TestRingOfPaused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		nodes := newNetwork().ring(t, 3)
		var infos []node.Info
		for _, p := range nodes {
			infos = append(infos, p.Info())
		}
		infos[1].Paused = true
		ring := node.NewRing("bells", infos)
		if ring.WellFormed || ring.Problems[0].Kind != node.Silent || ring.Problems[0].Peer != infos[1].Contact || len(ring.Peers) != 3 {
			t.Errorf("one of three is paused, and all list it: %+v", ring)
		}
		infos[0].Paused, infos[2].Paused = true, true
		if ring := node.NewRing("bells", infos); ring.WellFormed || ring.Replicated || ring.Problem != "all its peers are paused" {
			t.Errorf("all are paused: %+v", ring)
		}
	})
}
