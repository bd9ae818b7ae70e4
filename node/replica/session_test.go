package replica

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"peal/chord"
)

// pair is two peers without rounds of their own.
func pair(t testing.TB, seed uint64) (c *cluster, a, b *peer) {
	t.Helper()
	c = newCluster(t, seed)
	a, b = c.join(named(0)), c.join(named(1))
	c.settle()
	a.round.at, b.round.at = Never, Never
	clear(c.sent)
	return c, a, b
}

// reconcile runs one session to its end.
func (c *cluster) reconcile(a, b *peer, arc chord.Arc, way direction) ending {
	c.t.Helper()
	var end *ending
	a.reconcile(c.time(a), share{with: b.self, arc: arc, way: way}, func(_ chord.Time, e ending) {
		end = &e
	})
	if !c.run(time.Hour, func() bool { return end != nil && !a.committing && !b.committing }) {
		c.t.Fatal("the session has no end")
	}
	return *end
}

// A tombstone that only one side has not collected yet stays there, and is no
// difference.
func TestCollectedTombstoneIsNotTaken(t *testing.T) {
	c, a, b := pair(t, 1)
	a.cfg.Grace, b.cfg.Grace = time.Hour, time.Hour
	for i := range 3 {
		rec := old(fmt.Sprint(i), "value")
		rec.Version = stamped(c)
		give(a, rec)
		give(b, rec)
	}
	tomb := old("deleted", "")
	tomb.Deleted = true
	give(b, tomb)
	for _, sides := range [][2]*peer{{a, b}, {b, a}} {
		if end := c.reconcile(sides[0], sides[1], whole(), exchange); !end.ok || end.moved != 0 || a.Len() != 3 {
			t.Errorf("ended %v, with %d and %d records; want success, and nothing moved", end, a.Len(), b.Len())
		}
	}
}

func whole() chord.Arc { return chord.Arc{} }

func TestEqualArcsCostOneMessageEachWay(t *testing.T) {
	c, a, b := pair(t, 1)
	for i := range 1000 {
		rec := old(fmt.Sprint(i), "value")
		give(a, rec)
		give(b, rec)
	}
	if end := c.reconcile(a, b, whole(), exchange); !end.ok || end.moved != 0 {
		t.Errorf("ended %v, want success and nothing moved", end)
	}
	if want := map[Kind]int{Compare: 1, Compared: 1}; !maps.Equal(c.sent, want) {
		t.Errorf("sent %v, want %v", c.sent, want)
	}
}

func TestOneDifferenceAmongManyIsCheap(t *testing.T) {
	c, a, b := pair(t, 1)
	for i := range 5000 {
		rec := old(fmt.Sprint(i), "value")
		give(a, rec)
		give(b, rec)
	}
	give(b, newer("77", "another"))
	if end := c.reconcile(a, b, whole(), exchange); !end.ok || end.moved != 1 {
		t.Errorf("ended %v, want success and one record moved", end)
	}
	if c.sent[Compare] > 4 || c.sent[Pull] != 1 || c.sent[Write] != 0 {
		t.Errorf("sent %v, want at most 4 comparisons and one pull", c.sent)
	}
}

// Whatever two peers hold, on the arc they end up with the newer of both, and
// off the arc with what they had.
func TestReconcileConverges(t *testing.T) {
	for seed := range uint64(60) {
		c, a, b := pair(t, seed)
		r := c.rand
		before := map[string]Record{}
		for i := range r.IntN([]int{5, 50, 200, 2000}[seed%4]) {
			rec := Record{Key: fmt.Sprint("k", i), Value: []byte("v"), Version: Version{Stamp: Stamp{Wall: 1, Writer: "w"}}, Deleted: r.IntN(8) == 0}
			before[rec.Key] = rec
			spread(r, rec, before, a, b, seed%3)
		}
		arc := anyArc(r, position)
		heldA, heldB := maps.Clone(a.stored), maps.Clone(b.stored)
		end := c.reconcile(a, b, arc, exchange)
		if !end.ok {
			t.Fatalf("seed %d: the session failed", seed)
		}
		for key, rec := range before {
			wantA, wantB := heldA[key], heldB[key]
			if arc.Contains(position(key)) {
				wantA, wantB = rec, rec
			}
			if !reflect.DeepEqual(a.stored[key], wantA) || !reflect.DeepEqual(b.stored[key], wantB) {
				t.Fatalf("seed %d: %q is %v and %v, want %v and %v", seed, key, a.stored[key], b.stored[key], wantA, wantB)
			}
		}
	}
}

// spread gives a record to one or both peers, some of them newer, and notes the
// newest. The higher differ, the more alike the peers are.
func spread(r *rand.Rand, rec Record, newest map[string]Record, a, b *peer, differ uint64) {
	what := uint64(r.IntN(100))
	update := rec
	update.Version.Wall, update.Deleted, update.Value = 2, r.IntN(2) == 0, []byte("later")
	switch limit := []uint64{100, 20, 1}[differ]; {
	case what >= limit:
		give(a, rec)
		give(b, rec)
	case what%4 == 0:
		give(a, rec)
	case what%4 == 1:
		give(b, rec)
	case what%4 == 2:
		give(a, rec)
		give(b, update)
		newest[rec.Key] = update
	default:
		give(a, update)
		give(b, rec)
		newest[rec.Key] = update
	}
}

// Of an arc of which one side has much and the other little not all is looked at in one go,
// and what the other has is looked for in every part.
func TestMuchIsMatchedLittleByLittle(t *testing.T) {
	const much = 2*maxMatched + 100
	p := newCluster(t, 1).newPeer(tens[0], shelf{})
	for _, key := range numbered("key", much) {
		p.hold(Item{Key: key, Version: Version{Stamp: Stamp{Wall: 2}}})
	}
	all := chord.Arc{From: chord.KeyID([]byte("middle")), To: chord.KeyID([]byte("middle"))} // which comes round zero
	held := p.index.Items(all, much)
	list := Range{Arc: all, Listed: true}
	for i, it := range []Item{held[0], held[1], held[much-2], held[much-1]} {
		it.Version.Wall = []uint64{2, 3, 2, 3}[i] // the same, or newer
		list.Items = append(list.Items, it)
	}
	for _, key := range numbered("other", 5) {
		list.Items = append(list.Items, Item{Key: key, Version: Version{Stamp: Stamp{Wall: 2}}})
	}
	s := &session{r: p.Replica, round: p.round.number}
	s.match(startTime, list)
	for parts := 1; len(s.listed) > 0; parts++ {
		if left := s.left() - len(s.pulls); len(s.pushes) > parts*maxMatched || left < much-20 || left > much {
			t.Errorf("%d items to give after %d parts, %d left to move of %d", len(s.pushes), parts, left, much)
		}
		s.matchMore(startTime)
	}
	for what, items := range map[string][]Item{"give": s.pushes, "take": s.pulls} {
		keys := map[string]bool{}
		for _, it := range items {
			keys[it.Key] = true
		}
		if want := map[string]int{"give": much - 4, "take": 2 + 5}[what]; len(keys) != want || len(items) != want {
			t.Errorf("%d items to %s, %d of them different, want %d", len(items), what, len(keys), want)
		}
	}
}

// Whoever came back with what it holds shows that to nobody yet, so a stray stays where it
// is as well; unless its holder leaves.
func TestStrayStaysUntilItsReplicaHasCaughtUp(t *testing.T) {
	for _, test := range []struct{ ours, theirs, leaving, given bool }{
		{false, false, false, true}, {false, true, false, false}, {true, true, false, true}, {false, true, true, true},
	} {
		p := newCluster(t, 1).newPeer(tens[0], shelf{})
		p.leaving = test.leaving
		var end ending
		s := &session{r: p.Replica, way: onlyGive, ours: standing{stale: test.ours}, done: func(_ chord.Time, e ending) { end = e }}
		s.compared(startTime, Message{Kind: Compared, Stale: test.theirs})
		if end.ok != test.given {
			t.Errorf("%+v: given: %v", test, end.ok)
		}
	}
}

// A store that takes nothing is offered nothing more.
func TestRefusingStoreIsOfferedNoMore(t *testing.T) {
	p := newCluster(t, 1).newPeer(tens[0], shelf{})
	p.hold(Item{Key: "key", Version: Version{Stamp: Stamp{Wall: 1}}})
	s := &session{r: p.Replica, refusing: true}
	s.match(startTime, Range{Listed: true})
	if len(s.pushes) > 0 {
		t.Errorf("is to be given %v", s.pushes)
	}
}

func TestGiveOnlyGives(t *testing.T) {
	c, a, b := pair(t, 1)
	give(a, old("mine", "value"))
	give(b, old("theirs", "value"))
	give(a, old("both", "old"))
	give(b, newer("both", "new"))
	if end := c.reconcile(a, b, whole(), onlyGive); !end.ok || end.moved != 1 {
		t.Errorf("ended %v, want success and one record moved", end)
	}
	if len(a.stored) != 2 || len(b.stored) != 3 {
		t.Errorf("%d and %d records afterwards, want 2 and 3", len(a.stored), len(b.stored))
	}
}

func TestTakeOnlyTakes(t *testing.T) {
	c, a, b := pair(t, 1)
	give(a, old("mine", "value"))
	give(b, old("theirs", "value"))
	if end := c.reconcile(a, b, whole(), onlyTake); !end.ok || end.moved != 1 {
		t.Errorf("ended %v, want success and one record moved", end)
	}
	if len(a.stored) != 2 || len(b.stored) != 1 {
		t.Errorf("%d and %d records afterwards, want 2 and 1", len(a.stored), len(b.stored))
	}
}

func TestLargeValuesMove(t *testing.T) {
	c, a, b := pair(t, 1)
	for i := range 10 {
		large := bytes.Repeat([]byte{byte(i)}, MaxValueLen)
		give([]*peer{a, b}[i%2], old(fmt.Sprint("large ", i), string(large)))
		give([]*peer{a, b}[i%2], old(fmt.Sprint("empty ", i), ""))
	}
	most := 0
	c.watch = func(m Message) {
		size := 0
		for _, rec := range m.Records {
			size += len(rec.Value)
		}
		most = max(most, size)
	}
	if end := c.reconcile(a, b, whole(), exchange); !end.ok || end.moved != 20 {
		t.Errorf("ended %v, want success and 20 records moved", end)
	}
	if !maps.EqualFunc(a.stored, b.stored, func(x, y Record) bool { return reflect.DeepEqual(x, y) }) {
		t.Error("the peers hold different records afterwards")
	}
	if most > batchBytes+MaxValueLen {
		t.Errorf("a message with %d bytes of values", most)
	}
}

// A record from the future stays where it is, and holds up nothing else; but it
// cannot be handed over, and so must not be dropped.
func TestPullOfARecordFromTheFuture(t *testing.T) {
	c, a, b := pair(t, 1)
	rec := old("future", "value")
	rec.Version.Wall = millis(c.now.Add(2 * MaxSkew))
	give(b, rec)
	give(b, old("past", "value"))
	if end := c.reconcile(a, b, whole(), exchange); !end.ok || end.moved != 1 {
		t.Errorf("taking: ended %v, want success and one record moved", end)
	}
	if end := c.reconcile(b, a, whole(), exchange); !end.ok || end.moved != 0 {
		t.Errorf("giving: ended %v, want success and nothing moved", end)
	}
	if c.sent[Pull] > 1 || c.sent[Write] > 0 {
		t.Errorf("%d requests to pull and %d to push", c.sent[Pull], c.sent[Write])
	}
	if end := c.reconcile(b, a, whole(), onlyGive); end.ok {
		t.Error("it counts as handed over")
	}
}

// What cannot be read here must not be dropped here as handed over.
func TestPushOfADamagedRecordFails(t *testing.T) {
	c, a, b := pair(t, 1)
	give(a, old("key", "value"))
	a.stored["key"] = Record{}
	if end := c.reconcile(a, b, whole(), onlyGive); end.ok {
		t.Error("a record that could not be read counts as given")
	}
}

func TestPullOfADamagedRecordFails(t *testing.T) {
	c, a, b := pair(t, 1)
	give(b, old("key", "value"))
	b.stored["key"] = Record{}
	if end := c.reconcile(a, b, whole(), exchange); end.ok || end.moved != 0 {
		t.Errorf("ended %v, want no success", end)
	}
}

func TestSessionWithASilentPeerEnds(t *testing.T) {
	c, a, b := pair(t, 1)
	give(a, old("key", "value"))
	b.muted = true
	start := c.now
	if end := c.reconcile(a, b, whole(), exchange); end.ok {
		t.Error("success with a peer that says nothing")
	}
	if got := c.now.Sub(start); got != time.Second {
		t.Errorf("took %v, want the timeout of 1s", got)
	}
}

func TestMessagesOfStrangersAreJudged(t *testing.T) {
	long := string(make([]byte, MaxKeyLen+1))
	ranges := make([]Range, maxRanges+1)
	full := Range{Items: make([]Item, maxItems)}
	for name, m := range map[string]Message{
		"no kind":         {},
		"unknown kind":    {Kind: Unreachable},
		"many ranges":     {Kind: Compare, Ranges: ranges},
		"many items":      {Kind: Pull, Items: make([]Item, maxItems+1)},
		"items in ranges": {Kind: Compared, Ranges: []Range{full, full, full, full, full, full, full, full, full, full, full, full, full, full, full, full, full}},
		"many peers":      {Kind: Compare, Beside: make([]chord.ID, maxBeside+1)},
		"many records":    {Kind: Write, Records: make([]Record, maxItems+1)},
		"a long key":      {Kind: List, Key: long},
		"an empty key":    {Kind: Read},
		"a bad record":    {Kind: Write, Records: []Record{{}}},
	} {
		if m.Valid() == nil {
			t.Errorf("a message with %s is called valid", name)
		}
	}
	good := Message{Kind: Write, Records: []Record{old("key", "value")}}
	if err := good.Valid(); err != nil {
		t.Errorf("an ordinary write: %v", err)
	}
}

// Ranges that were not asked for, or twice, end the session.
func TestSessionRefusesRangesNotAskedFor(t *testing.T) {
	a, b := chord.ID{0x40}, chord.ID{0x80}
	asked := chord.Arc{From: a, To: b}
	half := chord.Arc{From: a, To: chord.ID{0x60}}
	rest := chord.Arc{From: half.To, To: b}
	for _, test := range []struct {
		name   string
		ranges []chord.Arc
		ok     bool
	}{
		{"all of it", []chord.Arc{asked}, true},
		{"both halves", []chord.Arc{half, rest}, true},
		{"nothing", nil, true},
		{"more than it", []chord.Arc{whole()}, false},
		{"twice", []chord.Arc{asked, asked}, false},
		{"a half twice", []chord.Arc{half, half}, false},
		{"beside it", []chord.Arc{{From: b, To: a}}, false},
	} {
		s := &session{open: []chord.Arc{asked}}
		ok := true
		for _, arc := range test.ranges {
			ok = ok && s.wasAsked(arc)
		}
		if ok != test.ok {
			t.Errorf("%s: accepted %v, want %v", test.name, ok, test.ok)
		}
	}
}

// Giving away one stray costs a few requests, however much the receiver holds.
func TestOneStrayIsCheapToHandOver(t *testing.T) {
	c := filled(t, 8, numbered("key", 3000))
	stray := c.outsider("stray")
	give(stray, old("stray", "value"))
	before := c.sent[Compare]
	stray.round.at = c.time(stray)
	c.settle()
	if _, held := stray.index.Get("stray"); held {
		t.Error("the stray is still held")
	}
	// A round of every peer costs a Compare for each partner; the stray may add
	// a few for each of its replicas.
	if got, most := c.sent[Compare]-before, 8*4*3+3*8; got > most {
		t.Errorf("%d comparisons, want at most %d", got, most)
	}
}
