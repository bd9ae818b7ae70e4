package chord

import "slices"

// The last hop of a lookup. A peer whose successor list reaches behind the
// target names the owner before the lookup has come to the owner's predecessor
// (Stoica et al., section V.D: the list saves the last 1/2 log2 r hops). What it
// says of far successors may be some rounds old, so the owner itself is asked:
// it knows of newer peers between the target and itself. And if it is silent,
// the next one of the list takes its place: a crowd that died at once costs its
// timeouts, and no lookup has to wait until the ring is mended.

// ownersOf lists what our successor list says of a target that lies inside of
// it: the owner and those that follow; nothing if the list does not reach it.
func (n *Node) ownersOf(target ID) []Contact {
	from := n.cfg.Self.ID
	for i, c := range n.succ {
		if (Arc{from, c.ID}).Contains(target) {
			return slices.Clone(n.succ[i:])
		}
		from = c.ID
	}
	return nil
}

// candidates takes in contacts at or behind the target, of which the first that
// lives is its owner. Only a result's reader and a finger can do with an owner
// that its predecessor did not name. Whom we gave up is not asked, unless those
// name it who should know: it may be back.
func (n *Node) candidates(l *lookup, list []Contact, evenLost bool) {
	if l.purpose != clientLookup && l.purpose != confirmedLookup && l.purpose != fingerLookup {
		return
	}
	for _, c := range list {
		if !c.IsZero() && !slices.Contains(l.asked, c) && (evenLost || !n.leavesOut(l, c)) {
			l.owners = insertNearest(l.owners, c, l.target, n.cfg.Successors)
		}
	}
}

// named is told who the owners are by one who should know. That ends a lookup,
// unless they are to confirm it.
func (n *Node) named(now Time, l *lookup, m Message) {
	if l.purpose != confirmedLookup {
		n.finish(now, l, m)
		return
	}
	n.candidates(l, m.Succ, true)
	n.askNext(now, l)
}

// ownerFound ends a lookup whose nearest candidate that lives has answered. One
// that has to be confirmed starts over unless that candidate agrees.
func (n *Node) ownerFound(now Time, l *lookup) {
	if l.purpose == confirmedLookup && !n.agrees(l) {
		n.pause(now, l)
		return
	}
	n.finish(now, l, l.confirmed(n.cfg.Successors))
}

// agrees reports whether the candidate takes itself for the owner. Without a
// predecessor it cannot: there may be a peer in between that it has not heard of.
func (n *Node) agrees(l *lookup) bool {
	pred := firstOf(l.owner.Preds)
	if len(l.owner.Succ) == 0 {
		return l.owner.From == n.cfg.Self // another would have a ring of its own
	}
	return !pred.IsZero() && Arc{pred.ID, l.owner.From.ID}.Contains(l.target)
}

// insertNearest puts c into a list ordered by the walk from the target, and
// keeps the limit nearest.
func insertNearest(list []Contact, c Contact, target ID, limit int) []Contact {
	i, found := slices.BinarySearchFunc(list, target.Distance(c.ID), func(k Contact, d ID) int {
		return target.Distance(k.ID).Compare(d)
	})
	if found || i >= limit {
		return list
	}
	return slices.Insert(list[:min(len(list), limit-1)], i, c)
}

// nextOwner is the candidate to ask next: one that is nearer to the target than
// the one that has answered, if there is any.
func (l *lookup) nextOwner() (Contact, bool) {
	if len(l.owners) == 0 || !l.owner.From.IsZero() && !l.behindOwner(l.owners[0]) {
		return Contact{}, false
	}
	c := l.owners[0]
	l.owners = slices.Delete(l.owners, 0, 1)
	return c, true
}

// behindOwner reports whether c lies between the target, inclusive, and the
// candidate that answered.
func (l *lookup) behindOwner(c Contact) bool {
	return c.ID == l.target || Between(l.target, c.ID, l.owner.From.ID)
}

// askOwner asks a candidate for its state. When that is us, we know it.
func (n *Node) askOwner(now Time, l *lookup, c Contact) {
	if c != n.cfg.Self {
		n.ask(now, l, c, Message{Kind: Query})
		return
	}
	n.ownerSaid(l, Message{From: c, Preds: n.preds, Succ: n.succ, Whole: n.spans()})
	n.askNext(now, l)
}

// onOwner takes in a candidate's state.
func (n *Node) onOwner(now Time, c call, m Message) {
	l := n.lookup(c.lookup)
	if l == nil {
		return
	}
	l.ended(Hop{Contact: m.From, Took: now.Sub(c.sent), Failed: !m.Member})
	if m.Member {
		n.ownerSaid(l, m)
	} else {
		n.refused(now, c)
	}
	n.askNext(now, l)
}

// ownerSaid keeps the answer of a candidate. Those that it knows between the
// target and itself come first.
func (n *Node) ownerSaid(l *lookup, m Message) {
	l.owner = m
	n.candidates(l, l.before(m.Preds), l.purpose == confirmedLookup)
}

// before lists those of the owner's predecessors that should own the target.
func (l *lookup) before(preds []Contact) []Contact {
	return slices.DeleteFunc(slices.Clone(preds), func(c Contact) bool { return c.IsZero() || !l.behindOwner(c) })
}

// doubtful reports whether to ask the closest contact before the target, too: if
// the owner counts on one that is silent, a newcomer before that one is known
// only to its predecessor. That matters while peers come and go one by one. When
// others were silent on the way a crowd has died, and lookups have enough to do.
func (l *lookup) doubtful() bool {
	return l.purpose == clientLookup && len(l.toAsk) > 0 && len(l.before(l.owner.Preds)) > 0 && l.failures() <= 1
}

// failures counts the hops that did not answer as members.
func (l *lookup) failures() (count int) {
	for _, h := range l.hops {
		if h.Failed {
			count++
		}
	}
	return count
}

// confirmed is the answer that ends the lookup. Peers between the target and the
// owner on which the owner counts stay on the list, up to a limit, though they
// were silent or we have given them up: they may not be dead, and their data is
// where it would be if they were alive.
func (l *lookup) confirmed(limit int) Message {
	var silent []Contact
	if l.purpose == clientLookup {
		silent = l.before(l.owner.Preds[:min(len(l.owner.Preds), limit)])
		slices.Reverse(silent)
	}
	owners := append(slices.Clone(silent), l.owner.From)
	for _, c := range l.owner.Succ {
		if !slices.Contains(silent, c) { // else the list goes round the ring
			owners = append(owners, c)
		}
	}
	return Message{From: l.owner.From, Succ: owners, Whole: l.owner.Whole}
}
