package chord

import (
	"bytes"
	"testing"
)

func TestArcsKeepTheirBoundsOnTheWire(t *testing.T) {
	short, long := ID{0x80}, ID(bytes.Repeat([]byte{7}, len(ID{})))
	for _, want := range []Arc{{}, {short, long}, {long, short}, {ID{}, short}, {long, ID{}}, {long, long}} {
		b, err := want.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		got := Arc{short, short}
		if err := got.UnmarshalBinary(b); err != nil || got != want {
			t.Errorf("%x is %v, error %v; want %v", b, got, err, want)
		}
	}
	if b, _ := (Arc{short, short}).MarshalBinary(); len(b) != 3 {
		t.Errorf("two short bounds take %d bytes, want 3", len(b))
	}
}

func FuzzArc(f *testing.F) {
	f.Add([]byte{1, 0x80, 0x81})
	f.Add([]byte{33})
	f.Fuzz(func(t *testing.T, b []byte) {
		var a, again Arc
		if a.UnmarshalBinary(b) != nil {
			return
		}
		b, _ = a.MarshalBinary()
		if err := again.UnmarshalBinary(b); err != nil || again != a {
			t.Errorf("%v comes back as %v, error %v", a, again, err)
		}
	})
}
