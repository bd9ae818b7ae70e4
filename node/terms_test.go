package node_test

import (
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"peal/node"
	"peal/node/replica"
	"peal/node/store"
)

var five = replica.Quorums{N: 5, W: 3, R: 3}

// ringOfFive is a ring whose first peer chose five replicas of each key.
func (n *network) ringOfFive(t *testing.T) []*node.Node {
	t.Helper()
	cfg := n.config(0)
	cfg.Replica.N = 5
	nodes := []*node.Node{start(t, cfg)}
	for i := 1; i < 7; i++ {
		nodes = append(nodes, start(t, n.config(i, 0)))
	}
	settle(t, nodes[0], 7)
	return nodes
}

func TestJoiningAdoptsTheQuorums(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		nodes := newNetwork().ringOfFive(t)
		for _, p := range nodes {
			if got := p.Info().Quorums; got != five {
				t.Errorf("%v has the quorums %+v, want %+v", p.Self(), got, five)
			}
		}
		if r := put(t, nodes[3], "key", "value"); r.Wanted != 5 || len(r.Replicas) < 3 {
			t.Errorf("stored on %d of %d, want on 3 of 5 at least", len(r.Replicas), r.Wanted)
		}
	})
}

func TestOtherQuorumsAreRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		net, seen := newNetwork(), &journal{}
		nodes := net.ringOfFive(t)
		cfg := net.config(9, 0)
		cfg.Replica.N, cfg.Observer = 3, seen.observe
		p, err := node.Open(t.Context(), cfg)
		if err == nil {
			p.Close()
		}
		wantError(t, "join with 3 replicas", err, node.ErrInvalid)
		if err != nil && (!strings.Contains(err.Error(), "its ring has 5 replicas of each key, W 3 and R 3, this peer 3") || strings.Contains(err.Error(), "\n")) {
			t.Errorf("got error %q, want one line with both", err)
		}
		if joined := seen.all(node.Joined); len(joined) > 0 {
			t.Errorf("it joined: %v; want that it ends as it is", joined)
		}
		pass(time.Minute)
		settle(t, nodes[0], 7)
	})
}

// A peer keeps the quorums of its ring over a restart, and those of no other; be it that
// its disk was full when it joined.
func TestQuorumsOutliveARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		net := newNetwork()
		nodes := net.ringOfFive(t)
		cfg := net.config(7, 0)
		disk := &refusingStore{Mem: store.Memory()}
		disk.forgets.Store(true)
		var log strings.Builder
		cfg.Store, cfg.Logger = disk, slog.New(slog.NewTextHandler(&log, nil))
		p := start(t, cfg)
		settle(t, nodes[0], 8)
		pass(3 * time.Second)
		disk.forgets.Store(false)
		pass(time.Second)
		p.Close()
		if got := strings.Count(log.String(), "cannot note the ring"); got != 1 {
			t.Errorf("%d warnings, want one:\n%s", got, &log)
		}
		again := net.config(7)
		again.Store = cfg.Store
		if got := start(t, again).Info().Quorums; got != five {
			t.Errorf("after a restart the quorums are %+v, want %+v", got, five)
		}
		other := net.config(8)
		other.Store, other.Replica.W = cfg.Store, 2
		_, err := node.Open(t.Context(), other)
		wantError(t, "restart with W = 2", err, node.ErrInvalid)
	})
}
