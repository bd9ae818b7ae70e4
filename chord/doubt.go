package chord

import (
	"slices"
	"time"
)

// A doubt is a contact that was late to answer, as those beside it have been told.
type doubt struct {
	about Contact
	until Time
}

const (
	maxDoubts = 32
	doubtFor  = 10 * time.Second       // before they are told again
	freshWord = 250 * time.Millisecond // who was heard from so lately needs no doubt
)

// Late tells of a contact that is late to answer, elsewhere than here. We ask it whether it
// lives if we rely on it, and tell those beside it, who do the same: their own rounds may be
// far off. Nothing is said of contacts that are in none of our tables, since anybody may
// name such.
func (n *Node) Late(now Time, c Contact) {
	n.tellBeside(now, c)
	if n.inUse(c) {
		n.query(now, c)
	}
}

// Doubt is Late for a contact that has not answered at all: we forget where it is, unless
// we rely on it.
func (n *Node) Doubt(now Time, c Contact) {
	n.Late(now, c)
	n.cache.remove(c)
}

func (n *Node) tellBeside(now Time, c Contact) {
	n.doubts = slices.DeleteFunc(n.doubts, func(d doubt) bool { return d.until <= now })
	told := slices.ContainsFunc(n.doubts, func(d doubt) bool { return d.about == c })
	if !n.member || !n.knows(c) || told || len(n.doubts) == maxDoubts {
		return
	}
	for i, to := range n.beside(c) {
		if i == 0 {
			n.doubts = append(n.doubts, doubt{about: c, until: now.Add(doubtFor)})
		}
		n.send(to, Message{Kind: Doubted, About: c})
	}
}

// beside are the members before and behind a contact, as far as we have heard of them.
func (n *Node) beside(c Contact) []Contact {
	list := []Contact{firstOf(n.closestPreceding(c.ID, nil)), firstOf(n.likelyOwners(c.ID.Next()))}
	return slices.DeleteFunc(list, func(k Contact) bool { return k.IsZero() || k == n.cfg.Self })
}

// onDoubted makes sure of a contact next to us that was late elsewhere.
func (n *Node) onDoubted(now Time, m Message) {
	nextToUs := m.About == n.successor() || m.About == n.preds[0]
	if n.member && m.Member && nextToUs && n.silence(now, m.About) >= freshWord {
		n.query(now, m.About)
	}
}
