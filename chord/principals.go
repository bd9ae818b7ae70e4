package chord

// Principals are the members that no member passes over: nowhere in a list,
// with the list's owner before it, do two neighbours enclose them. A list that
// goes round the whole ring ends at its owner. In order of position.
//
// Zave's inductive invariant is that every member has a live successor in its
// list and that at least r+1 members are principals, r being the length of a
// full list. Everything that [Check] asserts follows from these two. Check
// does not assert the second: a ring grows from one member, and may shrink
// below r+1; what must hold of a ring's steps is that a principal is lost only
// by its own failure.
func Principals(views []Neighbourhood) []Contact {
	r := newRingView(views)
	passed := make([]bool, len(r.members))
	for _, v := range r.members {
		r.passOverBy(passed, v)
	}
	var list []Contact
	for i, v := range r.members {
		if !passed[i] {
			list = append(list, v.Self)
		}
	}
	return list
}

// passOverBy marks the members that a list passes over.
func (r ringView) passOverBy(passed []bool, v Neighbourhood) {
	last := v.Self
	for _, c := range v.Succ {
		r.passOver(passed, last.ID, c.ID)
		last = c
	}
	if v.Whole {
		r.passOver(passed, last.ID, v.Self.ID)
	}
}

// passOver marks the members between two positions.
func (r ringView) passOver(passed []bool, from, to ID) {
	first, found := r.search(from)
	if found {
		first++
	}
	for k := range r.members {
		i := (first + k) % len(r.members)
		if !Between(from, r.members[i].Self.ID, to) {
			return
		}
		passed[i] = true
	}
}
