package bench

import (
	"context"
	"fmt"
	"math/rand/v2"
)

// contest measures the ring's requests beside the bare ones, and fills in the report.
func (b *bench) contest(ctx context.Context, bare []*contestant) {
	list := append(b.operations(), bare...)
	contest(ctx, list, b.cfg.Duration, b.read, func(done, total int) { b.cfg.Progress(Measuring, done, total) })
	b.report.take(list)
}

// operations are the requests of the ring.
func (b *bench) operations() []*contestant {
	var list []*contestant
	for _, o := range []struct {
		name string
		ask  ask
	}{{Lookup, b.ring.Lookup}, {Get, b.get}, {Put, b.put}, {Mixed, b.mixed}} {
		list = append(list, b.bothWays(false, o.name, o.ask)...)
	}
	return list
}

// bareCosts are what the ring's requests are made of.
func (b *bench) bareCosts(net *bareNet, disk *disk) []*contestant {
	list := append(b.bothWays(true, Request, net.kept), b.bothWays(true, Shared, net.shared)...)
	list = append(list, b.bothWays(true, Stream, net.fresh)...)
	list = append(list, b.bothWays(true, Write, disk.write)...)
	batch := b.contestant(true, Batch, 1, disk.batch)
	batch.each = batched
	return append(list, batch)
}

// bothWays are a kind of request by one client, and by many.
func (b *bench) bothWays(bare bool, name string, ask ask) []*contestant {
	list := []*contestant{b.contestant(bare, name, 1, ask)}
	if b.cfg.Clients > 1 {
		list = append(list, b.contestant(bare, name, b.cfg.Clients, ask))
	}
	return list
}

func (b *bench) contestant(bare bool, name string, clients int, ask ask) *contestant {
	c := newContestant(name, clients, b.data, ask)
	c.bare, c.onRing = bare, !bare && b.net != nil
	return c
}

// get checks that it gets a value.
func (b *bench) get(ctx context.Context, key string) (int, error) {
	value, rounds, err := b.ring.Get(ctx, key)
	if err == nil && len(value) != len(b.data.value) {
		err = fmt.Errorf("get %s: %d bytes, not %d", key, len(value), len(b.data.value))
	}
	return rounds, err
}

func (b *bench) put(ctx context.Context, key string) (int, error) {
	return b.ring.Put(ctx, key, b.data.value)
}

// mixed is nine gets to a put.
func (b *bench) mixed(ctx context.Context, key string) (int, error) {
	if rand.IntN(10) == 0 {
		return b.put(ctx, key)
	}
	return b.get(ctx, key)
}
