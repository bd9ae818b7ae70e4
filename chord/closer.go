package chord

import "slices"

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
	list := n.cache.before(target, closerContacts+len(known))
	list = slices.DeleteFunc(list, func(c Contact) bool { return slices.Contains(known, c) })
	list = list[:min(len(list), closerContacts)]
	list = slices.Grow(list, closerContacts-len(list))
	for _, table := range [2][]Contact{n.fingers.contacts, n.succ} {
		for _, c := range table {
			if Between(n.cfg.Self.ID, c.ID, target) && !slices.Contains(list, c) && !slices.Contains(known, c) {
				list, _ = insertClosest(list, c, target, closerContacts)
			}
		}
	}
	return list
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
