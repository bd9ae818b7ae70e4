package node_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"peal/node"
)

func settle(t *testing.T, n *node.Node, peers int) {
	t.Helper()
	var ring node.Ring
	for range 600 {
		ring, _ = n.Walk(context.Background())
		if ring.WellFormed && ring.Replicated && len(ring.Peers) == peers {
			return
		}
		time.Sleep(100 * time.Millisecond) // virtual
	}
	for _, p := range ring.Peers {
		t.Logf("%v pred %v succ %v repl %v rec %d", p.Contact, p.Predecessor, p.Successors, p.Replicated, p.Records)
	}
	t.Fatalf("ring of %d peers, well-formed %v (%s), replicated %v; want %d peers", len(ring.Peers), ring.WellFormed, ring.Problem, ring.Replicated, peers)
}

func TestSmoke(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		net := newNetwork()
		var nodes []*node.Node
		const N = 20
		start := time.Now()
		for i := range N {
			nodes = append(nodes, net.open(t, i))
		}
		settle(t, nodes[0], N)
		t.Log("settled", time.Since(start))
		ctx := context.Background()
		for i := range 300 {
			r, err := nodes[i%N].Put(ctx, fmt.Append(nil, "key", i), fmt.Append(nil, "value", i))
			if err != nil {
				t.Fatal(i, err)
			}
			if i == 0 {
				t.Log(r)
			}
		}
		t.Cleanup(func() {})
		defer func() {
			for _, p := range nodes {
				p.Close()
			}
		}()
		check := func() {
			t.Helper()
			for i := range 300 {
				v, err := nodes[0].Get(ctx, fmt.Append(nil, "key", i))
				if err != nil || string(v.Data) != fmt.Sprint("value", i) {
					t.Errorf("%d: %q %v", i, v.Data, err)
				}
			}
			var keys int
			cur := ""
			for {
				p, err := nodes[0].Keys(ctx, []byte("key"), cur, 100)
				if err != nil {
					t.Fatal(err)
				}
				keys += len(p.Keys)
				if cur = p.Next; cur == "" {
					break
				}
			}
			if keys != 300 {
				t.Errorf("listed %d", keys)
			}
		}
		check()
		{
			ring, _ := nodes[0].Walk(ctx)
			for i := 1; i < N; i += 4 {
				for _, p := range nodes {
					if p.Self() == ring.Peers[i].Contact {
						p.Close()
					}
				}
			}
		}
		start = time.Now()
		check()
		t.Log("read while mending", time.Since(start))
		settle(t, nodes[0], N-5)
		t.Log("mended", time.Since(start))
		for i := N; i < N+10; i++ {
			nodes = append(nodes, net.open(t, i))
		}
		check()
		settle(t, nodes[0], N+5)
		for i := N; i < N+10; i++ {
			if err := nodes[i].Leave(ctx); err != nil {
				t.Error(err)
			}
		}
		check()
		settle(t, nodes[0], N-5)
		check()
		for i := range N {
			nodes[i].Close()
		}
	})
}
