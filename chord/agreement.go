package chord

// In a ring at rest, nearly every State would tell its reader what it knows
// already. So a member that asks its successor or predecessor says what it takes
// the two to agree on, as a digest: the predecessors behind the one and the
// successors behind the other. If the other one comes to the same, the lists of its
// State would change nothing, nor would a notification, and both are spared.

// A digest of contacts.
type digest uint64

const none digest = 0

func (d digest) with(c Contact) digest { return (d ^ digest(c.ID.head())) * 1099511628211 } // FNV-1a, eight bytes at a time

// agreement is the digest that goes with a question to a contact; none if it is no
// neighbour, or is one in two ways: what it answers may then be news in the other.
func (n *Node) agreement(with Contact) digest {
	head, pred := n.successor(), n.preds[0]
	switch {
	case with == head && with != pred:
		return n.agreementBehind()
	case with == pred && Between(n.cfg.Self.ID, head.ID, pred.ID):
		return n.agreementBefore()
	}
	return none
}

// wantsLists reports whether it matters what a contact's State says, beyond that it
// lives: it is a neighbour, or lies before the successor.
func (n *Node) wantsLists(c Contact) bool {
	head := n.successor()
	return c == n.preds[0] || c == head || Between(n.cfg.Self.ID, c.ID, head.ID)
}

// inAgreement reports whether a neighbour that asks knows all that our State could tell
// it. The predecessor then takes us for its successor, too.
func (n *Node) inAgreement(m Message) bool {
	switch {
	case m.Same:
		return true
	case m.From == n.preds[0] && digest(m.Agreed) == n.agreementBefore():
		n.followedBy(m.From)
		return true
	case m.From == n.successor() && digest(m.Agreed) == n.agreementBehind():
		return true
	}
	return false
}

// agreementBehind is what we take ourselves and our successor to agree on: our
// predecessors, as it keeps them, and our list.
func (n *Node) agreementBehind() digest {
	d := digest(1).with(n.cfg.Self)
	for i, kept := 0, 1; i < len(n.preds) && n.preds[i] != n.succ[0] && kept < n.cfg.Successors; i++ {
		if !n.preds[i].IsZero() {
			d = d.with(n.preds[i])
			kept++
		}
	}
	for _, c := range n.succ {
		d = d.with(c)
	}
	return d.sealed(n.whole)
}

// agreementBefore is what we take our predecessor and ourselves to agree on: those
// before it, and the list that it makes of ours.
func (n *Node) agreementBefore() digest {
	d := digest(1)
	for _, c := range n.preds {
		d = d.with(c)
	}
	d = d.with(n.cfg.Self)
	for _, c := range n.succ[:min(len(n.succ), n.cfg.Successors-1)] {
		if c == n.preds[0] {
			return d.sealed(true)
		}
		d = d.with(c)
	}
	return d.sealed(false)
}

// sealed ends a digest with whether the list goes round the ring.
func (d digest) sealed(whole bool) digest {
	if whole {
		d++
	}
	return d | 1<<63
}
