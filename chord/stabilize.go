package chord

import "slices"

// successor is the head of the successor list; alone, the node itself.
func (n *Node) successor() Contact {
	if len(n.succ) == 0 {
		return n.cfg.Self
	}
	return n.succ[0]
}

// stabilize begins a round: the head of the list is asked for its state, and
// the predecessor whether it lives, unless it has asked us as its own head since
// the last round. onState goes on from there.
func (n *Node) stabilize(now Time) {
	n.stabilizeAt = now.Add(n.spread(n.rounds.next()))
	n.askSuccessor(now)
	if !n.followed {
		n.query(now, n.preds[0])
	}
	n.followed = false
}

// askSuccessor asks the head of the list. A node whose whole list died asks
// the next contacts that it knows clockwise: whichever answers is adopted.
func (n *Node) askSuccessor(now Time) {
	if len(n.succ) > 0 {
		n.query(now, n.succ[0])
		return
	}
	for _, c := range n.cache.after(n.cfg.Self.ID, closerContacts) {
		n.query(now, c)
	}
	for _, c := range n.fingers.contacts {
		n.query(now, c)
	}
}

func (n *Node) onQuery(m Message) {
	if n.inAgreement(m) {
		n.send(m.From, Message{Kind: State, Seq: m.Seq, Same: true})
		return
	}
	n.send(m.From, Message{Kind: State, Seq: m.Seq, Preds: n.preds, Succ: n.succ, Whole: n.spans()})
}

// onState judges a state against our own. It is dropped, and asked for again,
// if our neighbours changed since the query left, or if the sender was no member
// then and is heard from as one since.
func (n *Node) onState(now Time, m Message) {
	c, ok := n.answered(now, m)
	switch {
	case ok && c.lookup != 0:
		n.onOwner(now, c, m)
		return
	case !ok || !n.member:
		return
	case !m.Member && !c.heard:
		n.remove(now, m.From)
		return
	case c.epoch != n.epoch || !m.Member:
		n.query(now, m.From)
		return
	case m.Same:
		n.measure(now, m.From, max(c.measures, 1)-1)
		return
	}
	if m.From == n.preds[0] {
		n.refreshPredecessors(now, m)
	}
	self, head := n.cfg.Self.ID, n.successor()
	if m.From != head && !Between(self, m.From.ID, head.ID) {
		return
	}
	n.setSuccessors(m.From, m.Succ)
	if before := firstOf(m.Preds); Between(self, before.ID, m.From.ID) && !before.IsZero() {
		n.query(now, before)
		if !n.isLost(before) { // else it may be back, but the head need not wait for it
			return
		}
	}
	n.notify(m.From)
}

func (n *Node) notify(to Contact) {
	n.send(to, Message{Kind: Notify, Preds: n.preds})
}

// setSuccessors makes the list of a live head ours: the head, then its own
// list, as far as it does not come round to us.
func (n *Node) setSuccessors(head Contact, behind []Contact) {
	list := n.out.list[:0]
	last, whole := n.cfg.Self, head.IsZero()
	for i := -1; i < len(behind) && len(list) < n.cfg.Successors; i++ {
		c := head
		if i >= 0 {
			c = behind[i]
		}
		if c == n.cfg.Self {
			whole = true
			break
		}
		if c.IsZero() || !Between(last.ID, c.ID, n.cfg.Self.ID) {
			continue // out of order: a correct peer sends none
		}
		list = append(list, c)
		last = c
	}
	if whole != n.whole {
		n.whole = whole
		n.neighboursChanged()
	}
	n.out.list = list
	n.replaceSuccessors(list)
}

func (n *Node) neighboursChanged() { n.out.ready.Neighbours, n.stirred = true, true }

// replaceSuccessors takes over a copy of the list. The old one is not written: it
// may be in messages on their way.
func (n *Node) replaceSuccessors(list []Contact) {
	if slices.Equal(list, n.succ) {
		return
	}
	old := n.successor()
	n.tellChange(n.preds[0])
	n.succ = slices.Clone(list)
	n.epoch++
	n.neighboursChanged()
	if head := n.successor(); head != old {
		n.emit(NewSuccessor, firstOf(list))
	}
}

// tellChange lets a neighbour ask at once instead of in its next round. A list is
// made of the next one's list, so a change that goes through r members would take as
// many rounds otherwise.
func (n *Node) tellChange(to Contact) {
	if n.member && !to.IsZero() {
		n.send(to, Message{Kind: Changed})
	}
}

func (n *Node) onChanged(now Time, m Message) {
	if n.member && (m.From == n.successor() || m.From == n.preds[0]) {
		n.query(now, m.From)
	}
}

// onNotify is rectify: the notifier is adopted if it is closer than our
// predecessor. Otherwise the predecessor has to prove that it lives; if it
// does not, the notifier is invited to come again (invite).
func (n *Node) onNotify(now Time, m Message) {
	if !n.member || !m.Member {
		return
	}
	pred := n.preds[0]
	n.followedBy(m.From)
	switch {
	case pred == m.From:
		n.refreshPredecessors(now, Message{From: m.From, Preds: m.Preds, Succ: []Contact{n.cfg.Self}})
	case pred.IsZero() || Between(pred.ID, m.From.ID, n.cfg.Self.ID):
		n.setPredecessor(m.From, m.Preds)
	default:
		n.query(now, pred)
	}
}

// followedBy notes that a member takes us for its successor.
func (n *Node) followedBy(c Contact) {
	n.followed = n.followed || c == n.preds[0]
	if !n.known {
		n.known = true
		n.emit(Known, c)
	}
}

func (n *Node) setPredecessor(pred Contact, before []Contact) {
	n.replacePredecessors(n.predecessors(pred, before))
	n.followed = false
	n.epoch++
	n.emit(NewPredecessor, pred)
}

func (n *Node) replacePredecessors(list []Contact) {
	n.preds = slices.Clone(list)
	n.neighboursChanged()
	n.tellChange(firstOf(n.succ))
}

// refreshPredecessors takes over what our predecessor says of those before it.
// If it takes another peer for its successor, that one may be between us, or
// the ring of another, larger half: we look for whoever should point at us.
func (n *Node) refreshPredecessors(now Time, m Message) {
	preds := n.predecessors(m.From, m.Preds)
	if !slices.Equal(preds, n.preds) {
		n.replacePredecessors(preds)
	}
	if next := firstOf(m.Succ); !next.IsZero() && Between(m.From.ID, next.ID, n.cfg.Self.ID) {
		n.introduce(now, introduceLookup, m.From)
	}
}

// predecessors lists pred and those before it, as far as they do not come round
// to us. The list is good until the next one is made.
func (n *Node) predecessors(pred Contact, before []Contact) []Contact {
	self := n.cfg.Self
	list := append(n.out.list[:0], pred)
	last := pred
	if pred.IsZero() {
		last = self // anybody may be next
	}
	for _, c := range before {
		if c == self || len(list) == n.cfg.Successors {
			break
		}
		if !c.IsZero() && Between(self.ID, c.ID, last.ID) {
			list = append(list, c)
			last = c
		}
	}
	n.out.list = list
	return list
}

// onLeaving takes a peer that said goodbye out, without waiting for timeouts. What
// we asked it is not answered any more: that is no death.
func (n *Node) onLeaving(now Time, m Message) {
	n.emit(Departed, m.From)
	n.calls = slices.DeleteFunc(n.calls, func(c call) bool { return c.to == m.From && c.lookup == 0 })
	n.remove(now, m.From)
}

// Leave says goodbye to every neighbour. The node is no member afterwards, and
// never will be again. Of what it has begun only lookups for its driver go on.
func (n *Node) Leave() {
	if !n.member {
		return
	}
	n.member, n.left = false, true
	told := append(slices.Clone(n.succ), n.preds...)
	for i, c := range told {
		if !c.IsZero() && !slices.Contains(told[:i], c) {
			n.send(c, Message{Kind: Leaving, Preds: n.preds, Succ: n.succ})
		}
	}
	n.stabilizeAt, n.fingerAt = Never, Never
	n.lost, n.vouches, n.doubts = nil, nil, nil
	n.lookups = slices.DeleteFunc(n.lookups, func(l *lookup) bool { return l.purpose != clientLookup && l.purpose != confirmedLookup })
	n.calls = slices.DeleteFunc(n.calls, func(c call) bool { return n.lookup(c.lookup) == nil })
}

func firstOf(list []Contact) Contact {
	if len(list) == 0 {
		return Contact{}
	}
	return list[0]
}
