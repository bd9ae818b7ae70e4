package chord

import (
	"slices"
	"time"
)

// A lostContact was given up. It is tried again later, since it may only have
// been cut off: that is how the halves of a split ring find each other.
type lostContact struct {
	Contact
	retryAt Time
	pause   time.Duration
}

// maxLost bounds the list of contacts to try again; the oldest goes first.
const maxLost = 64

// giveUp declares a contact dead. If we rely on it, or did when we began to ask
// it, it is kept to be tried again: while we asked, the list of a peer that gave
// it up sooner may have replaced it. One that was given up before may be back in
// the successor list, through the list of a peer that has not noticed yet.
func (n *Node) giveUp(now Time, c Contact, relied bool) {
	relied = relied || n.knows(c)
	n.remove(now, c)
	if !relied || n.isLost(c) {
		return
	}
	n.emit(Dead, c)
	n.stirred = true
	if len(n.lost) == maxLost {
		n.lost = slices.Delete(n.lost, 0, 1)
	}
	n.lost = append(n.lost, lostContact{Contact: c, retryAt: now.Add(n.retryAfter(firstRetry)), pause: firstRetry})
}

// knows reports whether a contact is in any of our tables. What strangers name is
// in none.
func (n *Node) knows(c Contact) bool { return n.inUse(c) || n.cache.has(c) }

// inUse reports whether a contact is a neighbour or finger.
func (n *Node) inUse(c Contact) bool {
	return n.preds[0] == c || slices.Contains(n.succ, c) || slices.Contains(n.fingers.contacts, c)
}

// remove takes a contact out of all tables. If it was the head of the
// successor list the next one is asked at once.
func (n *Node) remove(now Time, c Contact) {
	n.cache.remove(c)
	n.fingers.remove(c)
	if i := slices.Index(n.preds, c); i == 0 {
		n.setPredecessor(Contact{}, n.preds[1:])
		n.invite()
	} else if i > 0 {
		n.replacePredecessors(slices.Delete(slices.Clone(n.preds), i, i+1))
	}
	i := slices.Index(n.succ, c)
	if i < 0 {
		return
	}
	n.replaceSuccessors(slices.Delete(slices.Clone(n.succ), i, i+1))
	if i == 0 && n.member {
		n.askSuccessor(now)
	}
}

// invited is how many learn that the place of our predecessor is free.
const invited = 3

// invite tells those before our predecessor that it is gone. As long as we took it for
// alive, we turned away whoever had found out sooner (onNotify), and would not hear from
// that one before its next round.
func (n *Node) invite() {
	for _, c := range n.preds[1:min(len(n.preds), 1+invited)] {
		n.tellChange(c)
	}
}

func (n *Node) isLost(c Contact) bool {
	return slices.ContainsFunc(n.lost, func(l lostContact) bool { return l.Contact == c })
}

// forgive reports whether the contact had been given up, and no longer is.
func (n *Node) forgive(c Contact) bool {
	before := len(n.lost)
	n.lost = slices.DeleteFunc(n.lost, func(l lostContact) bool { return l.Contact == c })
	return len(n.lost) < before
}

// retryLost tries the contacts whose pause is over. One that answers is met
// like a stranger (see heardFrom), since it may have a ring of its own by now.
func (n *Node) retryLost(now Time) {
	for i := range n.lost {
		l := &n.lost[i]
		if l.retryAt > now {
			continue
		}
		l.pause = min(2*l.pause, lastRetry)
		l.retryAt = now.Add(n.retryAfter(l.pause))
		n.query(now, l.Contact)
	}
}

// retryAfter spreads a pause, from a third to all of it. Peers that lost each
// other at one moment try at different ones, so that one of many finds the way
// back early; the others follow it.
func (n *Node) retryAfter(pause time.Duration) time.Duration { return n.spread(pause * 2 / 3) }
