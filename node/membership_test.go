package node_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"peal/chord"
	"peal/node"
	"peal/node/replica"
	"peal/node/store"
)

// waitFor waits for a condition.
func waitFor(t *testing.T, what string, done func() bool) {
	t.Helper()
	for range 600 {
		if done() {
			return
		}
		pass(100 * time.Millisecond)
	}
	t.Fatalf("a minute has passed without %s", what)
}

// A record of events.
type journal struct {
	mu     sync.Mutex
	events []node.Event
}

func (j *journal) observe(e node.Event) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.events = append(j.events, e)
}

func (j *journal) all(kind node.EventKind) []node.Event {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(j.events), func(e node.Event) bool { return e.Kind != kind })
}

// An address where nobody is delays nothing; who comes there later is found.
func TestBootstrapAddressThatAnswersLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		net := newNetwork()
		begin := time.Now()
		early := start(t, net.config(1, 0))
		if took := time.Since(begin); took > time.Second {
			t.Errorf("took %v to serve alone", took)
		}
		put(t, early, "early", "value")
		pass(10 * time.Minute)
		late := start(t, net.config(0))
		put(t, late, "late", "value")
		pass(10 * time.Minute) // pauses have grown to five minutes
		settle(t, early, 2)
		wantValue(t, late, "early", "value")
		wantValue(t, early, "late", "value")
	})
}

func TestBootstrapAddressThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		net := newNetwork()
		net.hang(string(name(9)), true)
		begin := time.Now()
		start(t, net.config(0, 9))
		if took := time.Since(begin); took > 5*time.Second {
			t.Errorf("took %v to serve alone, want at most 5s", took)
		}
		begin = time.Now()
		second := start(t, net.config(1, 9, 0))
		if took := time.Since(begin); took > time.Second {
			t.Errorf("took %v to join by the address that answers", took)
		}
		settle(t, second, 2)
	})
}

func TestOpenEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		net := newNetwork()
		net.hang(string(name(9)), true)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		begin := time.Now()
		_, err := node.Open(ctx, net.config(0, 9))
		wantError(t, "open", err, context.DeadlineExceeded)
		if took := time.Since(begin); took > time.Second {
			t.Errorf("took %v, want 1s", took)
		}
		start(t, net.config(0)) // the same identity may try again
	})
}

// A list of addresses may be the same for all peers, and so name oneself.
func TestJoinByOwnAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		net := newNetwork()
		first := start(t, net.config(0, 0, 1, 2))
		start(t, net.config(1, 0, 1, 2))
		start(t, net.config(2, 0, 1, 2))
		settle(t, first, 3)
	})
}

// Peers that all start at the same moment, each with all addresses.
func TestStartTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		net := newNetwork()
		nodes, errs := make([]*node.Node, 6), make([]error, 6)
		var wait sync.WaitGroup
		for i := range nodes {
			wait.Go(func() { nodes[i], errs[i] = node.Open(t.Context(), net.config(i, 0, 1, 2, 3, 4, 5)) })
		}
		wait.Wait()
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		for _, p := range nodes {
			defer p.Close()
		}
		settle(t, nodes[0], len(nodes))
	})
}

// kept gives so many stores, and starts a peer with the store of its number, again and again.
func (n *network) kept(t *testing.T, size int) (open func(i int, join ...int) *node.Node, stores []node.Store) {
	for range size {
		stores = append(stores, store.Memory())
	}
	return func(i int, join ...int) *node.Node {
		cfg := n.config(i, join...)
		cfg.Store = stores[i]
		return start(t, cfg)
	}, stores
}

// wholeRing starts all peers, each knowing of the first.
func wholeRing(t *testing.T, size int, open func(i int, join ...int) *node.Node) []*node.Node {
	t.Helper()
	nodes := make([]*node.Node, size)
	for i := range nodes {
		nodes[i] = open(i, 0)
	}
	settle(t, nodes[0], size)
	return nodes
}

// Identity and data are in the data directory; whom a peer knew is there too.
func TestRestartWithoutAddresses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const size = 5
		net, data := newNetwork(), corpus(30)
		open, _ := net.kept(t, size)
		nodes := wholeRing(t, size, open)
		data.put(t, nodes...)
		pass(5 * time.Second) // known peers are noted now and then
		for _, p := range nodes {
			p.Close()
		}
		for i := range size {
			nodes[i] = open(i)
		}
		settle(t, nodes[0], size)
		data.wantAll(t, nodes[1])
	})
}

// A ring that was switched off comes back in two parts that did not reach each other at
// first: each remembers the other, and they become one.
func TestRestartInParts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const size, first = 5, 2
		net := newNetwork()
		open, stores := net.kept(t, size)
		nodes := wholeRing(t, size, open)
		pass(5 * time.Second) // known peers are noted now and then
		for _, p := range nodes {
			p.Close()
		}
		for i := range first {
			nodes[i] = open(i)
		}
		settle(t, nodes[0], first)
		pass(5 * time.Second)
		for i := range first {
			net.hang(string(name(i)), true)
			note, err := stores[i].Meta("peers")
			if err != nil || !strings.Contains(string(note), string(name(size-1))) {
				t.Errorf("peer %d remembers %s (%v) while the others are off, want them too", i, note, err)
			}
		}
		for i := first; i < size; i++ {
			nodes[i] = open(i)
		}
		pass(time.Second)
		for i := range first {
			net.hang(string(name(i)), false)
		}
		settle(t, nodes[0], size)
	})
}

// A peer that comes back alone tells how many it knew, until one of them is there again.
func TestRestartAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const size = 3
		net := newNetwork()
		open, _ := net.kept(t, size)
		nodes := wholeRing(t, size, open)
		wantAbsent := func(what string, want int) {
			t.Helper()
			if got := nodes[0].Info().Absent; got != want {
				t.Errorf("%s: %d peers are absent, want %d", what, got, want)
			}
		}
		pass(10 * time.Second) // known peers are noted now and then
		wantAbsent("at first", 0)
		for _, p := range nodes {
			p.Close()
		}
		nodes[0] = open(0)
		wantAbsent("alone", size-1)
		if _, err := nodes[0].Get(t.Context(), []byte("none"), node.ReadOptions{}); !errors.Is(err, node.ErrNotFound) || !strings.Contains(err.Error(), "2 other peers") {
			t.Errorf("alone: error %v, want that the key may be with the others", err)
		}
		pass(time.Hour)
		wantAbsent("alone for an hour", size-1)
		nodes[1] = open(1)
		settle(t, nodes[0], 2)
		pass(10 * time.Second)
		wantAbsent("with one of them", 0)
	})
}

// The peers of before are known again at other addresses, too.
func TestRestartAmongPeersThatMoved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		open, stores := newNetwork().kept(t, 3)
		note := `["/first/p2p/peer 1","/second/p2p/peer 1","/first/p2p/peer 2"]`
		if err := stores[0].SetMeta("peers", []byte(note)); err != nil {
			t.Fatal(err)
		}
		p := open(0)
		if got := p.Info().Absent; got != 2 {
			t.Errorf("%d peers are absent, want 2", got)
		}
		open(1, 0)
		settle(t, p, 2)
		pass(10 * time.Second)
		if got := p.Info().Absent; got != 0 {
			t.Errorf("with one of them: %d peers are absent, want none", got)
		}
	})
}

func TestOneOfManyRestarts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		net, data, disk := newNetwork(), corpus(30), store.Memory()
		nodes := net.ring(t, 6)
		cfg := net.config(6, 0)
		cfg.Store = disk
		p := start(t, cfg)
		settle(t, p, 7)
		data.put(t, nodes...)
		settle(t, p, 7)
		p.Close()
		put(t, nodes[0], "key 3", "changed meanwhile")
		if _, err := nodes[0].Delete(t.Context(), []byte("key 4"), node.WriteOptions{}); err != nil {
			t.Fatal(err)
		}
		cfg = net.config(6)
		cfg.Store = disk
		p = start(t, cfg)
		settle(t, p, 7)
		wantValue(t, p, "key 3", "changed meanwhile")
		_, err := p.Get(t.Context(), []byte("key 4"), node.ReadOptions{})
		wantError(t, "get of what was deleted meanwhile", err, node.ErrNotFound)
	})
}

// Two rings that know nothing of each other, until one is told an address.
func TestRingsMerge(t *testing.T) {
	for _, size := range []int{1, 3, 6} {
		synctest.Test(t, func(t *testing.T) {
			net := newNetwork()
			nodes := net.ring(t, 6)
			net.hang(string(name(0)), true)
			other := []*node.Node{start(t, net.config(100, 0))}
			for i := 1; i < size; i++ {
				other = append(other, start(t, net.config(100+i, 100)))
			}
			for i := range 20 {
				put(t, nodes[0], fmt.Sprint("ours ", i), "value")
				put(t, other[0], fmt.Sprint("theirs ", i), "value")
			}
			net.hang(string(name(0)), false)
			waitFor(t, "one ring", func() bool {
				ring, _ := nodes[0].Walk(t.Context())
				return ring.WellFormed && len(ring.Peers) == 6+size
			})
			settle(t, nodes[0], 6+size)
			for i := range 20 {
				wantValue(t, other[0], fmt.Sprint("ours ", i), "value")
				wantValue(t, nodes[0], fmt.Sprint("theirs ", i), "value")
			}
		})
	}
}

func TestDiscoveredPeersJoin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		net := newNetwork()
		first, second := start(t, net.config(0)), start(t, net.config(1))
		net.live(name(1)).recv.Discovered(name(0))
		settle(t, first, 2)
		settle(t, second, 2)
	})
}

func TestWalkNamesTheProblem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		nodes := newNetwork().ring(t, 5)
		nodes[3].Close()
		ring, err := nodes[0].Walk(t.Context())
		if err != nil || ring.WellFormed || !strings.HasPrefix(ring.Problem, nodes[3].Self().String()+" does not answer") {
			t.Errorf("well-formed %v, problem %q, error %v; want one that names %v", ring.WellFormed, ring.Problem, err, nodes[3].Self())
		}
		settle(t, nodes[0], 4)
	})
}

func TestNewRingJudges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		nodes := newNetwork().ring(t, 4)
		ring, _ := nodes[0].Walk(t.Context())
		if got := node.NewRing("peal", ring.Peers); !got.WellFormed || !got.Replicated {
			t.Errorf("a settled ring: problem %q, replicated %v", got.Problem, got.Replicated)
		}
		broken := slices.Clone(ring.Peers)
		broken[1].Successors = broken[1].Successors[:1]
		if got := node.NewRing("peal", broken); !got.WellFormed || got.Replicated {
			t.Errorf("a short list: problem %q, replicated %v; want a ring that is not replicated", got.Problem, got.Replicated)
		}
		broken = slices.Clone(ring.Peers)
		broken[2].Predecessor = broken[2].Contact
		if got := node.NewRing("peal", broken); got.WellFormed || got.Problem == "" {
			t.Error("a wrong predecessor is no problem")
		}
		if got := node.NewRing("peal", slices.Delete(broken, 1, 2)); got.WellFormed || got.Problem == "" {
			t.Error("a missing peer is no problem")
		}
	})
}

// Bytes from strangers change nothing, and somebody is told.
func TestStrangersAreRejected(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		net, seen := newNetwork(), &journal{}
		cfg := net.config(0)
		cfg.Observer = seen.observe
		p := start(t, cfg)
		var genuine []byte
		net.tap = func(from chord.PeerID, b []byte) {
			if from == name(1) && genuine == nil {
				genuine = slices.Clone(b)
			}
		}
		start(t, net.config(1, 0))
		settle(t, p, 2)
		net.tap = nil
		if len(seen.all(node.Rejected)) != 0 {
			t.Fatalf("rejected %v among friends", seen.all(node.Rejected))
		}
		stranger := &wire{net: net, self: "stranger"}
		bodies := [][]byte{nil, []byte("GET / HTTP/1.1\r\n"), {0xa0}, genuine[:len(genuine)/2]}
		for _, b := range bodies {
			net.mu.Lock()
			net.peers["stranger"] = stranger
			net.mu.Unlock()
			stranger.Send(name(0), b, nil)
		}
		pass(time.Second)
		got := seen.all(node.Rejected)
		if len(got) != len(bodies) || got[0].About.Peer != "stranger" || got[0].Text == "" {
			t.Errorf("rejected %v, want all %d from the stranger, with the reason", got, len(bodies))
		}
		wantNotClosed(t, p)
	})
}

func TestEventsOfALife(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		net, seen := newNetwork(), &journal{}
		net.ring(t, 3)
		cfg := net.config(3, 0)
		cfg.Observer = seen.observe
		p := start(t, cfg)
		settle(t, p, 4)
		put(t, p, "key", "value")
		if _, err := p.Lookup(t.Context(), []byte("key")); err != nil {
			t.Fatal(err)
		}
		if err := p.Leave(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, kind := range []node.EventKind{node.Started, node.Met, node.Joined, node.Successor, node.Reconciled, node.Stored, node.LookedUp, node.Left} {
			if got := seen.all(kind); len(got) == 0 || got[0].Peer != p.Self() || got[0].Time.IsZero() {
				t.Errorf("events of kind %s: %v, want some of this peer's", kind, got)
			}
		}
	})
}

// A peer that is found again and again, by all its addresses, is told of once, until it
// was lost.
func TestMetIsToldOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		net, seen := newNetwork(), &journal{}
		nodes := net.ring(t, 2)
		cfg := net.config(2, 0)
		cfg.Observer = seen.observe
		p := start(t, cfg)
		found := net.live(p.Self().Peer).recv
		meets := func(want int) {
			t.Helper()
			for range 3 {
				found.Discovered(name(0))
				pass(time.Second)
			}
			told := slices.DeleteFunc(seen.all(node.Met), func(e node.Event) bool { return e.About.Peer != name(0) })
			if len(told) != want {
				t.Errorf("told that it met %v, want the first peer %d times", told, want)
			}
		}
		meets(1)
		nodes[0].Close()
		pass(time.Minute)
		start(t, net.config(0, 1))
		settle(t, p, 3)
		meets(2)
	})
}

// What Lookup gives belongs to the caller, while observers may still read theirs.
func TestRouteIsNotShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		net, seen := newNetwork(), &journal{}
		net.ring(t, 3)
		cfg := net.config(3, 0)
		cfg.Observer = seen.observe
		p := start(t, cfg)
		settle(t, p, 4)
		route, err := p.Lookup(t.Context(), []byte("key"))
		if err != nil || len(route.Hops) == 0 {
			t.Fatalf("%+v, error %v; want a lookup with a hop", route, err)
		}
		route.Hops[0].Contact, route.Replicas[0] = chord.Contact{}, chord.Contact{}
		told := seen.all(node.LookedUp)[0].Route
		if told.Hops[0].Contact.IsZero() || told.Replicas[0].IsZero() {
			t.Errorf("the observer sees the caller's changes: %+v", told)
		}
	})
}

// damagedStore cannot be read, or says once that it was damaged.
type damagedStore struct {
	*store.Mem
	err    error
	damage string
}

func (s *damagedStore) Each(f func(replica.Item)) (damage string, err error) {
	if s.damage != "" {
		f(replica.Item{Key: "lost"})
		damage, s.damage = s.damage, ""
		return damage, nil
	}
	if s.err != nil {
		return "", s.err
	}
	return s.Mem.Each(f)
}

// What a store tells before it finds that it is damaged does not count.
func TestOpenWithASalvagedStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log strings.Builder
		cfg := newNetwork().config(0)
		cfg.Logger = slog.New(slog.NewTextHandler(&log, nil))
		mem := store.Memory()
		if err := mem.Commit([]replica.Record{{Key: "kept", Value: []byte("value"), Version: replica.Version{Stamp: replica.Stamp{Wall: 1}}}}, nil); err != nil {
			t.Fatal(err)
		}
		until := time.Now().UnixMilli()
		if err := mem.SetMeta("presence", fmt.Appendf(nil, `{"since":1,"until":%d}`, until)); err != nil {
			t.Fatal(err)
		}
		cfg.Store = &damagedStore{Mem: mem, damage: "the store was damaged"}
		p := start(t, cfg)
		synctest.Wait()
		if got := p.Info().Records; got != 1 {
			t.Errorf("%d records, want the one that is there", got)
		}
		if got := strings.Count(log.String(), "the store was damaged"); got != 1 {
			t.Errorf("the log says %q, want one line on the damage", &log)
		}
		var got replica.Presence
		if b, err := mem.Meta("presence"); err != nil || json.Unmarshal(b, &got) != nil || got.Since < uint64(until) {
			t.Errorf("present since %d, want that it begins anew: what is lost was not deleted", got.Since)
		}
	})
}

// A peer notes every ten seconds that it is there.
func TestPresenceIsNoted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newNetwork().config(0, 0)
		start(t, c)
		until := func() (ms int64) {
			var p struct{ Until int64 }
			if b, err := c.Store.Meta("presence"); err != nil || json.Unmarshal(b, &p) != nil {
				t.Fatalf("the note is %q, error %v", b, err)
			}
			return p.Until
		}
		for range 5 {
			time.Sleep(10 * time.Second)
			if behind := time.Now().UnixMilli() - until(); behind < 0 || behind >= 10_000 {
				t.Errorf("the note is %d ms old", behind)
			}
		}
	})
}

func TestOpenWithAnUnreadableStore(t *testing.T) {
	broken := errors.New("input/output error")
	cfg := newNetwork().config(0)
	cfg.Store = &damagedStore{Mem: store.Memory(), err: broken}
	_, err := node.Open(t.Context(), cfg)
	wantError(t, "open", err, broken)
}

func TestConfigIsChecked(t *testing.T) {
	good := newNetwork().config(0)
	for name, change := range map[string]func(*node.Config){
		"no transport":        func(c *node.Config) { c.Transport = nil },
		"no store":            func(c *node.Config) { c.Store = nil },
		"negative replicas":   func(c *node.Config) { c.Replica.N = -1 },
		"W above N":           func(c *node.Config) { c.Replica.N, c.Replica.W = 2, 3 },
		"R above N":           func(c *node.Config) { c.Replica.N, c.Replica.R = 2, 3 },
		"too many neighbours": func(c *node.Config) { c.Chord.Successors = 1000 },
	} {
		cfg := good
		change(&cfg)
		if p, err := node.Open(t.Context(), cfg); err == nil {
			p.Close()
			t.Errorf("a configuration with %s is accepted", name)
		}
	}
}

// What one operator sets another's change leaves alone.
func TestRepairLimits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newNetwork().ring(t, 1)[0]
		rate, low, yes, no := int64(5000), int64(-1), true, false
		limit := func(l node.RepairLimit, wantRate int64, wantPaused bool) {
			t.Helper()
			if err := p.LimitRepair(l); err != nil {
				t.Error(err)
			}
			if got := p.Info().Repair; got.Rate != wantRate || got.Paused != wantPaused {
				t.Errorf("rate %d, paused %v; want %d and %v", got.Rate, got.Paused, wantRate, wantPaused)
			}
		}
		limit(node.RepairLimit{Rate: &rate}, rate, false)
		limit(node.RepairLimit{Paused: &yes}, rate, true)
		limit(node.RepairLimit{Paused: &no}, rate, false)
		limit(node.RepairLimit{}, rate, false)
		wantError(t, "a negative rate", p.LimitRepair(node.RepairLimit{Rate: &low}), node.ErrInvalid)
	})
}
