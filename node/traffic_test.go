package node_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"peal/chord"
	"peal/node"
)

// sentBy sums up what peers say that they sent, and hold.
func sentBy(nodes []*node.Node) (sent node.Traffic, held int64) {
	for _, p := range nodes {
		info := p.Info()
		sent, held = sent.Plus(info.Sent), held+info.Bytes
	}
	return sent, held
}

// Each kind of traffic is counted where it belongs.
func TestTrafficByKind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const keys, size = 20, 1000
		nodes := newNetwork().ring(t, 5)
		for i := range keys {
			put(t, nodes[i%5], fmt.Sprint("key ", i), strings.Repeat("x", size))
		}
		settle(t, nodes[0], 5)
		sent, held := sentBy(nodes)
		if held != 3*keys*size {
			t.Errorf("the peers hold %d bytes of values, want 3 times the %d that were written", held, keys*size)
		}
		if sent.Ring == 0 || sent.Lookups == 0 || sent.Requests < 2*keys*size || sent.Repair > keys*size {
			t.Errorf("they sent %+v for %d writes of %d bytes", sent, keys, size)
		}
		victim := slices.MaxFunc(nodes, func(a, b *node.Node) int { return int(a.Info().Bytes - b.Info().Bytes) })
		lost := victim.Info().Bytes
		victim.Close()
		nodes = slices.DeleteFunc(nodes, func(p *node.Node) bool { return p == victim })
		before, _ := sentBy(nodes)
		settle(t, nodes[0], 4)
		pass(time.Minute)
		after, _ := sentBy(nodes)
		if spent := after.Since(before); spent.Repair < uint64(lost) || spent.Requests > size {
			t.Errorf("after a crash that took %d bytes they sent %+v, want so much by repair", lost, spent)
		}
	})
}

// Every byte is counted, and once.
func TestTrafficIsWhole(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		net := newNetwork()
		var mu sync.Mutex
		wire := map[chord.PeerID]uint64{}
		net.tap = func(from chord.PeerID, body []byte) {
			mu.Lock()
			defer mu.Unlock()
			wire[from] += uint64(len(body))
		}
		nodes := net.ring(t, 3)
		put(t, nodes[0], "key", "value")
		pass(time.Minute)
		for _, p := range nodes {
			sent := p.Info().Sent
			synctest.Wait()
			mu.Lock()
			want := wire[p.Self().Peer]
			mu.Unlock()
			if got := sent.Ring + sent.Lookups + sent.Requests + sent.Repair; got != want || got == 0 {
				t.Errorf("%v says that it sent %+v, %d in all; %d went over its wire", p.Self(), sent, got, want)
			}
		}
	})
}
