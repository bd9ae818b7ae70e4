package node

import (
	"peal/chord"
	"peal/node/replica"
)

// A receiver is the side of a Node that the transport sees.
type receiver Node

// Deliver decodes a message outside of turns.
func (r *receiver) Deliver(from chord.PeerID, body []byte) error {
	n := (*Node)(r)
	e, err := decode(body, from, n.self.Peer)
	if err != nil {
		return err
	}
	n.inbox.message(func(now chord.Time) { n.step(now, from, e) }, len(body))
	n.turn()
	return nil
}

func (n *Node) step(now chord.Time, from chord.PeerID, e envelope) {
	switch {
	case e.Chord != nil:
		n.ring.Step(now, *e.Chord)
	case e.Replica != nil:
		n.data.Step(now, *e.Replica)
		if e.Replica.Served() {
			n.ring.Heard(now, chord.NewContact(from, 0))
		}
	case e.Inquiry != 0:
		n.answerInquiry(from, e.Inquiry)
	case e.Reply != 0:
		n.inquiryAnswered(from, e.Reply, e.Info)
	}
}

// Unreachable ends what waits for the peer.
func (r *receiver) Unreachable(peer chord.PeerID) {
	n := (*Node)(r)
	n.inbox.message(func(now chord.Time) {
		n.ring.Step(now, chord.Message{Kind: chord.Unreachable, From: chord.NewContact(peer, 0)})
		n.data.Step(now, replica.Message{Kind: replica.Unreachable, From: peer})
		n.inquiriesFailed(peer)
	}, 0)
	n.inbox.wake()
}

// Disconnected makes the ring look after the peer.
func (r *receiver) Disconnected(peer chord.PeerID) {
	n := (*Node)(r)
	n.inbox.message(func(now chord.Time) {
		n.ring.Step(now, chord.Message{Kind: chord.Disconnected, From: chord.NewContact(peer, 0)})
	}, 0)
	n.inbox.wake()
}

// Discovered makes the ring meet the peer.
func (r *receiver) Discovered(peer chord.PeerID) {
	n := (*Node)(r)
	n.soon(func(chord.Time) {
		n.work.Go(func() {
			ctx, cancel := n.lifetime()
			defer cancel()
			if err := n.mayMeet(ctx, peer); err != nil {
				n.cfg.Logger.Debug("a peer on the LAN was not met", "peer", peer, "error", err)
				return
			}
			n.meet(peer, "on the LAN")
		})
	})
}

// Rejected counts bytes from a stranger.
func (r *receiver) Rejected(from chord.PeerID, reason string) {
	n := (*Node)(r)
	n.event(Event{Kind: Rejected, About: chord.NewContact(from, 0), Text: reason})
}

// maxMet bounds what is remembered of whom was met. Strangers can come in any number;
// to forget them all costs a few lines of log that are told again.
const maxMet = 4096

// meet tells the ring of a peer of the same ring name. Most have several addresses,
// and are found by all of them; the event tells it once.
func (n *Node) meet(peer chord.PeerID, where string) {
	c := chord.NewContact(peer, 0)
	n.soon(func(now chord.Time) {
		n.tellMet(c, where)
		n.ring.Meet(now, c)
	})
}

func (n *Node) tellMet(c chord.Contact, where string) {
	if n.met[c] {
		return
	}
	if len(n.met) >= maxMet {
		clear(n.met)
	}
	n.met[c] = true
	n.event(Event{Kind: Met, About: c, Text: where})
}
