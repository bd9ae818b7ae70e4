package node_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"peal/chord"
	"peal/node"
	"peal/node/replica"
	"peal/node/store"
)

func TestRingsOfOneToThreePeers(t *testing.T) {
	for size, most := range map[int]int{1: 1, 2: 2, 3: 3, 5: 3} {
		synctest.Test(t, func(t *testing.T) {
			nodes := newNetwork().ring(t, size)
			for _, p := range nodes {
				r := put(t, p, "key", p.Self().String())
				if len(r.Replicas) < min(2, size) || len(r.Replicas) > most || r.Wanted != most || r.N != 3 {
					t.Errorf("ring of %d: stored on %d of %d (%d in a larger ring), want on 2 of %d where there are so many (3)", size, len(r.Replicas), r.Wanted, r.N, most)
				}
				for _, q := range nodes {
					wantValue(t, q, "key", p.Self().String())
				}
			}
		})
	}
}

func TestKillsAndJoinsWhileReading(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const size = 20
		net, data := newNetwork(), corpus(150)
		nodes := net.ring(t, size)
		data.put(t, nodes...)
		settle(t, nodes[0], size)

		ring, _ := nodes[0].Walk(t.Context())
		for i := 1; i < size; i += 4 {
			victim := slices.IndexFunc(nodes, func(p *node.Node) bool { return p.Self() == ring.Peers[i].Contact })
			nodes[victim].Close()
		}
		data.wantAll(t, nodes[0])
		settle(t, nodes[0], size-5)

		for i := range 8 {
			nodes = append(nodes, start(t, net.config(size+i, 0)))
		}
		data.wantAll(t, nodes[0])
		data.wantAll(t, nodes[len(nodes)-1])
		settle(t, nodes[0], size+3)
	})
}

func TestLeave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := corpus(60)
		nodes := newNetwork().ring(t, 8)
		data.put(t, nodes...)
		for i := 7; i > 0; i-- {
			if err := nodes[i].Leave(t.Context()); err != nil {
				t.Errorf("leave: %v", err)
			}
			data.wantAll(t, nodes[0])
			_, err := nodes[i].Get(t.Context(), []byte("key"), node.ReadOptions{})
			wantError(t, "get at a peer that has left", err, node.ErrClosed)
		}
		wantError(t, "the last one leaves", nodes[0].Leave(t.Context()), node.ErrNoPeer)
	})
}

func TestEmptyValueIsNoMissingKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		nodes := newNetwork().ring(t, 4)
		put(t, nodes[0], "\x00/../\xff", "")
		wantValue(t, nodes[1], "\x00/../\xff", "")
		_, err := nodes[1].Get(t.Context(), []byte("missing"), node.ReadOptions{})
		wantError(t, "get of a missing key", err, node.ErrNotFound)
		if _, err := nodes[2].Delete(t.Context(), []byte("\x00/../\xff"), node.WriteOptions{}); err != nil {
			t.Errorf("delete: %v", err)
		}
		_, err = nodes[1].Get(t.Context(), []byte("\x00/../\xff"), node.ReadOptions{})
		wantError(t, "get of a deleted key", err, node.ErrNotFound)
		if _, err := nodes[3].Delete(t.Context(), []byte("missing"), node.WriteOptions{}); err != nil {
			t.Errorf("delete of a missing key: %v", err)
		}
	})
}

func TestSizesOutsideTheLimits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newNetwork().ring(t, 1)[0]
		ctx := t.Context()
		longKey, longValue := make([]byte, replica.MaxKeyLen+1), make([]byte, replica.MaxValueLen+1)
		for _, key := range [][]byte{nil, longKey} {
			_, err := p.Put(ctx, key, nil, node.WriteOptions{})
			wantError(t, "put", err, node.ErrInvalid)
			_, err = p.Get(ctx, key, node.ReadOptions{})
			wantError(t, "get", err, node.ErrInvalid)
			_, err = p.Delete(ctx, key, node.WriteOptions{})
			wantError(t, "delete", err, node.ErrInvalid)
			_, err = p.Lookup(ctx, key)
			wantError(t, "lookup", err, node.ErrInvalid)
		}
		_, err := p.Put(ctx, []byte("key"), longValue, node.WriteOptions{})
		wantError(t, "put of a long value", err, node.ErrInvalid)
		_, err = p.Keys(ctx, nil, "no cursor", 10)
		wantError(t, "keys", err, node.ErrInvalid)
		_, err = p.Keys(ctx, longKey, "", 10)
		wantError(t, "keys of a long prefix", err, node.ErrInvalid)
		put(t, p, string(longKey[1:]), string(longValue[1:]))
		wantValue(t, p, string(longKey[1:]), string(longValue[1:]))
	})
}

// The caller may use its buffers again, and change what it was given.
// Whoever is asked, a replica or not, and whether it mends one that missed the write.
func TestBuffersBelongToTheCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		net := newNetwork()
		nodes := net.ring(t, 6)
		for i := range nodes {
			key, value := fmt.Appendf(nil, "key %d", i), []byte("value")
			missed := nodes[i].Self().Peer
			net.deafen(missed, true)
			if _, err := nodes[(i+1)%6].Put(t.Context(), key, value, node.WriteOptions{}); err != nil {
				t.Fatal(err)
			}
			net.deafen(missed, false)
			text := string(key)
			copy(key, "xxx")
			copy(value, "xxxxx")
			for range 2 {
				for _, p := range nodes {
					v, err := p.Get(t.Context(), []byte(text), node.ReadOptions{R: node.All})
					if err != nil {
						t.Fatal(err)
					}
					if got := string(v.Data); got != "value" {
						t.Errorf("%s at %v: got %q", text, p.Self(), got)
					}
					copy(v.Data, "yyyyy")
				}
			}
		}
	})
}

func TestKeysPageByPage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		nodes := newNetwork().ring(t, 6)
		corpus(50).put(t, nodes...)
		put(t, nodes[0], "other", "")
		seen := map[string]bool{}
		for cursor, more := "", true; more; {
			page, err := nodes[1].Keys(t.Context(), []byte("key "), cursor, 7)
			if err != nil {
				t.Fatal(err)
			}
			for _, k := range page.Keys {
				if seen[k.Key] || k.Size != int64(len(strings.Replace(k.Key, "key", "value", 1))) {
					t.Errorf("listed %q of %d bytes, seen before %v", k.Key, k.Size, seen[k.Key])
				}
				seen[k.Key] = true
			}
			cursor, more = page.Next, page.Next != ""
		}
		if len(seen) != 50 {
			t.Errorf("listed %d keys, want 50", len(seen))
		}
	})
}

// A manifest tells the size of what it stands for, and comes back with the receipt
// of the write that takes its place.
func TestManifests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newNetwork().ring(t, 4)[0]
		if _, err := p.Put(t.Context(), []byte("key"), []byte("manifest"), node.WriteOptions{Total: 5 << 20}); err != nil {
			t.Fatal(err)
		}
		if v, err := p.Get(t.Context(), []byte("key"), node.ReadOptions{}); err != nil || v.Total != 5<<20 {
			t.Errorf("read %+v, error %v; want a manifest of 5 MiB", v, err)
		}
		put(t, p, replica.InternalPrefix+"part", "hidden")
		page, err := p.Keys(t.Context(), nil, "", 10)
		if err != nil || len(page.Keys) != 1 || page.Keys[0].Size != 5<<20 {
			t.Errorf("listed %+v, error %v; want one key of 5 MiB", page.Keys, err)
		}
		r := put(t, p, "key", "value")
		if len(r.Replaced) != 1 || string(r.Replaced[0].Value) != "manifest" {
			t.Errorf("the write replaced %v, want the manifest", r.Replaced)
		}
	})
}

func TestLookup(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		nodes := newNetwork().ring(t, 9)
		want, err := nodes[0].Lookup(t.Context(), []byte("key"))
		if err != nil || len(want.Replicas) != 3 || want.Owner != want.Replicas[0] {
			t.Fatalf("%v, error %v; want three replicas, the owner first", want, err)
		}
		for _, p := range nodes {
			got, err := p.Lookup(t.Context(), []byte("key"))
			if err != nil || !slices.Equal(got.Replicas, want.Replicas) {
				t.Errorf("at %v: replicas %v, error %v; want %v", p.Self(), got.Replicas, err, want.Replicas)
			}
			if slices.ContainsFunc(got.Hops, func(h node.Hop) bool { return h.Why == "" }) {
				t.Errorf("at %v: not all hops of %+v say why", p.Self(), got.Hops)
			}
		}
	})
}

func TestContextsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		nodes := newNetwork().ring(t, 3)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := nodes[0].Put(ctx, []byte("key"), nil, node.WriteOptions{})
		wantError(t, "put", err, context.Canceled)
		_, err = nodes[0].Get(ctx, []byte("key"), node.ReadOptions{})
		wantError(t, "get", err, context.Canceled)
		_, err = nodes[0].Lookup(ctx, []byte("key"))
		if err != nil {
			wantError(t, "lookup", err, context.Canceled)
		}
		_, err = nodes[0].Walk(ctx)
		wantError(t, "walk", err, context.Canceled)
		wantNotClosed(t, nodes[0])
	})
}

func wantNotClosed(t *testing.T, p *node.Node) {
	t.Helper()
	put(t, p, "still", "here")
	wantValue(t, p, "still", "here")
}

// Before the caller's time runs out, an operation says how it failed.
func TestDeadlineTellsTheReason(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		net := newNetwork()
		nodes := net.ring(t, 3)
		net.deafen(name(1), true)
		net.deafen(name(2), true)
		ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
		defer cancel()
		begin := time.Now()
		_, err := nodes[0].Put(ctx, []byte("key"), nil, node.WriteOptions{})
		if err == nil || errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("put: error %v, want the reason", err)
		}
		if took := time.Since(begin); took >= 500*time.Millisecond {
			t.Errorf("took %v, want less than the caller's 500ms", took)
		}
	})
}

// Until a peer has noticed that it is cut off, what needs the others ends with one of
// these errors.
func TestRequestsOfAPeerThatIsCutOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		net := newNetwork()
		nodes := net.ring(t, 5)
		for i := 1; i < 5; i++ {
			net.deafen(name(i), true)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		var failed sync.WaitGroup
		want := func(what string, err error, codes ...error) {
			if !slices.ContainsFunc(codes, func(code error) bool { return errors.Is(err, code) }) {
				t.Errorf("%s ends with %v, want one of %v", what, err, codes)
			}
		}
		for i := range 20 {
			failed.Go(func() {
				_, err := nodes[0].Put(ctx, fmt.Append(nil, i), nil, node.WriteOptions{})
				want("a put", err, node.ErrNoPeer, node.ErrQuorum, node.ErrUnknown)
			})
			failed.Go(func() {
				_, err := nodes[0].Get(ctx, fmt.Append(nil, i), node.ReadOptions{})
				want("a get", err, node.ErrNoPeer, node.ErrQuorum)
			})
			failed.Go(func() {
				_, err := nodes[i%5].Keys(ctx, nil, "", 10)
				want("a listing", err, node.ErrNoPeer, node.ErrQuorum)
				if err != nil && !strings.Contains(err.Error(), "a part of the ring") {
					t.Errorf("a listing ends with %q, want a part of the ring in it", err)
				}
			})
		}
		failed.Wait()
	})
}

func TestCloseWhileCallsWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		net := newNetwork()
		nodes := net.ring(t, 3)
		net.deafen(name(1), true)
		net.deafen(name(2), true)
		errs, written := make(chan error, 3), make(chan error, 1)
		go func() {
			_, err := nodes[0].Put(t.Context(), []byte("key"), nil, node.WriteOptions{})
			written <- err
			errs <- err
		}()
		go func() { _, err := nodes[0].Get(t.Context(), []byte("key"), node.ReadOptions{}); errs <- err }()
		go func() { errs <- nodes[0].Leave(t.Context()) }()
		synctest.Wait()
		if err := nodes[0].Close(); err != nil {
			t.Errorf("close: %v", err)
		}
		for range 3 {
			wantError(t, "a call that waited", <-errs, node.ErrClosed)
		}
		wantError(t, "a put that may have been stored", <-written, node.ErrUnknown)
	})
}

func TestClosedNode(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newNetwork().ring(t, 1)[0]
		p.Close()
		if err := p.Close(); err != nil {
			t.Errorf("closed again: %v", err)
		}
		ctx, key := t.Context(), []byte("key")
		_, err := p.Put(ctx, key, nil, node.WriteOptions{})
		wantError(t, "put", err, node.ErrClosed)
		_, err = p.Lookup(ctx, key)
		wantError(t, "lookup", err, node.ErrClosed)
		_, err = p.Keys(ctx, nil, "", 10)
		wantError(t, "keys", err, node.ErrClosed)
		wantError(t, "leave", p.Leave(ctx), node.ErrClosed)
		if info := p.Info(); info.Member || info.Contact != p.Self() {
			t.Errorf("info %v, want no member", info)
		}
	})
}

// A refusingStore fails to write records, or notes, while told so.
type refusingStore struct {
	*store.Mem
	refuses, forgets atomic.Bool
	takes            atomic.Int64 // nanoseconds for a commit
	quick            bool         // its commits are waited for
}

var errFull = errors.New("disk full")

func (s *refusingStore) Commit(writes []replica.Record, drops []replica.Item) error {
	time.Sleep(time.Duration(s.takes.Load()))
	if s.refuses.Load() {
		return errFull
	}
	return s.Mem.Commit(writes, drops)
}

func (s *refusingStore) Slow() bool { return !s.quick }

func (s *refusingStore) SetMeta(name string, value []byte) error {
	if s.forgets.Load() {
		return errFull
	}
	return s.Mem.SetMeta(name, value)
}

// A store that refuses is told of once, and so is its recovery; one that is slow does
// not refuse.
func TestWhatTheLogSaysOfTheStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log strings.Builder
		disk := &refusingStore{Mem: store.Memory()}
		cfg := newNetwork().config(0)
		cfg.Store, cfg.Logger = disk, slog.New(slog.NewTextHandler(&log, nil))
		var again atomic.Int64
		cfg.Observer = func(e node.Event) {
			if e.Kind == node.Failed && !e.Logged {
				again.Add(1)
			}
		}
		p := start(t, cfg)
		told := func(refuses, recovers, slow int) {
			t.Helper()
			synctest.Wait()
			got := [3]int{}
			for i, text := range []string{"the store refuses writes", "the store takes writes again", "the store is slow"} {
				got[i] = strings.Count(log.String(), text)
			}
			if got != [3]int{refuses, recovers, slow} {
				t.Errorf("told %d times that it refuses, %d that it recovers and %d that it is slow; want %d, %d and %d", got[0], got[1], got[2], refuses, recovers, slow)
			}
		}
		for i := range 2 {
			disk.refuses.Store(true)
			for range 3 {
				_, err := p.Put(t.Context(), []byte("key"), []byte("lost"), node.WriteOptions{})
				wantError(t, "put", err, errFull)
			}
			told(i+1, i, 0)
			disk.refuses.Store(false)
			put(t, p, "key", "value")
			told(i+1, i+1, 0)
		}
		disk.takes.Store(int64(6 * time.Second))
		put(t, p, "key", "late")
		told(2, 2, 1)
		if n := again.Load(); n > 0 {
			t.Errorf("%d events do not tell that the log has them", n)
		}
	})
}

func TestStoreThatRefusesWrites(t *testing.T) {
	for name, quick := range map[string]bool{"slow": false, "quick": true} {
		t.Run(name, func(t *testing.T) { testStoreThatRefusesWrites(t, quick) })
	}
}

func testStoreThatRefusesWrites(t *testing.T, quick bool) {
	synctest.Test(t, func(t *testing.T) {
		disk := &refusingStore{Mem: store.Memory(), quick: quick}
		cfg := newNetwork().config(0)
		cfg.Store = disk
		p := start(t, cfg)
		put(t, p, "key", "before")
		disk.refuses.Store(true)
		_, err := p.Put(t.Context(), []byte("key"), []byte("lost"), node.WriteOptions{})
		wantError(t, "put", err, errFull)
		wantError(t, "put", err, node.ErrQuorum)
		if want := "this peer's store refuses writes: disk full; quorum not met"; err != nil && err.Error() != want {
			t.Errorf("put: %q, want %q", err, want)
		}
		if got := p.Info().Refused; got != "disk full" {
			t.Errorf("it tells of its store %q, want why it refuses", got)
		}
		wantValue(t, p, "key", "before")
		disk.refuses.Store(false)
		put(t, p, "key", "after")
		wantValue(t, p, "key", "after")
		if got := p.Info().Refused; got != "" {
			t.Errorf("it tells of its store %q, want nothing", got)
		}
	})
}

// Of several puts of a key that a full disk refuses together none succeeds, the
// ones that a later put replaces no more than the last.
func TestPutsOfOneKeyRefusedTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		disk := &refusingStore{Mem: store.Memory()}
		cfg := newNetwork().config(0)
		cfg.Store = disk
		p := start(t, cfg)
		disk.refuses.Store(true)
		var puts sync.WaitGroup
		for range 16 {
			puts.Go(func() {
				_, err := p.Put(t.Context(), []byte("key"), []byte("lost"), node.WriteOptions{})
				wantError(t, "put", err, errFull)
			})
		}
		puts.Wait()
	})
}

// Of three replicas, one with a full disk is no harm; with two, no write is
// acknowledged, however often it is tried.
// Where the stores of all replicas refuse, and other peers hold a write for them, its
// failure says both.
func TestAllReplicasRefuseWrites(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		net := newNetwork()
		disks := map[chord.PeerID]*refusingStore{}
		var nodes []*node.Node
		for i := range 6 {
			cfg, disk := net.config(i, 0), &refusingStore{Mem: store.Memory()}
			cfg.Store = disk
			n := start(t, cfg)
			nodes, disks[n.Self().Peer] = append(nodes, n), disk
		}
		settle(t, nodes[0], 6)
		found, err := nodes[0].Lookup(t.Context(), []byte("key"))
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range found.Replicas {
			disks[c.Peer].refuses.Store(true)
		}
		for _, n := range nodes {
			_, err := n.Put(t.Context(), []byte("key"), []byte("value"), node.WriteOptions{})
			if err == nil || !strings.Contains(err.Error(), "the stores of 3 of 3 replicas [") || !strings.Contains(err.Error(), "other peers hold it") {
				t.Errorf("put at %v: %v, want that all replicas' stores did not take it, and that others hold it", n.Self(), err)
			}
		}
	})
}

func TestReplicasThatRefuseWrites(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		net := newNetwork()
		var nodes []*node.Node
		var disks []*refusingStore
		for i := range 3 {
			cfg := net.config(i, 0)
			disks = append(disks, &refusingStore{Mem: store.Memory()})
			cfg.Store = disks[i]
			nodes = append(nodes, start(t, cfg))
		}
		settle(t, nodes[0], 3)
		disks[1].refuses.Store(true)
		put(t, nodes[0], "key", "two of three")
		disks[2].refuses.Store(true)
		_, err := nodes[0].Put(t.Context(), []byte("key"), []byte("one of three"), node.WriteOptions{})
		wantError(t, "put", err, node.ErrQuorum)
		if want := "quorum not met: the stores of 2 of 3 replicas ["; err != nil && !strings.HasPrefix(err.Error(), want) {
			t.Errorf("put: %q, want that it begins with %q", err, want)
		}
		_, err = nodes[1].Put(t.Context(), []byte("key"), []byte("one of three"), node.WriteOptions{})
		if err == nil {
			t.Error("a put at a peer with a full disk succeeds")
		}
		disks[1].refuses.Store(false)
		disks[2].refuses.Store(false)
		settle(t, nodes[0], 3)
		put(t, nodes[1], "key", "three of three")
		wantValue(t, nodes[2], "key", "three of three")
	})
}
