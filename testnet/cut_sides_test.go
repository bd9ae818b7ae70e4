package testnet_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"peal/chord"
	"peal/node"
	"peal/node/replica"
	"peal/testnet"
)

// roundEvery is how often peers reconcile in a testnet that is cut.
const roundEvery = 5 * time.Second

// A side is a part of a cut testnet.
type side []testnet.Peer

// sidesOf finds the peers of the parts.
func sidesOf(net *testnet.Testnet, parts [][]chord.Contact) (sides []side) {
	for _, part := range parts {
		var s side
		for _, p := range net.Live() {
			if slices.Contains(part, p.Self()) {
				s = append(s, p)
			}
		}
		sides = append(sides, s)
	}
	return sides
}

// mends waits until the side is a ring of its own with all the replicas it can have.
func (s side) mends(ctx context.Context, t *testing.T) {
	t.Helper()
	within(ctx, t, time.Minute, "a side to mend itself", func() (bool, string) {
		infos := make([]node.Info, len(s))
		for i, p := range s {
			infos[i] = p.Info()
		}
		ring := node.NewRing("", infos)
		return ring.WellFormed && ring.Replicated, ring.Problem
	})
}

// within waits for a condition that tells what it lacks, and says how long that took.
func within(ctx context.Context, t *testing.T, limit time.Duration, what string, met func() (bool, string)) time.Duration {
	t.Helper()
	begin := time.Now()
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		ok, lacks := met()
		if ok {
			return time.Since(begin)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("waited %v for %s: %s", limit, what, lacks)
		}
	}
}

// A record is the newest that was acknowledged of a key.
type record struct {
	version replica.Version
	value   string // empty: deleted
}

// newest are the records that must win, of each key.
type newest map[string]record

// put writes at a peer of a side and checks that as many replicas as it has hold it.
func (n newest) put(ctx context.Context, t *testing.T, s side, key, value string) {
	t.Helper()
	got, err := s[len(n)%len(s)].Put(ctx, []byte(key), []byte(value), node.WriteOptions{})
	n.acknowledged(t, s, key, value, got, err)
}

func (n newest) remove(ctx context.Context, t *testing.T, s side, key string) {
	t.Helper()
	got, err := s[len(n)%len(s)].Delete(ctx, []byte(key), node.WriteOptions{})
	n.acknowledged(t, s, key, "", got, err)
}

func (n newest) acknowledged(t *testing.T, s side, key, value string, got node.Receipt, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("write %s to a side of %d peers: %v", key, len(s), err)
	}
	if got.Wanted != min(3, len(s)) || len(got.Replicas) < min(2, len(s)) {
		t.Errorf("write %s to a side of %d peers: on %d of %d replicas", key, len(s), len(got.Replicas), got.Wanted)
	}
	if got.Version.Compare(n[key].version) > 0 {
		n[key] = record{got.Version, value}
	}
}

// read checks that a peer finds the record.
func (r record) read(ctx context.Context, t *testing.T, p testnet.Peer, key string, opt node.ReadOptions) node.Value {
	t.Helper()
	got, err := p.Get(ctx, []byte(key), opt)
	gone := errors.Is(err, node.ErrNotFound)
	if err != nil && !gone || gone != (r.value == "") || string(got.Data) != r.value || got.Version != r.version {
		t.Errorf("%s at %v: got %q of %v, %v; want %q of %v", key, p.Self(), got.Data, got.Version, err, r.value, r.version)
	}
	return got
}

// While a ring is cut, each side serves what it has. When it is healed, the newest
// write of each key wins everywhere, be it a delete, and nothing is lost that either
// side acknowledged.
func TestSidesOfACutServeAndMerge(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	t.Parallel() // they wait for timeouts most of the time
	for _, sizes := range [][]int{{6, 3}, {5, 3, 1}} {
		t.Run(fmt.Sprint(sizes), func(t *testing.T) {
			t.Parallel()
			testCut(t, sizes)
		})
	}
}

func testCut(t *testing.T, sizes []int) {
	_, net := start(t, testnet.Config{Peers: 9, RoundEvery: roundEvery})
	ctx, want := t.Context(), newest{}
	for i := range 30 {
		want.put(ctx, t, net.Live(), fmt.Sprint("old ", i), "before")
	}
	side(net.Live()).mends(ctx, t)
	sides := cut(t, net, sizes)
	for _, s := range sides {
		s.mends(ctx, t)
	}
	servesWhatItHas(ctx, t, sides, want)
	for i := range 30 {
		writeOnSides(ctx, t, sides, i, want)
	}

	net.Heal()
	found := within(ctx, t, time.Minute, "the sides to find each other", func() (bool, string) {
		ring := net.Ring()
		return ring.WellFormed, ring.Problem
	})
	merged := within(ctx, t, 2*roundEvery*5/4, "the replicas to converge", func() (bool, string) {
		return net.Ring().Replicated, "some still reconcile"
	})
	t.Logf("one ring after %v, converged %v later", found, merged)
	for key, r := range want {
		for _, p := range net.Live() {
			if got := r.read(ctx, t, p, key, node.ReadOptions{R: node.All}); got.Asked != 3 || got.Repaired != 0 {
				t.Errorf("%s: asked %d replicas, of which %d were stale", key, got.Asked, got.Repaired)
			}
		}
	}
}

// servesWhatItHas checks that a side finds the keys of which it has a replica, and no
// others.
func servesWhatItHas(ctx context.Context, t *testing.T, sides []side, before newest) {
	t.Helper()
	all := slices.Concat(sides...)
	slices.SortFunc(all, func(a, b testnet.Peer) int { return a.Self().ID.Compare(b.Self().ID) })
	for key, r := range before {
		id := chord.KeyID([]byte(key))
		first := slices.IndexFunc(all, func(p testnet.Peer) bool { return p.Self().ID.Compare(id) >= 0 })
		for _, s := range sides {
			has := false
			for k := range 3 {
				has = has || slices.Contains(s, all[(max(first, 0)+k)%len(all)])
			}
			if has {
				r.read(ctx, t, s[0], key, node.ReadOptions{})
			} else {
				record{}.read(ctx, t, s[0], key, node.ReadOptions{})
			}
		}
	}
}

// writeOnSides makes the i-th change of old keys, and a new key, on one side and
// then on the next.
func writeOnSides(ctx context.Context, t *testing.T, sides []side, i int, want newest) {
	t.Helper()
	a, b := sides[i%len(sides)], sides[(i+1)%len(sides)]
	old, fresh := fmt.Sprint("old ", i), fmt.Sprint("new ", i)
	switch i % 4 {
	case 0:
		want.remove(ctx, t, a, old)
	case 1:
		want.put(ctx, t, a, old, "overwritten")
		want.remove(ctx, t, b, old)
	case 2:
		want.remove(ctx, t, a, old)
		want.put(ctx, t, b, old, "written anew")
	case 3:
		want.put(ctx, t, a, old, "overwritten")
		want.put(ctx, t, b, old, "overwritten later")
	}
	got, err := a[0].Put(ctx, []byte(fresh), []byte("of one side"), node.WriteOptions{W: node.All})
	want.acknowledged(t, a, fresh, "of one side", got, err)
	if len(got.Replicas) != got.Wanted {
		t.Errorf("write %s to all of a side of %d peers: on %d of %d replicas", fresh, len(a), len(got.Replicas), got.Wanted)
	}
	for _, p := range a {
		want[fresh].read(ctx, t, p, fresh, node.ReadOptions{R: node.All})
	}
}
