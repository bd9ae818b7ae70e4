package node

import (
	"time"

	"peal/chord"
	"peal/node/replica"
)

var ringEvents = map[chord.EventKind]EventKind{
	chord.Joined:           Joined,
	chord.NewSuccessor:     Successor,
	chord.NewPredecessor:   Predecessor,
	chord.Suspected:        Suspected,
	chord.Dead:             Dead,
	chord.Departed:         Departed,
	chord.Returned:         Met,
	chord.DisorderedSender: Rejected,
}

// KindOf is the kind that an event of the ring has where a peer tells of it,
// and empty for one that concerns the peer alone.
func KindOf(kind chord.EventKind) EventKind { return ringEvents[kind] }

const (
	knownWithin = 5 * time.Second // a new member waits at most until it is known
	askedAgain  = 50 * time.Millisecond
)

// nowMember lets Open return.
func (n *Node) nowMember() { n.joined.Do(func() { close(n.members) }) }

// settleIn waits until the successor of a new member knows it as well, and does not
// own any more what belongs to the new one.
func (n *Node) settleIn() {
	ctx, cancel := n.lifetime()
	defer cancel()
	defer n.nowMember()
	for {
		succ := n.Info().Successors
		if len(succ) == 0 {
			return
		}
		if next, err := n.inquire(ctx, succ[0].Peer); err == nil && next.Predecessor == n.self || !n.sleep(askedAgain) {
			return
		}
		select {
		case <-n.members: // it took too long
			return
		default:
		}
	}
}

// ringEvent publishes what happened on the ring. A node whose way in turned
// out to lead nowhere becomes a ring of its own; its bootstrap goes on trying.
func (n *Node) ringEvent(now chord.Time, e chord.Event) {
	switch e.Kind {
	case chord.Joined:
		time.AfterFunc(knownWithin, n.nowMember)
	case chord.Known:
		n.work.Go(n.settleIn)
		return
	case chord.JoinFailed:
		n.cfg.Logger.Warn("a peer was found, but no place on its ring", "peer", e.About.Peer)
		n.createRing(now)
		return
	case chord.Dead, chord.Departed:
		delete(n.met, e.About)
	case chord.Returned:
		n.tellMet(e.About, "")
		return
	}
	n.event(Event{Kind: ringEvents[e.Kind], About: e.About})
}

func (n *Node) dataEvent(e replica.Event) {
	switch e.Kind {
	case replica.Reconciled:
		n.event(Event{Kind: Reconciled, Count: e.Count})
	case replica.HandedOff:
		n.event(Event{Kind: Reconciled, Count: e.Count, Text: "handed over to their replicas"})
	case replica.RoundFell:
		n.event(Event{Kind: Failed, About: e.About, Text: "did not answer while an arc was reconciled"})
	case replica.ReadFailed:
		n.event(Event{Kind: Failed, Text: "the store could not read a record"})
	}
}
