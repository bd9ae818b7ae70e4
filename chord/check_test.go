package chord

import (
	"strings"
	"testing"
)

func view(self byte, pred byte, succ ...byte) Neighbourhood {
	return Neighbourhood{Self: at(self), Member: true, Preds: ats(pred), Succ: ats(succ...)}
}

func TestCheckFinds(t *testing.T) {
	joiner := Neighbourhood{Self: at(0x40)}
	for _, c := range []struct {
		name, want string // the error contains want; none if it is empty
		views      []Neighbourhood
	}{
		{"nobody", "", nil},
		{"ideal ring", "", []Neighbourhood{view(0x10, 0x90, 0x50, 0x90), view(0x50, 0x10, 0x90, 0x10), view(0x90, 0x50, 0x10, 0x50)}},
		{"joiner is not counted", "", []Neighbourhood{view(0x10, 0x90, 0x90), view(0x90, 0x10, 0x10), joiner}},
		{"dead head", "", []Neighbourhood{view(0x10, 0x90, 0x50, 0x90), view(0x90, 0x50, 0x10)}},
		{"appendage", "", []Neighbourhood{view(0x10, 0x90, 0x90), view(0x50, 0x10, 0x90), view(0x90, 0x10, 0x10)}},
		{"first member and the second", "", []Neighbourhood{view(0x10, 0x10), view(0x50, 0x10, 0x10)}},
		{"all dead", "no live successor", []Neighbourhood{view(0x10, 0x90, 0x50, 0x70), view(0x90, 0x10, 0x10)}},
		{"disorder", "out of order", []Neighbourhood{view(0x10, 0x90, 0x90, 0x50), view(0x50, 0x10, 0x90), view(0x90, 0x50, 0x10)}},
		{"duplicate", "out of order", []Neighbourhood{view(0x10, 0x90, 0x90, 0x90), view(0x90, 0x10, 0x10)}},
		{"itself", "out of order", []Neighbourhood{view(0x10, 0x90, 0x90, 0x10), view(0x90, 0x10, 0x10)}},
		{"two rings", "second ring", []Neighbourhood{view(0x10, 0x50, 0x50), view(0x50, 0x10, 0x10), view(0x70, 0x90, 0x90), view(0x90, 0x70, 0x70)}},
		{"two alone", "second ring", []Neighbourhood{view(0x10, 0x10), view(0x50, 0x50)}},
		{"twice round", "out of order", []Neighbourhood{view(0x10, 0xb0, 0x50), view(0x50, 0x10, 0x30), view(0x30, 0x90, 0x70), view(0x70, 0x30, 0x10)}},
	} {
		err := Check(c.views)
		if c.want == "" && err != nil {
			t.Errorf("%s: %v, want no error", c.name, err)
		}
		if c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: error %v, want one with %q", c.name, err, c.want)
		}
	}
}

func TestIdealFinds(t *testing.T) {
	good := []Neighbourhood{view(0x10, 0x90, 0x50, 0x90), view(0x50, 0x10, 0x90, 0x10), view(0x90, 0x50, 0x10, 0x50)}
	if err := Ideal(good, 2); err != nil {
		t.Error(err)
	}
	for _, bad := range []Neighbourhood{
		view(0x10, 0x90, 0x50),       // too short
		view(0x10, 0x90, 0x90, 0x50), // the wrong head
		view(0x10, 0x50, 0x50, 0x90), // the wrong predecessor
	} {
		if err := Ideal([]Neighbourhood{bad, good[1], good[2]}, 2); err == nil {
			t.Errorf("%+v passes for ideal", bad)
		}
	}
}
