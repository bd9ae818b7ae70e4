package chord

import "slices"

// Meet tells the node of a contact in the same ring, or in another ring of the
// same name. A node that is no member joins through it; a member looks up its
// own place there, so that two rings become one. A node that has left stays away.
func (n *Node) Meet(now Time, via Contact) {
	switch {
	case n.member:
		n.introduce(now, introduceLookup, via)
	case n.left:
	case via == n.cfg.Self:
		n.emit(JoinFailed, via)
	case n.looking(joinLookup):
		n.joinAlso(via)
	default:
		n.startLookup(now, joinLookup, n.cfg.Self.ID, []Contact{via})
	}
}

// joinAlso gives a join another way in: the first may be about to join itself.
func (n *Node) joinAlso(via Contact) {
	for _, l := range n.lookups {
		if l.purpose == joinLookup && !slices.Contains(l.seeds, via) && len(l.seeds) < MaxContacts {
			l.seeds = append(l.seeds, via)
			l.alsoAsk(via, MaxContacts)
		}
	}
}

// Member reports whether the node is a member of a ring.
func (n *Node) Member() bool { return n.member }

// introduce looks up the node's own place through a contact; the peer before
// that place then hears from us (see heardFrom), and its successor from us.
func (n *Node) introduce(now Time, purpose lookupPurpose, via Contact) {
	if via != n.cfg.Self && !n.looking(purpose) {
		n.startLookup(now, purpose, n.cfg.Self.ID, []Contact{via})
	}
}

func (n *Node) looking(purpose lookupPurpose) bool {
	return slices.ContainsFunc(n.lookups, func(l *lookup) bool { return l.purpose == purpose })
}

// joinEnded takes our place, if it was found. If there is a ring that is too
// busy or too torn to show it to us, we go on asking: to begin another one would
// tear it further.
func (n *Node) joinEnded(now Time, l *lookup, m Message) {
	isRing := l.failures() < len(l.hops)
	switch {
	case n.member || n.left:
	case !m.From.IsZero():
		n.joined(now, m.From, withoutSelf(m.Succ, n.cfg.Self))
	case isRing:
		n.startLookup(now, joinLookup, n.cfg.Self.ID, l.seeds)
	default:
		n.emit(JoinFailed, firstOf(l.seeds))
	}
}

// joined is the end of join: pred answered for our place, and we take over its
// successor list whole.
func (n *Node) joined(now Time, pred Contact, succ []Contact) {
	n.becomeMember(now, pred, succ)
	n.query(now, pred) // makes us known to it
	n.stabilize(now)
}

func (n *Node) becomeMember(now Time, pred Contact, succ []Contact) {
	n.member = true
	n.preds = []Contact{pred}
	n.setSuccessors(firstOf(succ), tail(succ))
	n.epoch++
	n.neighboursChanged()
	n.stabilizeAt = now.Add(n.cfg.StabilizeEvery)
	n.fingerBit = Bits
	if n.cfg.FixFingerEvery >= 0 {
		n.fingerAt = now.Add(n.cfg.StabilizeEvery)
	}
	n.emit(Joined, pred)
	if n.known = pred.IsZero(); n.known {
		n.emit(Known, pred)
	}
}

// introduced follows up on an introduction: the peer before our place and the
// one behind it hear from us, and adopt us if we belong there. If that one is
// news, others should hear of it.
func (n *Node) introduced(now Time, before Contact, behind []Contact) {
	n.query(now, before)
	if next := firstOf(behind); Between(n.cfg.Self.ID, next.ID, n.successor().ID) {
		n.query(now, next)
		n.passOn(next)
	}
}

// passOn tells two fingers of a contact in a part of the ring that we had lost sight
// of. Each introduces itself there, and passes on what is news to it: so all places
// are sewn together at once. Neighbours alone would pass it on from one to the next,
// all the way round. Which two depends on the last digits of both positions, which
// are as good as drawn by lot.
func (n *Node) passOn(news Contact) {
	fingers := n.fingers.contacts
	count := len(fingers)
	draw := int(n.cfg.Self.ID[len(ID{})-1]) + int(news.ID[len(ID{})-1])
	for i := range min(newsFanout, count) {
		n.send(fingers[(draw+i*(count+1)/2)%count], Message{Kind: Meet, About: news})
	}
}

// onMeet follows the news of another. It is looked into beside our own
// introductions, so that false news cannot keep those waiting.
func (n *Node) onMeet(now Time, m Message) {
	if n.member && m.Member && !m.About.IsZero() {
		n.introduce(now, newsLookup, m.About)
	}
}

func tail(list []Contact) []Contact {
	if len(list) == 0 {
		return nil
	}
	return list[1:]
}
