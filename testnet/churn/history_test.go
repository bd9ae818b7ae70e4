package churn

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"peal/chord"
)

// at is a contact whose position begins with the byte b: we try names until
// one fits.
func at(b byte) chord.Contact {
	for i := 0; ; i++ {
		if c := chord.NewContact(chord.PeerID(fmt.Sprintf("peer %02x %d", b, i)), 0); c.ID[0] == b {
			return c
		}
	}
}

// story has 20, 40 and 60 from the beginning on; 40 dies between the seconds 10
// and 11, and 30 joins between 20 and 21.
func story() *history {
	h := &history{}
	for _, b := range []byte{0x20, 0x40, 0x60} {
		h.add(at(b), always, always)
	}
	dead := h.find(at(0x40))
	dead.until, dead.gone = 10*time.Second, 11*time.Second
	h.add(at(0x30), 20*time.Second, 21*time.Second)
	return h
}

func TestRightAnswers(t *testing.T) {
	for _, test := range []struct {
		owner      byte
		begin, end int // seconds
		want       bool
		why        string
	}{
		{0x40, 1, 2, true, ""},
		{0x60, 1, 2, false, "was nearer all the time"},
		{0x20, 1, 2, false, "was nearer all the time"},
		{0x50, 1, 2, false, "it is no peer of this ring"},
		{0x60, 9, 10, true, ""}, // 40 was dying: either is right
		{0x40, 9, 10, true, ""},
		{0x40, 10, 12, true, ""}, // it died after the question
		{0x60, 10, 12, true, ""},
		{0x40, 12, 13, false, "it had been dead for 2s"},
		{0x60, 12, 13, true, ""},
		{0x30, 18, 19, false, "another peer was nearer"},
		{0x30, 20, 20, true, ""}, // 30 was joining: either is right
		{0x60, 20, 21, true, ""},
		{0x60, 22, 23, false, "was nearer, a member for 2s"},
		{0x30, 22, 23, true, ""},
		{0x20, 22, 23, false, "was nearer"},
	} {
		h, sec := story(), func(s int) moment { return time.Duration(s) * time.Second }
		target, owner := chord.ID{0x28}, at(test.owner)
		got := h.right(target, owner, sec(test.begin), sec(test.end))
		if got != test.want {
			t.Errorf("%02x from %d to %d s: got %v, want %v", test.owner, test.begin, test.end, got, test.want)
		}
		if why := h.why(target, owner, sec(test.end)); !test.want && !strings.Contains(why, test.why) {
			t.Errorf("%02x from %d to %d s: %q, want %q", test.owner, test.begin, test.end, why, test.why)
		}
	}
}

// A peer that was there and went between two others' times does not make their
// answers right, and positions begin again at zero.
func TestOwnerGoesRound(t *testing.T) {
	h := story()
	for _, test := range []struct {
		target byte
		at     int
		want   byte
	}{{0x28, 1, 0x40}, {0x28, 15, 0x60}, {0x28, 25, 0x30}, {0x70, 1, 0x20}, {0x00, 25, 0x20}} {
		now := time.Duration(test.at) * time.Second
		if got := h.owner(chord.ID{test.target}, now); got != at(test.want) {
			t.Errorf("%02x at %d s: got %v, want %v", test.target, test.at, got, at(test.want))
		}
		if !h.right(chord.ID{test.target}, at(test.want), now, now) {
			t.Errorf("%02x at %d s: %02x is not right", test.target, test.at, test.want)
		}
	}
	if exact := at(0x20); h.owner(exact.ID, 0) != exact || h.right(exact.ID, at(0x60), 0, 0) {
		t.Errorf("a peer does not own its own position")
	}
}
