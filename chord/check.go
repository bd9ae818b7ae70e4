package chord

import (
	"fmt"
	"slices"
)

// Check tells whether live members' views keep the invariants of Zave's
// protocol: every member has a live successor in its list; lists are ordered
// and free of duplicates; following the first live successor there is exactly
// one ring, in the order of the identifiers; and every member leads to it.
// views holds every live node, members or not. The error names the invariant
// and the peer.
func Check(views []Neighbourhood) error {
	r := newRingView(views)
	for i, v := range r.members {
		if err := orderedList(v); err != nil {
			return err
		}
		if r.best(i) < 0 {
			return fmt.Errorf("%v has no live successor in its list %v", v.Self, v.Succ)
		}
	}
	return r.oneOrderedRing()
}

// Ideal tells whether the ring is as it should be when nothing fails: every
// successor list, of at most length successors, and every predecessor is
// globally right.
func Ideal(views []Neighbourhood, successors int) error {
	r := newRingView(views)
	count := len(r.members)
	for i, v := range r.members {
		var want []Contact
		for k := 1; k <= min(successors, count-1); k++ {
			want = append(want, r.members[(i+k)%count].Self)
		}
		if !slices.Equal(v.Succ, want) {
			return fmt.Errorf("%v has the successors %v, should have %v", v.Self, v.Succ, want)
		}
		if pred := r.members[(i+count-1)%count].Self; count > 1 && v.Pred() != pred {
			return fmt.Errorf("%v has the predecessor %v, should have %v", v.Self, v.Pred(), pred)
		}
	}
	return nil
}

// ringView is the members ordered by position.
type ringView struct{ members []Neighbourhood }

func newRingView(views []Neighbourhood) ringView {
	members := slices.DeleteFunc(slices.Clone(views), func(v Neighbourhood) bool { return !v.Member })
	slices.SortFunc(members, func(a, b Neighbourhood) int { return a.Self.ID.Compare(b.Self.ID) })
	return ringView{members}
}

// best is the index of a member's first live successor, and -1 if there is none. A
// member with an empty list is its own successor: that is how a ring begins.
func (r ringView) best(at int) int {
	if len(r.members[at].Succ) == 0 {
		return at
	}
	next := (at + 1) % len(r.members)
	for _, c := range r.members[at].Succ {
		if r.members[next].Self.ID == c.ID {
			return next // without a search, unless the ring is in disorder
		}
		if i, found := r.search(c.ID); found {
			return i
		}
	}
	return -1
}

func (r ringView) search(id ID) (int, bool) {
	return slices.BinarySearchFunc(r.members, id, func(v Neighbourhood, id ID) int { return v.Self.ID.Compare(id) })
}

func orderedList(v Neighbourhood) error {
	last := v.Self
	for i, c := range v.Succ {
		if c == v.Self || (i > 0 && !Between(last.ID, c.ID, v.Self.ID)) {
			return fmt.Errorf("the successor list of %v is out of order: %v", v.Self, v.Succ)
		}
		last = c
	}
	return nil
}

// oneOrderedRing walks from every member along the best successors. All walks
// must end in the same cycle, and that cycle must go round the circle once.
func (r ringView) oneOrderedRing() error {
	walkOf := make([]int, len(r.members)) // number of the walk that came by, from 1
	rings := 0
	for start := range r.members {
		at := start
		for walkOf[at] == 0 {
			walkOf[at] = start + 1
			next := r.best(at)
			if next < 0 {
				return fmt.Errorf("%v has no live successor in its list", r.members[at].Self)
			}
			at = next
		}
		if walkOf[at] != start+1 {
			continue // joined the path of an earlier walk
		}
		if rings++; rings > 1 {
			return fmt.Errorf("there is a second ring, through %v", r.members[at].Self)
		}
		if err := r.goesRoundOnce(at); err != nil {
			return err
		}
	}
	return nil
}

// goesRoundOnce follows the cycle through a member: the indexes, ordered by
// position, may fall only once.
func (r ringView) goesRoundOnce(start int) error {
	descents := 0
	for at := start; ; {
		next := r.best(at)
		if next <= at {
			descents++
		}
		if descents > 1 {
			return fmt.Errorf("the ring is out of order at %v: its successor is %v", r.members[at].Self, r.members[next].Self)
		}
		if at = next; at == start {
			return nil
		}
	}
}
