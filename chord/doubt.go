package chord

import (
	"slices"
	"time"
)

// A doubt is a silent contact of which those beside it have been told.
type doubt struct {
	about Contact
	until Time
}

const (
	maxDoubts = 32
	doubtFor  = 10 * time.Second // before they are told again
)

// Late tells of a contact that is late to answer, elsewhere than here. If we rely on it,
// it is asked whether it lives. So do those beside it, which are told: their own rounds
// may be far off. But of whom nobody here has heard nothing is said: anybody may name
// such contacts.
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
	n.doubts = append(n.doubts, doubt{about: c, until: now.Add(doubtFor)})
	for _, to := range n.beside(c) {
		n.send(to, Message{Kind: Doubted, About: c})
	}
}

// beside are the members before and behind a contact, as far as we have heard of them.
func (n *Node) beside(c Contact) []Contact {
	list := []Contact{firstOf(n.closestPreceding(c.ID, nil)), firstOf(n.likelyOwners(c.ID.Next()))}
	return slices.DeleteFunc(list, func(k Contact) bool { return k.IsZero() || k == n.cfg.Self })
}

// onDoubted makes sure of a contact next to us that was silent elsewhere.
func (n *Node) onDoubted(now Time, m Message) {
	if n.member && m.Member && (m.About == n.successor() || m.About == n.preds[0]) {
		n.query(now, m.About)
	}
}
