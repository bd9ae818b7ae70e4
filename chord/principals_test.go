package chord

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestPrincipals(t *testing.T) {
	whole := view(0x50, 0x10, 0x10)
	whole.Whole = true
	alone := Neighbourhood{Self: at(0x10), Member: true, Whole: true}
	for _, c := range []struct {
		name  string
		views []Neighbourhood
		want  []Contact
	}{
		{"nobody", nil, nil},
		{"alone", []Neighbourhood{alone}, ats(0x10)},
		{"ideal", []Neighbourhood{view(0x10, 0x90, 0x50, 0x90), view(0x50, 0x10, 0x90, 0x10), view(0x90, 0x50, 0x10, 0x50)}, ats(0x10, 0x50, 0x90)},
		{"joined just now", []Neighbourhood{view(0x10, 0x90, 0x90), view(0x50, 0x10, 0x90), view(0x90, 0x10, 0x10)}, ats(0x10, 0x90)},
		{"deep in a list", []Neighbourhood{view(0x10, 0x90, 0x50, 0xa0), view(0x50, 0x10, 0x90), view(0x90, 0x50, 0xa0), view(0xa0, 0x90, 0x10)}, ats(0x10, 0x50, 0xa0)},
		{"behind the end", []Neighbourhood{view(0x10, 0x90, 0x50), view(0x50, 0x10, 0x90), view(0x90, 0x50, 0x10)}, ats(0x10, 0x50, 0x90)},
		{"behind the end of a whole list", []Neighbourhood{view(0x10, 0x90, 0x50), whole, view(0x90, 0x50, 0x10)}, ats(0x10, 0x50)},
		{"first member and the second", []Neighbourhood{alone, view(0x50, 0x10, 0x10)}, ats(0x10)},
	} {
		if got := Principals(c.views); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// A live successor for everyone and r+1 principals: whatever else the lists say,
// there is one ordered ring, and it has all the principals (theorem of Zave's
// section on the inductive invariant).
func TestPrincipalsSuffice(t *testing.T) {
	const seed, successors = 1, 2
	r := rand.New(rand.NewPCG(seed, 0))
	crowd := ats(0x10, 0x30, 0x50, 0x70, 0x90, 0xb0, 0xd0)
	held := 0
	for i := range 60_000 {
		views := randomViews(r, crowd, successors)
		if len(Principals(views)) <= successors || !liveSuccessors(views) {
			continue
		}
		held++
		if err := Check(views); err != nil {
			t.Fatalf("seed %d, state %d: %v in %+v", seed, i, err, views)
		}
	}
	if held < 5000 {
		t.Errorf("only %d states had enough principals", held)
	}
}

// randomViews makes up a state: some are members, and each lists random peers.
func randomViews(r *rand.Rand, crowd []Contact, successors int) []Neighbourhood {
	var views []Neighbourhood
	for _, self := range crowd {
		v := Neighbourhood{Self: self, Member: r.IntN(4) > 0}
		next := slices.Index(crowd, self)
		for range successors {
			next += 1 + r.IntN(3)*r.IntN(2)
			v.Succ = append(v.Succ, crowd[next%len(crowd)])
		}
		if r.IntN(20) == 0 {
			v.Succ[1] = crowd[r.IntN(len(crowd))]
		}
		views = append(views, v)
	}
	return views
}

func liveSuccessors(views []Neighbourhood) bool {
	r := newRingView(views)
	for i := range r.members {
		if r.best(i) < 0 {
			return false
		}
	}
	return true
}

// A chance is a ring in which anything may happen next that Zave's proof allows:
// any message may arrive, any round begin, anybody join, and whoever is not
// needed die. Verdicts are right: only the dead are unreachable.
type chance struct {
	story
	rand *rand.Rand
	free []byte // positions that nobody has
}

// A principal is lost only by its own failure. Zave shows it for steps that ask and
// adopt at one blow; here replies travel, and it holds for the members that no list
// passes over, those under way included.
func TestPrincipalsAreLostOnlyByFailure(t *testing.T) {
	for seed := range uint64(100) {
		c := newChance(seed, 2)
		before := c.principals()
		for step := range 250 {
			did, dead := c.step()
			after := c.principals()
			for _, p := range before {
				if p != dead && !slices.Contains(after, p) {
					t.Fatalf("seed %d, step %d, %s: %v is passed over", seed, step, did, p)
				}
			}
			if err := Check(c.views()); err != nil {
				t.Fatalf("seed %d, step %d, %s: %v", seed, step, did, err)
			}
			before = after
		}
		c.deliverSome(nil)
		c.pass([]string{"20s"})
		if err := Ideal(c.views(), c.successors); err != nil {
			t.Fatalf("seed %d, 20 s later: %v", seed, err)
		}
	}
}

func newChance(seed uint64, successors int) *chance {
	c := &chance{story: story{successors: successors}, rand: rand.New(rand.NewPCG(seed, 0))}
	c.ring([]string{"10", "40", "80", "c0", "e0"})
	for b := byte(0x18); b < 0xf8; b += 0x10 {
		c.free = append(c.free, b)
	}
	c.drain(nothing)
	return c
}

// step does one thing, and tells what, and who died of it.
func (c *chance) step() (string, Contact) {
	did, dead := "nothing", Contact{}
	switch k := c.rand.IntN(20); {
	case k == 0 && len(c.free) > 0:
		did = c.joinSomebody()
	case k == 1:
		dead = c.crashSomebody()
		did = fmt.Sprintf("crash of %v", dead)
	case k < 5:
		n := c.nodes[c.rand.IntN(len(c.nodes))]
		if n.Member() {
			n.stabilize(c.now)
		}
		did = fmt.Sprintf("round of %v", n.Self())
	case len(c.mail) > 0:
		i := c.rand.IntN(len(c.mail))
		m := c.mail[i].Message
		c.mail = slices.Delete(c.mail, i, i+1)
		c.deliver(m)
		did = fmt.Sprintf("%v from %v to %v", m.Kind, m.From, m.To)
	}
	c.now++
	c.drain(nothing)
	return did, dead
}

func (c *chance) joinSomebody() string {
	via := c.nodes[c.rand.IntN(len(c.nodes))].Self()
	i := c.rand.IntN(len(c.free))
	self := fmt.Sprintf("%02x", c.free[i])
	c.free = slices.Delete(c.free, i, i+1)
	c.boot(self).Meet(c.now, via)
	return "join of " + self
}

// crashSomebody ends a member, unless that is more than the ring can bear.
func (c *chance) crashSomebody() Contact {
	i := c.rand.IntN(len(c.nodes))
	all, victim := slices.Clone(c.nodes), c.nodes[i]
	c.nodes = slices.Delete(slices.Clone(c.nodes), i, i+1)
	if len(c.principals()) <= c.successors || !c.everyListLives() {
		c.nodes = all
		return Contact{}
	}
	return victim.Self()
}

// lists are the successor lists of the members and those under way.
func (c *chance) lists() []Neighbourhood {
	lists := c.views()
	for _, l := range c.mail {
		if l.Member && (l.Kind == State || l.Done) {
			lists = append(lists, Neighbourhood{Self: l.From, Member: true, Succ: l.Succ})
		}
	}
	return lists
}

// everyListLives reports whether every member has a live successor, and will
// have one with the list that is under way to it: of a state the head and all
// but the last behind it.
func (c *chance) everyListLives() bool {
	r := newRingView(c.views())
	for _, v := range c.lists()[len(c.nodes):] {
		if !anyLives(r, append([]Contact{v.Self}, v.Succ[:min(len(v.Succ), c.successors-1)]...)) {
			return false
		}
	}
	return !slices.ContainsFunc(c.lists(), func(v Neighbourhood) bool { return v.Member && len(v.Succ) > 0 && !anyLives(r, v.Succ) })
}

func anyLives(r ringView, list []Contact) bool {
	return slices.ContainsFunc(list, func(c Contact) bool {
		_, found := r.search(c.ID)
		return found
	})
}

// principals are the members that no list passes over.
func (c *chance) principals() []Contact {
	var list []Contact
	r := newRingView(c.views())
	passed := make([]bool, len(r.members))
	for _, v := range c.lists() {
		if v.Member {
			r.passOverBy(passed, v)
		}
	}
	for i, v := range r.members {
		if !passed[i] {
			list = append(list, v.Self)
		}
	}
	return list
}
