package replica

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"peal/chord"
)

// A naiveIndex is what an Index should be, without its speed.
type naiveIndex map[string]Item

func position(key string) chord.ID { return chord.KeyID([]byte(key)) }

// items walks an arc.
func (x naiveIndex) items(arc chord.Arc) []Item {
	var list []Item
	for _, it := range x {
		if arc.Contains(position(it.Key)) {
			list = append(list, it)
		}
	}
	slices.SortFunc(list, func(a, b Item) int {
		return arc.From.Next().Distance(position(a.Key)).Compare(arc.From.Next().Distance(position(b.Key)))
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
func anyID(r *rand.Rand) chord.ID {
	switch r.IntN(8) {
	case 0:
		return chord.ID{}
	case 1:
		return lastPos
	}
	return position(fmt.Sprint(r.IntN(100)))
}

// anyArc may be the whole circle, and may come round zero.
func anyArc(r *rand.Rand) chord.Arc {
	arc := chord.Arc{From: anyID(r), To: anyID(r)}
	if r.IntN(8) == 0 {
		arc.To = arc.From
	}
	return arc
}

func TestIndexAgainstNaive(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	var x Index
	naive := naiveIndex{}
	for range 1000 {
		key := fmt.Sprint(r.IntN(100))
		if r.IntN(3) == 0 {
			x.Remove(key)
			delete(naive, key)
		} else {
			it := Item{Key: key, Version: Version{Stamp: Stamp{Wall: r.Uint64N(100), Writer: "w"}}, Size: r.IntN(9), Deleted: r.IntN(4) == 0}
			x.Set(it)
			naive[key] = it
		}
		if r.IntN(4) == 0 {
			compareIndexes(t, r, &x, naive)
		}
	}
}

func compareIndexes(t *testing.T, r *rand.Rand, x *Index, naive naiveIndex) {
	t.Helper()
	key := fmt.Sprint(r.IntN(100))
	got, ok := x.Get(key)
	if want, held := naive[key]; ok != held || got != want {
		t.Fatalf("get %q: %v %v, want %v %v", key, got, ok, want, held)
	}
	arc := anyArc(r)
	if got, want := x.Summary(arc), naive.summary(arc); got != want {
		t.Fatalf("summary of %v: %v, want %v", arc, got, want)
	}
	limit := r.IntN(len(naive) + 2)
	want := naive.items(arc)
	want = want[:min(limit, len(want))]
	if got := x.Items(arc, limit); !slices.Equal(got, want) {
		t.Fatalf("items of %v, %d at most: %v, want %v", arc, limit, got, want)
	}
	if x.Len() != len(naive) {
		t.Fatalf("length %d, want %d", x.Len(), len(naive))
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
		arc, parts := anyArc(r), 1+r.IntN(20)
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
		if most := x.Summary(arc).Count/parts + 1; s.Count > most && len(got) == parts {
			t.Errorf("a part of %v holds %d items, want at most %d", arc, s.Count, most)
		}
		total = total.plus(s)
	}
	if want := x.Summary(arc); total != want {
		t.Errorf("the parts of %v hold %v, want %v", arc, total, want)
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
