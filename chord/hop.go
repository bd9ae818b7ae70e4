package chord

import "slices"

// askNext sends the lookup's next request, or lets it pause if nobody is left
// to ask: the ring may be mending.
func (n *Node) askNext(now Time, l *lookup) {
	if now >= l.deadline {
		n.finish(now, l, Message{})
		return
	}
	hops, owners := n.waiting(l)
	if owners > 0 {
		return
	}
	if c, ok := l.nextOwner(); ok {
		n.askOwner(now, l, c)
		return
	}
	if !l.owner.From.IsZero() && (l.checked || !l.doubtful()) {
		n.ownerFound(now, l)
		return
	}
	l.checked = !l.owner.From.IsZero()
	n.askHops(now, l, hops)
}

// askHops sends requests to peers before the target. The first peer is asked alone,
// since it often knows the owner, and so are ways into another ring; those that it
// names, several at a time: the next hop is whoever answers first.
func (n *Node) askHops(now Time, l *lookup, waiting int) {
	limit := 1
	if len(l.seeds) == 0 && l.failures() < len(l.hops) {
		limit = n.cfg.Parallel
	}
	for ; waiting == 0 || waiting < limit && l.hasCloser(); waiting++ {
		to, known := n.nextHop(l)
		switch {
		case !to.IsZero():
			n.ask(now, l, to, Message{Kind: Find, Target: l.target, Closer: known})
			continue
		case l.hopeless(now):
			n.finish(now, l, Message{})
		default:
			n.pause(now, l)
		}
		return
	}
}

// waiting counts the lookup's requests without an answer, to hops and to candidates.
func (n *Node) waiting(l *lookup) (hops, owners int) {
	for i := range n.calls {
		switch c := &n.calls[i]; {
		case c.lookup != l.id || c.to.IsZero():
		case c.state:
			owners++
		default:
			hops++
		}
	}
	return hops, owners
}

// hasCloser reports whether somebody not asked yet is closer to the target than the
// last peer that answered.
func (l *lookup) hasCloser() bool {
	return len(l.toAsk) > 0 && (l.source.IsZero() || Between(l.source.ID, l.toAsk[0].ID, l.target))
}

// pause lets a lookup start over in a while: the ring may be mending.
func (n *Node) pause(now Time, l *lookup) {
	n.call(call{lookup: l.id, sent: now, deadline: min(now.Add(lookupPause), l.deadline)})
}

// nextHop is the closest contact not asked yet. When those that the last peer
// named are all silent, it is that peer once more, for others than the known
// ones, which are given too; and when there is none, our own tables are.
func (n *Node) nextHop(l *lookup) (to Contact, known []Contact) {
	if !l.source.IsZero() && !l.hasCloser() {
		return l.source, l.asked[max(0, len(l.asked)-MaxContacts):]
	}
	if len(l.toAsk) == 0 && len(l.seeds) == 0 {
		l.toAsk = n.closestPreceding(l.target, l.asked)
	}
	if len(l.toAsk) == 0 {
		return Contact{}, nil
	}
	to = l.toAsk[0]
	l.toAsk = slices.Delete(l.toAsk, 0, 1)
	return to, nil
}

func (n *Node) ask(now Time, l *lookup, to Contact, m Message) {
	if l.trace != nil {
		l.noteChoice(to, l.reason(to, m.Kind == Query))
	}
	if !slices.Contains(l.asked, to) {
		l.asked = append(l.asked, to)
	}
	c := n.call(call{to: to, sent: now, deadline: now.Add(n.timeout(to)), lookup: l.id, state: m.Kind == Query})
	m.Seq = c.seq
	n.send(to, m)
}

// hopeless reports whether a lookup that ran dry should not even start over: an
// introduction will be made again anyway, and a joiner whose ways in have still
// not joined anything is one of several that begin a ring.
func (l *lookup) hopeless(now Time) bool {
	return l.purpose == introduceLookup || l.purpose == newsLookup || l.purpose == joinLookup && l.outside && now.Sub(l.started) > joinPatience
}
