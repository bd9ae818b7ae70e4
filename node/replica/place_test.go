package replica

import (
	"slices"
	"testing"

	"peal/chord"
)

var tens = ats(0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70)

func placed(self chord.Contact, ring ...chord.Contact) *place {
	p := &place{self: self, n: 3}
	p.set(neighbourhood(ring, self))
	return p
}

func arc(from, to chord.Contact) chord.Arc { return chord.Arc{From: from.ID, To: to.ID} }

func TestPlaceArcs(t *testing.T) {
	a, b, c, d, e := tens[0], tens[1], tens[2], tens[3], tens[4]
	for _, test := range []struct {
		ring  []chord.Contact
		self  chord.Contact
		arc   chord.Arc
		cells []chord.Arc
	}{
		{tens[:1], a, arc(a, a), []chord.Arc{arc(a, a)}},
		{tens[:2], a, arc(a, a), []chord.Arc{arc(a, a)}},
		{tens[:3], b, arc(b, b), []chord.Arc{arc(b, b)}},
		{tens[:4], d, arc(a, d), []chord.Arc{arc(c, d), arc(b, c), arc(a, b)}},
		{tens[:4], a, arc(b, a), []chord.Arc{arc(d, a), arc(c, d), arc(b, c)}},
		{tens[:5], a, arc(c, a), []chord.Arc{arc(e, a), arc(d, e), arc(c, d)}},
		{tens, e, arc(b, e), []chord.Arc{arc(d, e), arc(c, d), arc(b, c)}},
	} {
		p := placed(test.self, test.ring...)
		if !p.known || p.arc != test.arc || !slices.Equal(p.cells(), test.cells) {
			t.Errorf("%v among %d: known %v, arc %v, cells %v; want %v and %v", test.self, len(test.ring), p.known, p.arc, p.cells(), test.arc, test.cells)
		}
	}
}

func TestPlacePartners(t *testing.T) {
	a, b, c, d, e := tens[0], tens[1], tens[2], tens[3], tens[4]
	for _, test := range []struct {
		ring []chord.Contact
		self chord.Contact
		want []share
	}{
		{tens[:1], a, nil},
		{tens[:2], a, []share{{with: b, arc: arc(a, a)}}},
		{tens[:3], a, []share{{with: b, arc: arc(a, a)}, {with: c, arc: arc(a, a)}}},
		{tens[:4], a, []share{{with: b, arc: arc(c, a)}, {with: c, arc: arc(d, a)}, {with: d, arc: arc(b, d)}, {with: c, arc: arc(b, c)}}},
		{tens[:5], c, []share{{with: d, arc: arc(a, c)}, {with: e, arc: arc(b, c)}, {with: b, arc: arc(e, b)}, {with: a, arc: arc(e, a)}}},
	} {
		if got := placed(test.self, test.ring...).partners(); !slices.Equal(got, test.want) {
			t.Errorf("the partners of %v among %d are %v, want %v", test.self, len(test.ring), got, test.want)
		}
	}
}

// Whatever the ring's size, a position has the same replicas seen from all sides.
func TestPlacesAgree(t *testing.T) {
	for size := 1; size <= 16; size++ {
		var ring []chord.Contact
		for i := range size {
			ring = append(ring, at(byte(i*256/size+3)))
		}
		for b := 0; b < 256; b += 5 {
			pos := chord.ID{byte(b), 0x80}
			first, _ := slices.BinarySearchFunc(ring, pos, func(c chord.Contact, pos chord.ID) int { return c.ID.Compare(pos) })
			for k := range ring {
				self := ring[(first+k)%size]
				if got, want := placed(self, ring...).arc.Contains(pos), k < 3; got != want {
					t.Fatalf("ring of %d: replica number %d of %v holds it: %v, want %v", size, k, pos, got, want)
				}
			}
		}
	}
}

func TestPlaceIsUnknownWithoutEnoughPredecessors(t *testing.T) {
	self := tens[6]
	p := &place{self: self, n: 3}
	p.set(chord.Neighbourhood{Self: self, Member: true, Preds: []chord.Contact{tens[5], tens[4]}, Succ: tens[:4]})
	if p.known {
		t.Errorf("the arc is known with two predecessors: %v", p.arc)
	}
	p.set(chord.Neighbourhood{Self: self, Member: true, Preds: []chord.Contact{{}, tens[5], tens[4], tens[3]}, Succ: tens[:4]})
	if want := arc(tens[3], self); !p.known || p.arc != want {
		t.Errorf("known %v, arc %v; want %v, not counting the unknown predecessor", p.known, p.arc, want)
	}
}

func TestPlaceTellsWhetherItChanged(t *testing.T) {
	p := placed(tens[2], tens[:5]...)
	if p.set(neighbourhood(tens[:5], tens[2])) {
		t.Error("the same neighbours are called a change")
	}
	if !p.set(neighbourhood(tens[:6], tens[2])) {
		t.Error("another third predecessor is no change")
	}
}

func TestCompletenessFollowsTheArc(t *testing.T) {
	self := tens[4]
	p := placed(self, tens[0], tens[2], tens[3], self, tens[5])
	if p.completeAt(self.ID) {
		t.Error("complete before anything was reconciled")
	}
	p.caughtUp()
	wantComplete(t, p, arc(tens[0], self))

	p.set(neighbourhood(tens[:6], self)) // tens[1] comes: the arc shrinks
	wantComplete(t, p, arc(tens[1], self))
	if *p.source != arc(tens[0], self) {
		t.Errorf("a source for %v, want one for all that it had, until it is handed over", *p.source)
	}

	p.set(neighbourhood([]chord.Contact{tens[0], tens[3], self, tens[5]}, self)) // two go: it grows
	wantComplete(t, p, arc(tens[1], self))
	if p.completeAt(tens[1].ID) {
		t.Error("complete where it has just become responsible")
	}
	p.caughtUp()
	wantComplete(t, p, arc(tens[5], self))

	p.set(chord.Neighbourhood{Self: self, Preds: []chord.Contact{{}}})
	if p.complete != nil {
		t.Errorf("complete on %v without being a member", *p.complete)
	}
}

// Whoever holds nothing of others is no source for that.
func TestSourceOnlyOfWhatWasReconciled(t *testing.T) {
	self := tens[4]
	p := placed(self, tens[:6]...)
	p.dropped()
	if p.source != nil {
		t.Errorf("a source for %v before anything was reconciled", *p.source)
	}
	p.caughtUp()
	was := p.arc
	p.set(neighbourhood([]chord.Contact{tens[0], tens[3], self, tens[5]}, self)) // two go: the arc grows
	p.dropped()
	if *p.source != was {
		t.Errorf("a source for %v, want %v until the rest is reconciled too", *p.source, was)
	}
}

func wantComplete(t *testing.T, p *place, want chord.Arc) {
	t.Helper()
	if p.complete == nil || *p.complete != want {
		t.Errorf("complete on %v, want %v", p.complete, want)
	}
}

func TestCovers(t *testing.T) {
	a, b, c, d := tens[0], tens[1], tens[2], tens[3]
	for _, test := range []struct {
		arc, part chord.Arc
		want      bool
	}{
		{arc(a, d), arc(a, d), true},
		{arc(a, d), arc(b, c), true},
		{arc(a, d), arc(b, d), true},
		{arc(b, c), arc(a, c), false},
		{arc(b, c), arc(b, d), false},
		{arc(a, d), arc(c, b), false}, // both ends on it, but round the other way
		{arc(c, b), arc(d, a), true},  // through zero
		{arc(c, b), arc(a, d), false},
		{arc(a, a), arc(c, b), true},
		{arc(a, a), arc(b, b), true},
		{arc(a, d), arc(b, b), false},
	} {
		if got := covers(test.arc, test.part); got != test.want {
			t.Errorf("%v covers %v: %v, want %v", test.arc, test.part, got, test.want)
		}
	}
}
