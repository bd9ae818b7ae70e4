package node_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"peal/chord"
	"peal/node"
)

// idealRing gives the Infos of a settled ring of peers with lists of three, in
// the order of their positions.
func idealRing(name string, peers int) []node.Info {
	infos := make([]node.Info, peers)
	for i := range infos {
		infos[i] = node.Info{Contact: chord.NewContact(chord.PeerID(fmt.Sprint(name, i)), 0), Member: true, Replicated: true}
	}
	slices.SortFunc(infos, func(a, b node.Info) int { return a.ID.Compare(b.ID) })
	for i := range infos {
		infos[i].Predecessor = infos[(i+peers-1)%peers].Contact
		for k := 1; k <= min(3, peers-1); k++ {
			infos[i].Successors = append(infos[i].Successors, infos[(i+k)%peers].Contact)
		}
	}
	return infos
}

// problems lists the kinds of problems and the places, in the ring, of the peers
// that have them.
func problems(infos []node.Info) string {
	var list []string
	for _, p := range node.NewRing("peal", infos).Problems {
		at := slices.IndexFunc(infos, func(i node.Info) bool { return i.Contact == p.Peer })
		list = append(list, fmt.Sprint(p.Kind, " ", at))
	}
	return strings.Join(list, ", ")
}

func TestProblemsAreNamed(t *testing.T) {
	for _, test := range []struct {
		name    string
		damage  func(r []node.Info) []node.Info
		want    string
		mention string
	}{
		{"ideal", func(r []node.Info) []node.Info { return r }, "", ""},
		{"joining", func(r []node.Info) []node.Info {
			return append(r, node.Info{Contact: chord.NewContact("new", 0)})
		}, "", ""},
		{"a newcomer that nobody knows", func(r []node.Info) []node.Info {
			r[1].Successors, r[3].Predecessor = r[2].Successors, r[1].Contact
			return r
		}, "successor 1, predecessor 3", "should have"},
		{"the dead", func(r []node.Info) []node.Info { return slices.Delete(r, 2, 3) },
			"silent -1, successor 1, predecessor 2", "does not answer; still listed by"},
		{"no predecessor", func(r []node.Info) []node.Info { r[4].Predecessor = chord.Contact{}; return r },
			"predecessor 4", "has the predecessor -, should have"},
		{"duplicates", func(r []node.Info) []node.Info { r[0].Successors[2] = r[0].Successors[1]; return r },
			"order 0", "out of order"},
		{"astray", func(r []node.Info) []node.Info {
			r[3].Successors = []chord.Contact{chord.NewContact("dead", 0)}
			return r
		}, "astray 3, silent -1", "none of its successors answers"},
		{"two rings", func(r []node.Info) []node.Info { return append(r, idealRing("other", 4)...) },
			"split", "is in one of 2 rings, of 4 peers"},
	} {
		infos := test.damage(idealRing("peer", 6))
		got := node.NewRing("peal", infos)
		if text := fmt.Sprint(got.Problems); !strings.Contains(text, test.mention) || got.WellFormed != (test.want == "") {
			t.Errorf("%s: well-formed %v, %s; want %q in it", test.name, got.WellFormed, text, test.mention)
		}
		if kinds := problems(infos); !strings.HasPrefix(kinds, test.want) || (test.want == "") != (kinds == "") {
			t.Errorf("%s: got %s, want %s", test.name, kinds, test.want)
		}
	}
}

// Whatever breaks an invariant of the protocol, or parts neighbours, is a problem
// that is listed: no other check is needed to say that a ring is well-formed.
func TestNoProblemIsMissed(t *testing.T) {
	broken := 0
	for seed := range uint64(3000) {
		random := rand.New(rand.NewPCG(seed, 0))
		infos := idealRing("peer", 1+random.IntN(6))
		for range random.IntN(4) {
			infos = damaged(infos, random)
		}
		err := checked(infos)
		got := node.NewRing("peal", infos)
		if err != nil {
			broken++
		}
		if err != nil && len(got.Problems) == 0 || got.WellFormed != (len(got.Problems) == 0) {
			t.Errorf("seed %d: %v, but well-formed %v with the problems %v", seed, err, got.WellFormed, got.Problems)
		}
	}
	if broken < 1000 {
		t.Errorf("%d of 3000 rings are broken, want most", broken)
	}
}

// checked is what chord says of a ring whose neighbours should know each other.
func checked(infos []node.Info) error {
	var views, heads []chord.Neighbourhood
	for _, i := range infos {
		v := chord.Neighbourhood{Self: i.Contact, Member: i.Member, Succ: i.Successors, Preds: []chord.Contact{i.Predecessor}}
		views = append(views, v)
		v.Succ = v.Succ[:min(1, len(v.Succ))]
		heads = append(heads, v)
	}
	return cmp.Or(chord.Check(views), chord.Ideal(heads, 1))
}

// damaged is a ring to which one more thing has happened.
func damaged(infos []node.Info, random *rand.Rand) []node.Info {
	i, other := random.IntN(len(infos)), infos[random.IntN(len(infos))].Contact
	victim := &infos[i]
	switch random.IntN(7) {
	case 0:
		victim.Member = false
	case 1:
		victim.Successors = nil
	case 2:
		victim.Predecessor = other
	case 3:
		victim.Successors = append([]chord.Contact{other}, victim.Successors...)
	case 4:
		victim.Successors = []chord.Contact{other}
	case 5:
		victim.Successors = []chord.Contact{chord.NewContact("dead", 0)}
	case 6:
		if len(infos) > 1 {
			return slices.Delete(infos, i, i+1)
		}
	}
	return infos
}

// Each of several rings is one problem, with all its members; what is right
// within each is none.
func TestSplitRingsAreListed(t *testing.T) {
	got := node.NewRing("peal", slices.Concat(idealRing("a", 6), idealRing("b", 3), idealRing("c", 1))).Problems
	var sizes []int
	for _, p := range got {
		if p.Kind != node.Split {
			t.Errorf("got %v, want nothing but rings", p)
		}
		sizes = append(sizes, len(p.Peers))
	}
	slices.Sort(sizes)
	if want := []int{1, 3, 6}; !slices.Equal(sizes, want) {
		t.Errorf("got rings of %v peers, want %v", sizes, want)
	}
}
