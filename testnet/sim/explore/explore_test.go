package explore

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"peal/chord"
)

// Every ring of the quick table keeps its invariants in every state, and
// becomes ideal from every quiet one.
func TestSmallRings(t *testing.T) {
	for _, cfg := range Table(true) {
		r, err := Run(cfg)
		if err != nil {
			t.Fatalf("%+v: %s", cfg, story(err))
		}
		t.Logf("%+v: %+v", cfg, r)
		if !r.Complete || r.Quiet < 2 || r.Transitions < r.States-r.Arrangements {
			t.Errorf("%+v: report %+v, want a complete one with quiet states", cfg, r)
		}
	}
}

// story is all that a violation tells.
func story(err error) string {
	var v *Violation
	if errors.As(err, &v) {
		return err.Error() + "\n" + strings.Join(v.Steps, "\n")
	}
	return err.Error()
}

// What is explored, and how it is counted, is the same each time.
func TestRunsAreAlike(t *testing.T) {
	cfg := Config{Members: 2, Joiners: 1, Crashes: 1, Rounds: 1, Silent: true}
	first, _ := Run(cfg)
	if again, err := Run(cfg); !reflect.DeepEqual(again, first) || err != nil {
		t.Errorf("the second run gave %+v, %v, want %+v", again, err, first)
	}
}

// Spoilt messages break the ring, and the exploration sees it.
func TestFindsWhatIsSpoilt(t *testing.T) {
	ghost := chord.NewContact("B unborn", 0)
	for _, c := range []struct {
		name, want string // the violation contains want
		cfg        Config
		tamper     func(*chord.Message)
	}{
		{"notifies without effect", "not ideal after 12 fair rounds", Config{Members: 2, Joiners: 1},
			func(m *chord.Message) { m.Member = m.Member && m.Kind != chord.Notify }},
		{"states without lists", "ideal, and is no more", Config{Members: 3, Crashes: 1}, func(m *chord.Message) {
			if m.Kind == chord.State {
				m.Succ = nil
			}
		}},
		{"states that claim no membership", "was taken for dead", Config{Members: 3}, func(m *chord.Message) {
			m.Member = m.Member && m.Kind != chord.State
		}},
		{"answers that name wrong owners", "the owners named are", Config{Members: 3, Joiners: 1}, func(m *chord.Message) {
			if m.Done {
				m.Succ = append([]chord.Contact{m.Succ[0]}, slices.Repeat(m.Succ[:1], 2)...)
			}
		}},
		{"joiners that pose as members", "no member yet", Config{Members: 1, Joiners: 2}, func(m *chord.Message) {
			m.Member = true
		}},
		{"owners that do not exist", "the owners named are", Config{Members: 1, Joiners: 1}, func(m *chord.Message) {
			if m.Done {
				m.Succ = []chord.Contact{ghost}
			}
		}},
	} {
		_, err := run(c.cfg, c.tamper)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want a violation with %q", c.name, err, c.want)
		}
	}
}

// A violation tells what happened from the first state on, one step a line.
func TestViolationIsReadable(t *testing.T) {
	_, err := run(Config{Members: 2, Joiners: 1, Rounds: 1}, func(m *chord.Message) { m.Member = m.Member && m.Kind != chord.Notify })
	got := story(err)
	for _, want := range []string{"at first | C < B: C (whole) | B < C: B (whole)\n", "A joins through C | A is joining", "find from A reaches C"} {
		if !strings.Contains(got, want) {
			t.Errorf("the violation says\n%s\nwant %q in it", got, want)
		}
	}
}

// The search says so when it did not see everything.
func TestBoundedSearchIsNotComplete(t *testing.T) {
	asked := 0
	for _, cfg := range []Config{
		{Members: 3, MaxStates: 10},
		{Members: 3, Stop: func() bool { asked++; return true }},
	} {
		if r, err := Run(cfg); r.Complete || err != nil || r.States > 100 {
			t.Errorf("report %+v, %v, want an incomplete one", r, err)
		}
	}
	if asked != 1 {
		t.Errorf("asked %d times whether to stop, want 1", asked)
	}
}

func TestConfigIsChecked(t *testing.T) {
	for _, cfg := range []Config{{Members: 7}, {Members: 3, Joiners: 4}, {Successors: 7}, {Rounds: 16}, {Crashes: -1}, {MaxStates: -1}} {
		if _, err := Run(cfg); err == nil {
			t.Errorf("%+v is accepted", cfg)
		}
	}
}

// Joiners come into every gap: each order of members and joiners on the circle
// is a rotation of one arrangement.
func TestArrangementsCoverEveryOrder(t *testing.T) {
	for _, c := range []struct{ members, joiners, want int }{{1, 0, 1}, {1, 1, 1}, {3, 1, 1}, {1, 3, 1}, {2, 2, 2}, {3, 2, 2}, {3, 3, 4}} {
		list := arrangements(c.members, c.joiners)
		if len(list) != c.want {
			t.Errorf("%d members and %d joiners: %d arrangements, want %d", c.members, c.joiners, len(list), c.want)
		}
		slots := c.members + c.joiners
		for mask := range uint(1) << slots {
			if joiners := bitsOf(mask); joiners == c.joiners && !slices.Contains(list, leastRotation(mask, slots)) {
				t.Errorf("%d members and %d joiners: the order %b is missing", c.members, c.joiners, mask)
			}
		}
	}
}

func bitsOf(mask uint) (n int) {
	for ; mask > 0; mask >>= 1 {
		n += int(mask & 1)
	}
	return n
}

func TestWorldIsDecodedAsItWasEncoded(t *testing.T) {
	w := world{nodes: [maxPeers]uint32{2, 0, 1, 9, 8, 7}, left: budget{15, 1, 2, 3, 4}, mail: []letter{newLetter(3, -1), newLetter(3, 2), newLetter(7, 0)}}
	words := append(w.encode(nil), 77)
	var got world
	rest := got.decode(words)
	if got.nodes != w.nodes || got.left != w.left || !slices.Equal(got.mail, w.mail) || !slices.Equal(rest, []uint32{77}) {
		t.Errorf("decoded %+v and %v, want %+v", got, rest, w)
	}
	if l := got.mail[1]; l.post() != 3 || l.open() != 2 {
		t.Errorf("the letter is of post %d and request %d, want 3 and 2", l.post(), l.open())
	}
}

func TestHashSet(t *testing.T) {
	var s hashSet
	for round := range 2 {
		for i := range uint32(5000) {
			if isNew := s.add(hash([]uint32{i, i / 7})); isNew != (round == 0) {
				t.Fatalf("round %d, element %d: new %v", round, i, isNew)
			}
		}
	}
	if !s.add(0) || s.add(0) || s.count != 5001 {
		t.Errorf("%d elements, want 5001", s.count)
	}
}

// Of a ring of two either may crash, of a ring with lists of one nobody, and
// never the last member.
func TestWhoMayCrash(t *testing.T) {
	for _, c := range []struct {
		cfg  Config
		want int
	}{
		{Config{Members: 1, Crashes: 1}, 0},
		{Config{Members: 2, Crashes: 1}, 2},
		{Config{Members: 3, Successors: 1, Crashes: 1}, 0},
		{Config{Members: 3, Crashes: 1}, 3},
		{Config{Members: 3, Successors: 1, Crashes: 1, Reckless: true}, 3},
		{Config{Members: 1, Crashes: 1, Reckless: true}, 0},
	} {
		if err := c.cfg.validate(); err != nil {
			t.Fatal(err)
		}
		s := newSearch(c.cfg, 0)
		got := 0
		for _, m := range s.moves(&s.first, nil) {
			if m.kind == crash {
				got++
			}
		}
		if got != c.want {
			t.Errorf("%+v: %d may crash, want %d", c.cfg, got, c.want)
		}
	}
}
