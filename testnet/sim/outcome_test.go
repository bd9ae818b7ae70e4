package sim

import (
	"testing"
	"time"

	"peal/chord"
)

// A lookup that names whom it had to name when it began is overtaken by those who joined
// meanwhile, and is not right.
func TestOvertakenLookups(t *testing.T) {
	s, err := New(Config{Peers: 8, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.form(); err != nil {
		t.Fatal(err)
	}
	asker, newcomer, before := s.members[0], s.members[4], s.members[5]
	newcomer.since = chord.Time(time.Minute)
	s.now = chord.Time(2 * time.Minute)
	for _, test := range []struct {
		name             string
		took             time.Duration
		named            []chord.Contact
		right, overtaken bool
	}{
		{"the newcomer", 90 * time.Second, []chord.Contact{newcomer.self}, true, false},
		{"the owner of before, begun before", 90 * time.Second, []chord.Contact{before.self}, false, true},
		{"the owner of before, begun after", 30 * time.Second, []chord.Contact{before.self}, false, false},
		{"another", 90 * time.Second, []chord.Contact{s.members[6].self}, false, false},
		{"a dead one", 90 * time.Second, []chord.Contact{chord.NewContact("dead", 0)}, false, false},
		{"nobody", 90 * time.Second, nil, false, false},
	} {
		o := s.outcome(asker, &chord.Result{Target: newcomer.self.ID, Owners: test.named, Took: test.took})
		if o.Right != test.right || o.Overtaken != test.overtaken {
			t.Errorf("%s: right %v, overtaken %v; want %v, %v", test.name, o.Right, o.Overtaken, test.right, test.overtaken)
		}
	}
}
