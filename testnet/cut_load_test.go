package testnet_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"peal/node"
	"peal/testnet"
	"peal/testnet/ledger"
)

var cutFor = flag.Duration("cut", 8*time.Second, "how long TestWritesSurviveCuts cuts and heals a testnet")

// A writer is a client that changes keys of its own, each time by any live peer.
type writer struct {
	net    *testnet.Testnet
	rand   *rand.Rand
	number int
	names  []string
	keys   map[string]*ledger.Key
	values int // ever written

	acked, unknown, refused int // writes
}

// run goes on until ctx ends, and finishes what is under way then.
func (w *writer) run(ctx context.Context) {
	for ctx.Err() == nil {
		if len(w.names) == 0 || w.rand.IntN(5) == 0 {
			name := fmt.Sprintf("%d/%d", w.number, len(w.names))
			w.names, w.keys[name] = append(w.names, name), &ledger.Key{}
		}
		w.write(w.names[w.rand.IntN(len(w.names))])
	}
}

// write stores a new value, or deletes the key.
func (w *writer) write(name string) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	peer, err := w.net.Peer("")
	if err != nil {
		return
	}
	var got node.Receipt
	value, key := "", w.keys[name]
	if w.rand.IntN(4) == 0 {
		got, err = peer.Delete(ctx, []byte(name), node.WriteOptions{})
	} else {
		w.values++
		value = fmt.Sprint("value ", w.values)
		key.Begin(value)
		got, err = peer.Put(ctx, []byte(name), []byte(value), node.WriteOptions{})
	}
	switch {
	case err == nil:
		w.acked++
		key.Acknowledged(got.Version.String(), value)
	case errors.Is(err, node.ErrNoPeer):
		w.refused++
	default:
		w.unknown++
		key.Unknown(value)
	}
}

// losses reads all keys at a peer, from all their replicas, and says which are not
// what they should be.
func (w *writer) losses(ctx context.Context, p testnet.Peer) (wrong []string) {
	for _, name := range w.names {
		got, err := p.Get(ctx, []byte(name), node.ReadOptions{R: node.All})
		version := got.Version.String()
		switch lost := w.keys[name].Lost(version, string(got.Data)); {
		case err != nil && !errors.Is(err, node.ErrNotFound):
			wrong = append(wrong, fmt.Sprintf("%s cannot be read: %v", name, err))
		case lost != "":
			wrong = append(wrong, name+" "+lost)
		case got.Repaired > 0:
			wrong = append(wrong, fmt.Sprintf("%s is stale on %d replicas", name, got.Repaired))
		}
	}
	return wrong
}

// Whatever is acknowledged by one side or another, or while peers have not noticed
// yet that they are on one, is there when the ring is whole again.
func TestWritesSurviveCuts(t *testing.T) {
	if testing.Short() {
		t.Skip("takes longer than -cut says")
	}
	t.Parallel() // it waits for timeouts most of the time
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	_, net := start(t, testnet.Config{Peers: 9, RoundEvery: roundEvery, Seed: seed})
	ctx, stop := context.WithCancel(t.Context())
	var working sync.WaitGroup
	var writers []*writer
	for i := range 4 {
		w := &writer{net: net, number: i, keys: map[string]*ledger.Key{}, rand: rand.New(rand.NewPCG(seed, uint64(i+1)))}
		writers = append(writers, w)
		working.Go(func() { w.run(ctx) })
	}
	cuts := cutAndHeal(t, net, rand.New(rand.NewPCG(seed, 0)))
	stop()
	working.Wait()
	took := within(t.Context(), t, 2*time.Minute, "the sides to merge", func() (bool, string) {
		ring := net.Ring()
		return ring.WellFormed && ring.Replicated, ring.Problem
	})
	for _, w := range writers {
		t.Logf("writer %d: %d keys, %d writes acknowledged, %d of unknown fate, %d refused", w.number, len(w.keys), w.acked, w.unknown, w.refused)
		for _, p := range net.Live() {
			for _, loss := range w.losses(t.Context(), p) {
				t.Errorf("at %v, %s", p.Self(), loss)
			}
		}
	}
	t.Logf("%d cuts; replicated %v after the last", cuts, took)
}

// cutAndHeal cuts off random peers again and again, some for so short that nobody
// is given up.
func cutAndHeal(t *testing.T, net *testnet.Testnet, r *rand.Rand) (cuts int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), *cutFor)
	defer cancel()
	pause := func(most time.Duration) {
		select {
		case <-time.After(time.Duration(r.Int64N(int64(most)))):
		case <-ctx.Done():
		}
	}
	for ; ctx.Err() == nil; cuts++ {
		if _, err := net.CutRandom(10 + 60*r.Float64()); err != nil {
			t.Fatal(err)
		}
		pause(6 * time.Second)
		net.Heal()
		pause(3 * time.Second)
	}
	return cuts
}
