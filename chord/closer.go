package chord

import (
	"slices"
	"sort"
)

// onFind answers with the owners if the target lies between us and our
// successor, and else with the closest contacts before it, and what our
// successor list says of the owners.
func (n *Node) onFind(m Message) {
	reply := Message{Kind: Found, Seq: m.Seq}
	switch {
	case !n.member:
	case len(n.succ) == 0 || Arc{n.cfg.Self.ID, n.succ[0].ID}.Contains(m.Target):
		reply.Done, reply.Succ, reply.Whole = true, n.owners(), n.spans()
	default:
		reply.Closer, reply.Succ = n.closestPreceding(m.Target, m.Closer), n.ownersOf(m.Target)
	}
	n.send(m.From, reply)
}

// shortlist keeps the contacts of an answer that get us closer to the target
// than the one who gave it, the closest first.
func (n *Node) shortlist(l *lookup, m Message) {
	news := false
	for _, c := range m.Closer {
		if !c.IsZero() && c != n.cfg.Self && Between(m.From.ID, c.ID, l.target) &&
			!slices.Contains(l.asked, c) && !n.leavesOut(l, c) {
			news = l.alsoAsk(c, 2*closerContacts) || news
		}
	}
	switch {
	case news && (l.source.IsZero() || Between(l.source.ID, m.From.ID, l.target)):
		l.source = m.From
	case !news && l.source == m.From:
		l.source = Contact{}
	}
}

// alsoAsk puts c on the list of those to ask, if it is among the limit closest,
// and reports whether it was not there yet.
func (l *lookup) alsoAsk(c Contact, limit int) (news bool) {
	l.toAsk, news = insertClosest(l.toAsk, c, l.target, limit)
	return news
}

// closestPreceding lists the contacts from all our tables that most closely
// precede the target, closest first, without those that are known already.
func (n *Node) closestPreceding(target ID, known []Contact) []Contact {
	self := n.cfg.Self.ID
	heard := n.cache.before(target, closerContacts+len(known))
	fingers, succ := preceding(n.fingers.contacts, self, target), preceding(n.succ, self, target)
	list := make([]Contact, 0, closerContacts)
	for len(list) < closerContacts {
		c := closest(target, firstOf(heard), lastOf(fingers), lastOf(succ))
		if c.IsZero() {
			break
		}
		if firstOf(heard) == c {
			heard = heard[1:]
		}
		fingers, succ = withoutLast(fingers, c), withoutLast(succ, c)
		if !slices.Contains(known, c) {
			list = append(list, c)
		}
	}
	return list
}

// preceding is the part of a table, ordered by the walk from self, that lies before
// the target.
func preceding(table []Contact, self, target ID) []Contact {
	end := sort.Search(len(table), func(i int) bool { return !Between(self, table[i].ID, target) })
	return table[:end]
}

func lastOf(list []Contact) Contact {
	if len(list) == 0 {
		return Contact{}
	}
	return list[len(list)-1]
}

// withoutLast is a list without c at its end.
func withoutLast(list []Contact, c Contact) []Contact {
	if lastOf(list) == c {
		return list[:len(list)-1]
	}
	return list
}

// closest is the one of several contacts before the target that is nearest to it;
// nobody is farther than anybody.
func closest(target ID, contacts ...Contact) (c Contact) {
	for _, k := range contacts {
		if c.IsZero() || (!k.IsZero() && Between(c.ID, k.ID, target)) {
			c = k
		}
	}
	return c
}

// insertClosest puts c into a list ordered by distance to the target, keeps the
// limit closest, and reports whether c is one of them that was not there yet.
func insertClosest(list []Contact, c Contact, target ID, limit int) ([]Contact, bool) {
	i, found := slices.BinarySearchFunc(list, c, func(k, c Contact) int {
		switch {
		case k == c:
			return 0
		case Between(k.ID, c.ID, target):
			return +1
		}
		return -1
	})
	if found || i >= limit {
		return list, false
	}
	return slices.Insert(list[:min(len(list), limit-1)], i, c), true
}
