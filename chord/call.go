package chord

import (
	"cmp"
	"slices"
	"time"
)

// A call is a request that waits for its answer, or, with nobody as receiver,
// the pause before a lookup starts over.
type call struct {
	seq      uint64
	to       Contact
	sent     Time
	deadline Time
	lookup   LookupID // 0 for a Query of our own
	epoch    uint64   // of the ring state when a Query left
	try      uint8    // of a Query, from 1
	excuses  uint8    // rounds that being heard from excused so far
	heard    bool     // from or of the contact since, though not the answer
	state    bool     // of a lookup: it asks a candidate for its State
	asAFavor bool     // another member wants to know; its silence is not our business
	measures uint8    // how often the round trip is to be measured
	relied   bool     // we relied on the contact at some time since it was first asked
}

// query asks a contact for its state, unless it has been asked already. If that
// was as a favor, it is our own question from now on.
func (n *Node) query(now Time, to Contact) {
	for i := range n.calls {
		if n.calls[i].to == to {
			n.calls[i].asAFavor = false
		}
	}
	n.queryAgain(now, call{to: to, try: 1})
}

// queryAgain sends a Query anew, unless one is under way.
func (n *Node) queryAgain(now Time, c call) {
	if n.left || c.to.IsZero() || c.to == n.cfg.Self || n.asked(c.to) {
		return
	}
	c.sent, c.deadline, c.epoch, c.heard = now, now.Add(n.patience(now, c)), n.epoch, false
	c.relied = c.relied || n.knows(c.to)
	c = n.call(c)
	n.send(c.to, Message{Kind: Query, Seq: c.seq, Agreed: uint64(n.agreement(c.to)), Same: !n.wantsLists(c.to)})
}

// patience is how long to wait for the answer to a Query: longer from try to try. When only
// its rhythm still excuses a contact, the last wait ends when that does not either, after a
// timeout at least. No wait is longer than MaxTimeout.
func (n *Node) patience(now Time, c call) time.Duration {
	switch {
	case n.cfg.FixedTimeout > 0:
		return n.cfg.FixedTimeout
	case int(c.try) > n.cfg.Tries:
		return min(max(n.usualFor(now, c.to), n.timeout(c.to)), n.cfg.MaxTimeout)
	}
	return min(n.timeout(c.to)<<min(c.try-1, 2), n.cfg.MaxTimeout)
}

// noteHeard keeps a contact that sent us something from being given up because
// a request or its answer got lost, or came before a restart.
func (n *Node) noteHeard(c Contact) {
	for i := range n.calls {
		if n.calls[i].to == c {
			n.calls[i].heard = true
		}
	}
}

func (n *Node) asked(c Contact) bool {
	return slices.ContainsFunc(n.calls, func(k call) bool { return k.to == c && k.lookup == 0 })
}

func (n *Node) call(c call) call {
	n.lastSeq++
	c.seq = n.lastSeq
	n.calls = append(n.calls, c)
	return c
}

// wants is the kind of the answer.
func (c *call) wants() Kind {
	if c.lookup == 0 || c.state {
		return State
	}
	return Found
}

// answered takes the call that a reply belongs to off the list.
func (n *Node) answered(now Time, m Message) (call, bool) {
	i, ok := slices.BinarySearchFunc(n.calls, m.Seq, func(c call, seq uint64) int { return cmp.Compare(c.seq, seq) })
	if !ok || n.calls[i].to != m.From || n.calls[i].wants() != m.Kind {
		return call{}, false
	}
	c := n.calls[i]
	n.calls = slices.Delete(n.calls, i, i+1)
	n.rtt.Observe(now.Sub(c.sent))
	n.cache.observe(m.From, now.Sub(c.sent))
	if m.Member {
		n.fingers.measured(m.From, now.Sub(c.sent))
	}
	return c, true
}

// refused takes out a contact that says that it is no member, unless it has been
// heard from as one since it was asked: then it has joined meanwhile.
func (n *Node) refused(now Time, c call) {
	if !c.heard {
		n.remove(now, c.to)
	}
}

// expireCalls handles the calls whose time is up. Calls made meanwhile lie
// behind them in the list, and in the future.
func (n *Node) expireCalls(now Time) {
	for i := 0; i < len(n.calls); {
		c := n.calls[i]
		if c.deadline > now {
			i++
			continue
		}
		n.calls = slices.Delete(n.calls, i, i+1)
		n.expire(now, c)
	}
}

func (n *Node) expire(now Time, c call) {
	switch {
	case c.lookup != 0:
		n.lookupMissed(now, c)
	case c.asAFavor:
	case c.heard && c.excuses < maxExcuses:
		c.try, c.excuses = 1, c.excuses+1
		n.queryAgain(now, c)
	case n.maySaveItself(now, c):
		if c.try == 1 {
			n.emit(Suspected, c.to)
			n.stirred = true
			for _, next := range n.behind(c.to) {
				n.query(now, next)
			}
		}
		n.suspect(c.to)
		c.try = min(c.try+1, maxTries)
		n.queryAgain(now, c)
	default:
		n.giveUp(now, c.to, c.relied)
	}
}

// maySaveItself reports whether a silent contact is asked once more. One that
// is heard from but never answers has no excuse left in its rhythm.
func (n *Node) maySaveItself(now Time, c call) bool {
	if n.isLost(c.to) {
		return false
	}
	return int(c.try) < n.cfg.Tries || n.cfg.FixedTimeout == 0 && c.excuses < maxExcuses && n.usualFor(now, c.to) > 0
}

// behind are the contacts that follow another in the successor list. They are
// asked as soon as that one is suspected, so that peers in a row which died
// together are found out together; adopted they are only once those before them
// are given up.
func (n *Node) behind(c Contact) []Contact {
	i := slices.Index(n.succ, c)
	if i < 0 {
		return nil
	}
	return slices.Clone(n.succ[i+1 : min(len(n.succ), i+1+suspectsBehind)])
}

// onUnreachable ends every call to a contact's peer at once.
func (n *Node) onUnreachable(now Time, c Contact) {
	of := func(k call) bool { return k.to.Peer == c.Peer }
	waiting := slices.Clone(n.calls)
	n.calls = slices.DeleteFunc(n.calls, of)
	n.giveUp(now, c, slices.ContainsFunc(waiting, func(k call) bool { return of(k) && k.relied }))
	for _, k := range waiting {
		if of(k) && k.lookup != 0 {
			n.lookupMissed(now, k)
		}
	}
}

// onDisconnected makes sure of a neighbour whose connection closed.
func (n *Node) onDisconnected(now Time, c Contact) {
	if n.preds[0] == c || slices.Contains(n.succ, c) {
		n.query(now, c)
	}
}

func (n *Node) timeout(c Contact) time.Duration {
	rtt := n.rtt
	if known, ok := n.cache.roundTrip(c); ok {
		rtt = known
	}
	return min(max(rtt.Patience(), n.cfg.MinTimeout), n.cfg.MaxTimeout)
}
