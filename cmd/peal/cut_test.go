package main

import (
	"encoding/json"
	"slices"
	"testing"

	"peal/chord"
	"peal/node"
)

// TestCut parts a testnet as docs/consistency.md says: a peer alone acknowledges for all,
// neither side sees what the other writes, and the higher version wins when they meet.
func TestCut(t *testing.T) {
	t.Parallel() // it waits for timeouts most of the time
	s := background(t, "testnet", "--peers", "5", "--transport", "memory")
	var up settled
	s.hears(t, &up)
	peal := func(args ...string) result {
		t.Helper()
		return runWith(t, "", append([]string{"PEAL_API=" + up.URL}, args...)...)
	}
	get := func(via, want string) {
		t.Helper()
		if got := peal("get", "k", "--via", via, "--timeout", "30s"); got.out != want {
			t.Errorf("get via %s: %+v, want %q", via, got, want)
		}
	}
	var ring node.Ring
	if got := peal("ring", "-o", "json"); json.Unmarshal([]byte(got.out), &ring) != nil || len(ring.Peers) != 5 {
		t.Fatalf("ring: %+v", got)
	}
	alone, other := ring.Peers[0].Peer.String(), ring.Peers[1].Peer.String()
	if got := peal("put", "k", "before"); got.code != 0 {
		t.Fatalf("put: %+v", got)
	}
	if got := peal("testnet", "cut", "--peer", alone); got.code != 0 {
		t.Fatalf("cut: %+v", got)
	}
	for _, side := range []struct {
		via      string
		replicas int
	}{{alone, 1}, {other, 3}} {
		var r struct {
			Replicas []chord.Contact
			Wanted   int
		}
		got := peal("put", "k", "on "+side.via, "--via", side.via, "--w", "all", "--timeout", "30s", "-o", "json")
		if json.Unmarshal([]byte(got.out), &r) != nil || len(r.Replicas) != side.replicas || r.Wanted != side.replicas {
			t.Errorf("put via %s: %+v, want it on all of %d replicas", side.via, got, side.replicas)
		}
		if side.replicas > 1 && slices.ContainsFunc(r.Replicas, func(c chord.Contact) bool { return c.Peer.String() == alone }) {
			t.Errorf("%v have it, also who is cut off", r.Replicas)
		}
	}
	get(alone, "on "+alone)
	get(other, "on "+other)
	for _, args := range [][]string{{"testnet", "heal"}, {"ring", "wait", "--peers", "5", "--replicated", "--timeout", "1m"}} {
		if got := peal(args...); got.code != 0 {
			t.Fatalf("%v: %+v", args, got)
		}
	}
	get(alone, "on "+other)
	get(other, "on "+other)
}
