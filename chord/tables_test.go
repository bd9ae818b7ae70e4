package chord

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"
)

func crowd(count int) []Contact {
	var list []Contact
	for i := range count {
		list = append(list, NewContact(PeerID(strconv.Itoa(i)), 0))
	}
	return list
}

// The paper's table (section IV.D): entry k is the first peer at or behind
// self + 2^k, for every k.
func TestFingersArePapersDistinctEntries(t *testing.T) {
	for count := 1; count < 60; count += 4 {
		peers := crowd(count)
		table := fingerTable{self: peers[0].ID}
		for _, i := range rand.New(rand.NewPCG(uint64(count), 0)).Perm(count) {
			table.add(peers[i])
		}
		var want []Contact
		for k := range Bits {
			start := table.self.AddPowerOfTwo(k)
			c := slices.MinFunc(peers, func(a, b Contact) int { return start.Distance(a.ID).Compare(start.Distance(b.ID)) })
			if c.ID != table.self && !slices.Contains(want, c) {
				want = append(want, c)
			}
		}
		if !slices.Equal(table.contacts, want) {
			t.Errorf("of %d peers the fingers are %v, want %v", count, table.contacts, want)
		}
	}
}

// A lookup that finds the next peer farther away shows that a finger is gone, or
// cut off: it is asked, and remembered if it is silent.
func TestFingerThatLookupsPass(t *testing.T) {
	n := member(t, 0x00, 0xf0, 0x02)
	n.fingers.add(at(0x11))
	n.fingersFilled, n.fingerBit = true, Bits-4 // from 0x10 on
	n.fingerFound(0, point(0x10), ats(0x18))
	if want := ats(0x18); !slices.Equal(n.Fingers(), want) {
		t.Errorf("fingers %v, want %v", n.Fingers(), want)
	}
	onlySent(t, n, Query, 0x11)
	silence(n, Time(8*time.Second))
	if !n.isLost(at(0x11)) {
		t.Error("it is forgotten")
	}
}

// The finger is the peer of its interval with the shortest round trip. The second
// question counts: for the first one there may be a connection to be made.
func TestFingersAreNear(t *testing.T) {
	n := member(t, 0x00, 0xf0, 0x02)
	n.cache.limit = 0
	n.fingers.add(at(0x22))
	n.fingersFilled, n.fingerBit = true, Bits-3 // from 0x20 on
	n.fingerFound(0, point(0x24), ats(0x28, 0x30, 0x38, 0x44))
	now := Time(0)
	for _, trips := range []map[byte]Time{
		{0x22: 40, 0x28: 900, 0x30: 900, 0x38: 900},
		{0x28: 20, 0x30: 50, 0x38: 90},
	} {
		queries := slices.Clone(n.Ready().Messages)
		if len(queries) != len(trips) {
			t.Fatalf("asked %d contacts, want %d", len(queries), len(trips))
		}
		for _, q := range queries {
			n.Step(now+trips[q.To.ID[0]], Message{Kind: State, From: q.To, To: n.Self(), Member: true, Seq: q.Seq, Same: true})
		}
		now += 900
	}
	if want := ats(0x28); !slices.Equal(n.Fingers(), want) {
		t.Errorf("fingers %v, want %v", n.Fingers(), want)
	}
}

func TestCacheIsBoundedAndDenseNearSelf(t *testing.T) {
	const limit = 64
	peers := crowd(4096)
	c := locationCache{self: peers[0].ID, limit: limit}
	for i, p := range peers {
		c.add(Time(i), p)
		if len(c.entries) > limit {
			t.Fatalf("%d entries, want at most %d", len(c.entries), limit)
		}
	}
	nearest := slices.SortedFunc(slices.Values(peers[1:]), func(a, b Contact) int {
		return c.self.Distance(a.ID).Compare(c.self.Distance(b.ID))
	})
	for _, p := range nearest[:4] {
		if !c.has(p) {
			t.Errorf("the cache has lost %v, one of the four nearest", p)
		}
	}
	if len(c.entries) != limit {
		t.Errorf("%d entries, want %d", len(c.entries), limit)
	}
	for i, e := range c.entries {
		if c.heads[i] != e.ID.head() {
			t.Errorf("entry %d at %v is searched as %x", i, e.ID, c.heads[i])
		}
	}
}

// Positions with the same first digits are told apart.
func TestCacheTellsTwinsApart(t *testing.T) {
	c := locationCache{self: point(0), limit: 8}
	for _, last := range []byte{3, 1, 2} {
		c.add(1, Contact{ID: ID{0: 9, 31: last}, Peer: "twin"})
	}
	for last := range byte(5) {
		i, found := c.find(ID{0: 9, 31: last})
		if want := int(max(last, 1)) - 1; i != want || found != (last > 0 && last < 4) {
			t.Errorf("twin %d: place %d, found %v; want place %d", last, i, found, want)
		}
	}
}

// In a crowded interval the one that was silent longest has to go.
func TestCacheEvictsTheSilent(t *testing.T) {
	c := locationCache{self: point(0), limit: 2}
	c.add(1, at(0x90))
	c.add(2, at(0xa0))
	c.add(3, at(0x90))
	c.add(4, at(0xb0))
	if c.has(at(0xa0)) || !c.has(at(0x90)) || !c.has(at(0xb0)) {
		t.Errorf("the cache has %v, want %v and %v", c.entries, at(0x90), at(0xb0))
	}
}

func TestNoCache(t *testing.T) {
	c := locationCache{self: point(0)}
	c.add(1, at(0x90))
	if len(c.entries) != 0 || c.after(point(0), 3) != nil || c.before(point(0xff), 3) != nil {
		t.Errorf("a cache of no size has %v", c.entries)
	}
}
