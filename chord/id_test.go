package chord

import (
	"bytes"
	"encoding/json"
	"math/big"
	"math/rand/v2"
	"testing"
)

func randomID(r *rand.Rand) (id ID) {
	for i := range id {
		id[i] = byte(r.Uint32())
	}
	return id
}

// number is the position as an integer, as the paper writes it.
func number(id ID) *big.Int { return new(big.Int).SetBytes(id[:]) }

func TestArithmeticIsModulo(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 0))
	circle := new(big.Int).Lsh(big.NewInt(1), Bits)
	for range 1000 {
		a, b, bit := randomID(r), randomID(r), r.IntN(Bits)
		want := new(big.Int).Sub(number(b), number(a))
		want.Mod(want, circle)
		if got := number(a.Distance(b)); got.Cmp(want) != 0 {
			t.Fatalf("distance from %x to %x is %x, want %x", a, b, got, want)
		}
		want = new(big.Int).Lsh(big.NewInt(1), uint(bit))
		want.Add(want, number(a)).Mod(want, circle)
		if got := number(a.AddPowerOfTwo(bit)); got.Cmp(want) != 0 {
			t.Fatalf("%x + 2^%d is %x, want %x", a, bit, got, want)
		}
		if got, want := a.BitLen(), number(a).BitLen(); got != want {
			t.Fatalf("bit length of %x is %d, want %d", a, got, want)
		}
	}
}

func TestBetween(t *testing.T) {
	for _, c := range []struct {
		a, x, b byte
		want    bool
	}{
		{1, 2, 3, true}, {1, 1, 3, false}, {1, 3, 3, false}, {1, 4, 3, false},
		{3, 4, 1, true}, {3, 0, 1, true}, {3, 2, 1, false}, {3, 1, 1, false}, {3, 3, 1, false},
		{2, 1, 2, true}, {2, 2, 2, false},
	} {
		if got := Between(point(c.a), point(c.x), point(c.b)); got != c.want {
			t.Errorf("%d between %d and %d: %v, want %v", c.x, c.a, c.b, got, c.want)
		}
		in := c.want || c.x == c.b
		if got := (Arc{point(c.a), point(c.b)}).Contains(point(c.x)); got != in {
			t.Errorf("%d on the arc (%d, %d]: %v, want %v", c.x, c.a, c.b, got, in)
		}
	}
}

func TestTextRoundTrips(t *testing.T) {
	want := NewContact("\x00\x00\x24\x08peer", 3)
	b, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got Contact
	if err := json.Unmarshal(b, &got); err != nil || got != want {
		t.Errorf("%s reads as %+v, %v; want %+v", b, got, err, want)
	}
	for _, bad := range []string{`{"id":"12"}`, `{"id":"zz"}`, `{"peer":"0OIl"}`} {
		if err := json.Unmarshal([]byte(bad), &got); err == nil {
			t.Errorf("%s is read without an error", bad)
		}
	}
}

func TestBase58(t *testing.T) {
	for raw, want := range map[string]string{"\x00": "1", "\x00\x00\x01": "112", "Hello World!": "2NEpo7TZRRrLZSi2U", "\xff\xff": "LUv"} {
		if got := PeerID(raw).String(); got != want {
			t.Errorf("base58 of %x is %s, want %s", raw, got, want)
		}
		var back PeerID
		if err := back.UnmarshalText([]byte(want)); err != nil || string(back) != raw {
			t.Errorf("%s reads as %x, %v; want %x", want, string(back), err, raw)
		}
	}
}

// FuzzContact reads strangers' bytes: what is accepted is a contact within the
// bounds, at the position that follows from its peer, and reads back the same.
func FuzzContact(f *testing.F) {
	for _, c := range []Contact{{}, at(0x10), NewContact("p", 1<<32-1)} {
		b, _ := c.MarshalBinary()
		f.Add(b)
	}
	f.Add([]byte{0x80})
	f.Add(bytes.Repeat([]byte{1}, MaxPeerIDLen+2))
	f.Fuzz(func(t *testing.T, b []byte) {
		var c, again Contact
		if c.UnmarshalBinary(b) != nil {
			return
		}
		if len(c.Peer) > MaxPeerIDLen || (!c.IsZero() && c != NewContact(c.Peer, c.Index)) {
			t.Errorf("%x is read as %+v", b, c)
		}
		out, err := c.MarshalBinary()
		if err == nil {
			err = again.UnmarshalBinary(out)
		}
		if err != nil || again != c {
			t.Errorf("%+v reads back as %+v, %v", c, again, err)
		}
	})
}
