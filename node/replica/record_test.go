package replica

import (
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"peal/chord"
)

// anyRecord draws from few versions, so that many are alike. Equal versions of
// a key have equal contents.
func anyRecord(r *rand.Rand) Record {
	v := Version{Stamp: Stamp{Wall: r.Uint64N(3), Count: r.Uint32N(3), Writer: chord.PeerID("ab"[r.IntN(2):][:1])}}
	return Record{Key: "k", Value: []byte(v.String()), Version: v, Deleted: v.Count == 2}
}

func TestMergeLaws(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	same := func(law string, a, b Record) {
		t.Helper()
		if !reflect.DeepEqual(a, b) {
			t.Errorf("merge is not %s: %v and %v", law, a, b)
		}
	}
	for range 2000 {
		a, b, c := anyRecord(r), anyRecord(r), anyRecord(r)
		same("commutative", Merge(a, b), Merge(b, a))
		same("associative", Merge(Merge(a, b), c), Merge(a, Merge(b, c)))
		same("idempotent", Merge(a, Merge(a, b)), Merge(a, b))
	}
}

func TestVersionsAreOrderedByTimeThenCountThenWriterThenTouch(t *testing.T) {
	ascending := []Version{
		{},
		{Stamp: Stamp{Wall: 1, Count: 9, Writer: "z"}},
		{Stamp: Stamp{Wall: 2, Writer: "b"}},
		{Stamp: Stamp{Wall: 2, Writer: "b"}, Touched: Stamp{Wall: 3, Writer: "a"}},
		{Stamp: Stamp{Wall: 2, Writer: "b"}, Touched: Stamp{Wall: 9, Writer: "a"}},
		{Stamp: Stamp{Wall: 2, Count: 1, Writer: "a"}},
		{Stamp: Stamp{Wall: 2, Count: 1, Writer: "b"}},
	}
	for i, v := range ascending {
		for k, w := range ascending {
			got := v.Compare(w)
			if want := min(1, max(-1, i-k)); got != want {
				t.Errorf("%v compared with %v: %d, want %d", v, w, got, want)
			}
		}
	}
}

func TestRecordLimits(t *testing.T) {
	long := func(n int) string { return strings.Repeat("x", n) }
	for _, c := range []struct {
		key   string
		value int
		ok    bool
	}{
		{"", 0, false},
		{"k", 0, true},
		{"\x00", 1, true},
		{long(MaxKeyLen), MaxValueLen, true},
		{long(MaxKeyLen + 1), 0, false},
		{"k", MaxValueLen + 1, false},
	} {
		err := Record{Key: c.key, Value: make([]byte, c.value)}.Valid()
		if ok := err == nil; ok != c.ok {
			t.Errorf("key of %d bytes, value of %d: %v, want valid %v", len(c.key), c.value, err, c.ok)
		}
	}
}

// An expiry lies at most so far behind the stamp it came with, of the write or of a touch.
func TestExpiryLimit(t *testing.T) {
	most := uint64(MaxTTL.Milliseconds())
	for _, c := range []struct {
		wall, touched, expires uint64
		ok                     bool
	}{
		{7, 0, 0, true},
		{7, 0, 3, true},
		{7, 0, 7 + most, true},
		{7, 0, 8 + most, false},
		{7, 9, 9 + most, true},
		{7, 9, 10 + most, false},
		{7, 0, math.MaxUint64, false},
	} {
		v := Version{Stamp: Stamp{Wall: c.wall}, Touched: Stamp{Wall: c.touched}}
		if err := (Record{Key: "k", Version: v, Expires: c.expires}).Valid(); (err == nil) != c.ok {
			t.Errorf("stamped at %d, touched at %d, expires at %d: %v, want valid %v", c.wall, c.touched, c.expires, err, c.ok)
		}
	}
}
