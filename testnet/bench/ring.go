package bench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync/atomic"

	"peal/chord"
	"peal/node"
	"peal/testnet"
)

// A Ring is what is measured. Each request enters it at a peer at random, and its
// methods say how many rounds of requests it took, one after another.
type Ring interface {
	Lookup(ctx context.Context, key string) (rounds int, err error)
	Get(ctx context.Context, key string) (value []byte, rounds int, err error)
	Put(ctx context.Context, key string, value []byte) (rounds int, err error)
}

// peers are those of a testnet, as a Ring.
type peers struct {
	live atomic.Pointer[[]testnet.Peer]
	r, w node.Quorum
}

var _ Ring = (*peers)(nil)

// look takes in which peers live.
func (p *peers) look(net *testnet.Testnet) {
	live := net.Live()
	p.live.Store(&live)
}

func (p *peers) any() testnet.Peer {
	live := *p.live.Load()
	return live[rand.IntN(len(live))]
}

func (p *peers) Lookup(ctx context.Context, key string) (int, error) {
	route, err := p.any().Lookup(ctx, []byte(key))
	return len(route.Hops), err
}

// Get needs one round more than it takes to find the replicas, to ask them.
func (p *peers) Get(ctx context.Context, key string) ([]byte, int, error) {
	v, err := p.any().Get(ctx, []byte(key), node.ReadOptions{R: p.r})
	return v.Data, v.Hops + 1, err
}

func (p *peers) Put(ctx context.Context, key string, value []byte) (int, error) {
	receipt, err := p.any().Put(ctx, []byte(key), value, node.WriteOptions{W: p.w})
	return receipt.Hops + 1, err
}

// A data set is the keys that requests are about, and the value of all of them.
type data struct {
	keys  int
	zipf  bool
	value []byte
}

func newData(cfg Config) *data {
	d := &data{keys: cfg.Keys, zipf: cfg.Zipf, value: make([]byte, cfg.ValueSize)}
	for i := range d.value {
		d.value[i] = byte(rand.Uint32()) // it cannot be compressed
	}
	return d
}

func (d *data) key(i uint64) string { return fmt.Sprintf("bench/%06d", i) }

// oneOfEach picks a key for each of the peers that owns any.
func (d *data) oneOfEach(live []testnet.Peer) (keys []string) {
	var positions []chord.ID
	for _, p := range live {
		positions = append(positions, p.Self().ID)
	}
	slices.SortFunc(positions, chord.ID.Compare)
	served := make([]bool, len(live))
	for i := range uint64(d.keys) {
		if len(keys) == len(live) {
			break
		}
		at, _ := slices.BinarySearchFunc(positions, chord.KeyID([]byte(d.key(i))), chord.ID.Compare)
		if at %= len(live); !served[at] {
			served[at] = true
			keys = append(keys, d.key(i))
		}
	}
	return keys
}

// choice draws keys for one client.
func (d *data) choice() func() string {
	r := rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64()))
	if d.zipf {
		popular := rand.NewZipf(r, 1.1, 1, uint64(d.keys-1))
		return func() string { return d.key(popular.Uint64()) }
	}
	return func() string { return d.key(r.Uint64N(uint64(d.keys))) }
}
