package replica

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// Whatever becomes of a key, it is on an agenda once at most, at the last time set.
func TestAgenda(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	var a agenda
	want := map[string]uint64{}
	for range 2000 {
		key := fmt.Sprint(r.IntN(50))
		if r.IntN(4) == 0 {
			a.remove(key)
			delete(want, key)
		} else {
			want[key] = r.Uint64N(1000)
			a.set(want[key], key)
		}
	}
	if len(a.entries) != len(want) {
		t.Errorf("%d entries, want %d", len(a.entries), len(want))
	}
	var got []uint64
	for now := range uint64(1000) {
		for key, ok := a.due(now); ok; key, ok = a.due(now) {
			if want[key] != now {
				t.Errorf("%s is due at %d, want %d", key, now, want[key])
			}
			got = append(got, now)
		}
	}
	if len(got) != len(want) || !slices.IsSorted(got) || a.next() != Never {
		t.Errorf("%d of %d were due, and the next one is at %v", len(got), len(want), a.next())
	}
}

// Leases that are renewed for ever cost no memory.
func TestRenewedKeysAreOnTheAgendaOnce(t *testing.T) {
	c := settledCluster(t, 1)
	p := c.peers[0]
	wantEntries := func(expiring, tombstones int) {
		t.Helper()
		if len(p.expiring.entries) != expiring || len(p.tombstones.entries) != tombstones {
			t.Errorf("%d expiring and %d deleted keys on the agenda, want %d and %d", len(p.expiring.entries), len(p.tombstones.entries), expiring, tombstones)
		}
	}
	for i := range 20 {
		c.wantError(c.change(p, Change{Key: "key", TTL: time.Duration(1+i*7%5) * time.Hour}), NoError)
	}
	wantEntries(1, 0)
	c.remove(p, "key")
	wantEntries(0, 1)
	c.wantPut(p, "key", "value")
	wantEntries(0, 0)
	c.wantError(c.change(p, Change{Key: "key", TTL: time.Hour}), NoError)
	it, _ := p.index.Get("key")
	p.discard(it)
	wantEntries(0, 0)
}
