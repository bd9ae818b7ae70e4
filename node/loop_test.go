package node

import (
	"testing"
	"testing/synctest"
	"time"

	"peal/chord"
	"peal/node/store"
)

// A nowhere is a transport of a peer that is alone.
type nowhere struct{ Transport }

func (nowhere) Start(Receiver) error                      { return nil }
func (nowhere) Self() chord.PeerID                        { return self }
func (nowhere) Addrs() []string                           { return nil }
func (nowhere) Keep([]chord.PeerID)                       {}
func (nowhere) Send(chord.PeerID, []byte, []chord.PeerID) {}
func (nowhere) Close() error                              { return nil }

func alone(t *testing.T) *Node {
	t.Helper()
	n, err := Open(t.Context(), Config{Transport: nowhere{}, Store: store.Memory()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { n.Close() })
	return n
}

// Who has seen that something waits, just before the node closed, must not take a turn
// with a transport and a store that are closed.
func TestNobodyHasATurnAfterClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := alone(t)
		n.Close()
		select {
		case n.turns <- struct{}{}:
			t.Error("a turn can be taken after the node was closed")
		default:
		}
	})
}

// When the clock jumps, as when a laptop wakes up, what is due soon after does not wait
// for what was due before.
func TestAlarmAfterAJump(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := alone(t)
		synctest.Wait()
		n.turns <- struct{}{}
		n.clock.ahead -= 2 * time.Hour // so that the time of day is ahead
		n.alarm = n.clock.read().Add(time.Hour)
		n.timer.Reset(time.Hour)
		<-n.turns
		n.Info()
		time.Sleep(time.Minute)
		n.turns <- struct{}{}
		if late := n.clock.read().Sub(n.alarm); late > 0 {
			t.Errorf("a minute after the jump the node has been waiting for a turn for %v", late)
		}
		<-n.turns
	})
}
