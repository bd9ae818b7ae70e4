package replica

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"unsafe"

	"peal/chord"
)

// A naiveIndex is what an Index should be, without its speed.
type naiveIndex struct {
	held  map[string]Item
	place func(key string) chord.ID
}

func position(key string) chord.ID { return chord.KeyID([]byte(key)) }

// crowded is a position that shares its head with those of half of all keys, which
// hashes hardly ever do.
func crowded(key string) chord.ID {
	pos := position(key)
	pos[0] &= 0x80
	clear(pos[1:headLen])
	return pos
}

// items walks an arc.
func (x naiveIndex) items(arc chord.Arc) []Item {
	var list []Item
	for _, it := range x.held {
		if arc.Contains(x.place(it.Key)) {
			list = append(list, it)
		}
	}
	slices.SortFunc(list, func(a, b Item) int {
		return arc.From.Next().Distance(x.place(a.Key)).Compare(arc.From.Next().Distance(x.place(b.Key)))
	})
	return list
}

func (x naiveIndex) summary(arc chord.Arc) Summary {
	var s Summary
	for _, it := range x.items(arc) {
		s = s.plus(summary(it))
	}
	return s
}

// anyID is a random position, often that of a key.
func anyID(r *rand.Rand, place func(string) chord.ID) chord.ID {
	switch r.IntN(8) {
	case 0:
		return chord.ID{}
	case 1:
		return lastPos
	}
	return place(fmt.Sprint(r.IntN(100)))
}

// anyArc may be the whole circle, and may come round zero.
func anyArc(r *rand.Rand, place func(string) chord.ID) chord.Arc {
	arc := chord.Arc{From: anyID(r, place), To: anyID(r, place)}
	if r.IntN(8) == 0 {
		arc.To = arc.From
	}
	return arc
}

func TestIndexAgainstNaive(t *testing.T)        { testIndexAgainstNaive(t, position) }
func TestCrowdedIndexAgainstNaive(t *testing.T) { testIndexAgainstNaive(t, crowded) }

func testIndexAgainstNaive(t *testing.T, place func(string) chord.ID) {
	r := rand.New(rand.NewPCG(1, 1))
	var x Index
	naive := naiveIndex{map[string]Item{}, place}
	for range 1000 {
		key := fmt.Sprint(r.IntN(100))
		if r.IntN(3) == 0 {
			x.remove(key, place(key))
			delete(naive.held, key)
		} else {
			it := anyItem(r, key)
			x.set(it, place(key))
			naive.held[key] = it
		}
		if r.IntN(4) == 0 {
			compareIndexes(t, r, &x, naive)
		}
	}
}

// anyItem often shares a writer, and what else items have, with others.
func anyItem(r *rand.Rand, key string) Item {
	stamp := func() Stamp {
		return Stamp{Wall: r.Uint64N(100), Count: r.Uint32N(2), Writer: chord.PeerID(fmt.Sprint(r.IntN(3)))}
	}
	it := Item{Key: key, Version: Version{Stamp: stamp()}, Size: r.IntN(9), Deleted: r.IntN(4) == 0}
	switch r.IntN(6) {
	case 0:
		it.Version.Touched = stamp()
	case 1:
		it.Expires = r.Uint64N(2)
	case 2:
		it.Total = r.Uint64N(2)
	}
	return it
}

func compareIndexes(t *testing.T, r *rand.Rand, x *Index, naive naiveIndex) {
	t.Helper()
	key := fmt.Sprint(r.IntN(100))
	e := x.find(key, naive.place(key))
	if want, held := naive.held[key]; (e != nil) != held || held && e.item() != want {
		t.Fatalf("get %q: %v, want %v %v", key, e, want, held)
	}
	arc := anyArc(r, naive.place)
	if got, want := x.Summary(arc), naive.summary(arc); got != want {
		t.Fatalf("summary of %v: %v, want %v", arc, got, want)
	}
	limit := r.IntN(len(naive.held) + 2)
	want := naive.items(arc)
	want = want[:min(limit, len(want))]
	if got := x.Items(arc, limit); !slices.Equal(got, want) {
		t.Fatalf("items of %v, %d at most: %v, want %v", arc, limit, got, want)
	}
	if x.Len() != len(naive.held) {
		t.Fatalf("length %d, want %d", x.Len(), len(naive.held))
	}
}

// The parts of a split follow each other, cover the arc, and are about equal.
func TestIndexSplit(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 1))
	for range 500 {
		var x Index
		for range r.IntN(300) {
			x.Set(Item{Key: fmt.Sprint(r.IntN(1000))})
		}
		arc, parts := anyArc(r, position), 1+r.IntN(20)
		checkSplit(t, &x, arc, parts, x.Split(arc, parts))
	}
}

func checkSplit(t *testing.T, x *Index, arc chord.Arc, parts int, got []chord.Arc) {
	t.Helper()
	if len(got) > parts || got[0].From != arc.From || got[len(got)-1].To != arc.To {
		t.Fatalf("%v split into %d: %v", arc, parts, got)
	}
	var total Summary
	for i, part := range got {
		if i > 0 && part.From != got[i-1].To || part.Whole() && !arc.Whole() {
			t.Fatalf("%v split into %d: %v", arc, parts, got)
		}
		s := x.Summary(part)
		if most := int(x.Summary(arc).Count)/parts + 1; int(s.Count) > most && len(got) == parts {
			t.Errorf("a part of %v holds %d items, want at most %d", arc, s.Count, most)
		}
		total = total.plus(s)
	}
	if want := x.Summary(arc); total != want {
		t.Errorf("the parts of %v hold %v, want %v", arc, total, want)
	}
}

// A peer may have millions of entries, and one byte more would take 16.
func TestEntrySize(t *testing.T) {
	if got := unsafe.Sizeof(entry{}); got > 96 {
		t.Errorf("an entry has %d bytes, want at most 96", got)
	}
}

func BenchmarkIndexSummary(b *testing.B) {
	var x Index
	for i := range 100_000 {
		x.Set(Item{Key: fmt.Sprint(i)})
	}
	r := rand.New(rand.NewPCG(1, 1))
	for b.Loop() {
		x.Summary(chord.Arc{From: position(fmt.Sprint(r.IntN(1000))), To: position("to")})
	}
}
