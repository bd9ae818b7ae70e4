package node

import (
	"fmt"
	"slices"
	"strings"

	"peal/chord"
)

// A diagnosis compares what the members of a ring know of each other. Peers
// that have not joined yet live too, but nothing is expected of them.
type diagnosis struct {
	members  []Info // by position
	lives    map[chord.Contact]bool
	index    map[chord.Contact]int // of the members
	ringOf   []int                 // for each member: the number of the ring that it leads to, -1 if to none
	rings    int
	problems []Problem
}

// diagnose lists everything that keeps peers from being one well-formed ring.
func diagnose(infos []Info) []Problem {
	d := diagnosis{lives: map[chord.Contact]bool{}, index: map[chord.Contact]int{}}
	for _, info := range infos {
		d.lives[info.Contact] = true
		if info.Member {
			d.members = append(d.members, info)
		}
	}
	slices.SortFunc(d.members, func(a, b Info) int { return a.ID.Compare(b.ID) })
	for i, m := range d.members {
		d.index[m.Contact] = i
	}
	d.findRings()
	d.judgeRings()
	d.judgeSilent()
	for ring := range d.rings {
		d.judgeNeighbours(d.membersOf(ring))
	}
	for _, m := range d.members {
		d.judgeOrder(m)
	}
	return d.problems
}

func (d *diagnosis) add(kind ProblemKind, peer chord.Contact, peers []chord.Contact, format string, args ...any) {
	d.problems = append(d.problems, Problem{kind, peer, peers, fmt.Sprintf(format, args...)})
}

// best is the index of a member's first live successor, -1 if it has none. One
// with an empty list is its own successor: so a ring begins.
func (d *diagnosis) best(m Info) int {
	if len(m.Successors) == 0 {
		return d.index[m.Contact]
	}
	for _, c := range m.Successors {
		if i, ok := d.index[c]; ok {
			return i
		}
	}
	return -1
}

// findRings follows the best successors from every member: each walk ends in a
// cycle, which is a ring, or with a member that has nobody to go on to.
func (d *diagnosis) findRings() {
	const unknown, walking, none = -3, -2, -1
	d.ringOf = slices.Repeat([]int{unknown}, len(d.members))
	for start := range d.members {
		var path []int
		at := start
		for at >= 0 && d.ringOf[at] == unknown {
			d.ringOf[at] = walking
			path = append(path, at)
			at = d.best(d.members[at])
		}
		ring := none
		switch {
		case at >= 0 && d.ringOf[at] == walking:
			ring = d.rings
			d.rings++
		case at >= 0:
			ring = d.ringOf[at]
		}
		for _, i := range path {
			d.ringOf[i] = ring
		}
	}
}

func (d *diagnosis) membersOf(ring int) []Info {
	var list []Info
	for i, m := range d.members {
		if d.ringOf[i] == ring {
			list = append(list, m)
		}
	}
	return list
}

func (d *diagnosis) judgeRings() {
	for ring := 0; d.rings > 1 && ring < d.rings; ring++ {
		members := contactsOf(d.membersOf(ring))
		count := fmt.Sprintf("%d peers", len(members))
		if len(members) == 1 {
			count = "this peer alone"
		}
		d.add(Split, members[0], members, "is in one of %d rings, of %s: %s", d.rings, count, someOf(members))
	}
	for i, m := range d.members {
		if d.ringOf[i] < 0 && d.best(m) < 0 {
			d.add(Astray, m.Contact, m.Successors, "leads to no ring: none of its successors answers: %s", someOf(m.Successors))
		}
	}
}

// judgeSilent looks for peers that are listed, and are not there.
func (d *diagnosis) judgeSilent() {
	var silent []chord.Contact
	listedBy := map[chord.Contact][]chord.Contact{}
	for _, m := range d.members {
		for _, c := range append(slices.Clone(m.Successors), m.Predecessor) {
			if c.IsZero() || d.lives[c] || slices.Contains(listedBy[c], m.Contact) {
				continue
			}
			if len(listedBy[c]) == 0 {
				silent = append(silent, c)
			}
			listedBy[c] = append(listedBy[c], m.Contact)
		}
	}
	for _, c := range silent {
		d.add(Silent, c, listedBy[c], "does not answer; still listed by %s", someOf(listedBy[c]))
	}
}

// judgeNeighbours compares the members of one ring with those beside them.
func (d *diagnosis) judgeNeighbours(ring []Info) {
	count := len(ring)
	for i, m := range ring {
		next, before := ring[(i+1)%count].Contact, ring[(i+count-1)%count].Contact
		var successor chord.Contact
		if len(m.Successors) > 0 {
			successor = m.Successors[0]
		}
		if count > 1 && successor != next {
			d.add(WrongSuccessor, m.Contact, []chord.Contact{next}, "has the successor %v, should have %v", successor, next)
		}
		if count > 1 && m.Predecessor != before {
			d.add(WrongPredecessor, m.Contact, []chord.Contact{before}, "has the predecessor %v, should have %v", m.Predecessor, before)
		}
	}
}

func (d *diagnosis) judgeOrder(m Info) {
	last := m.Contact
	for i, c := range m.Successors {
		if c == m.Contact || i > 0 && !chord.Between(last.ID, c.ID, m.ID) {
			d.add(WrongOrder, m.Contact, m.Successors, "has %v out of order in its successor list", c)
			return
		}
		last = c
	}
}

func contactsOf(infos []Info) []chord.Contact {
	list := make([]chord.Contact, len(infos))
	for i, info := range infos {
		list[i] = info.Contact
	}
	return list
}

// someOf names the first of some peers.
func someOf(peers []chord.Contact) string {
	const most = 2
	var names []string
	for _, c := range peers[:min(len(peers), most)] {
		names = append(names, c.String())
	}
	text := strings.Join(names, ", ")
	if more := len(peers) - most; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}
