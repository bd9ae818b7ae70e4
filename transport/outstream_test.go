package transport

import (
	"errors"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/network"
)

// A cutStream breaks after some bytes.
type cutStream struct {
	network.Stream
	bytes int
}

func (s cutStream) Write(p []byte) (int, error)      { return min(s.bytes, len(p)), errors.New("cut") }
func (s cutStream) SetWriteDeadline(time.Time) error { return nil }
func (s cutStream) Conn() network.Conn               { return farConn{remote: "/memory/1"} }

func TestOnlyMessagesThatDidNotLeaveAreSentAgain(t *testing.T) {
	a, _ := open(t, networksUnderTest["memory"])
	for _, test := range []struct{ cut, unsent int }{
		{0, 3},       // nothing left
		{1, 2},       // the first may have arrived
		{1 << 10, 2}, // in the first still
		{2 << 10, 1}, // in the second
		{1 << 20, 0}, // all left
	} {
		o := newOutStream(a, cutStream{bytes: test.cut})
		for range 3 {
			if _, err := o.write(message{body: make([]byte, 1<<10)}); err != nil {
				t.Fatal(err)
			}
		}
		unsent, err := o.flush()
		if err == nil || len(unsent) != test.unsent {
			t.Errorf("cut after %d bytes: %d messages left, %v, want %d", test.cut, len(unsent), err, test.unsent)
		}
	}
}
