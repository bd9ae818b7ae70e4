package node

import (
	"context"
	"encoding/json"
	"fmt"

	"peal/chord"
	"peal/node/replica"
)

const termsNote = "quorums" // name of the note in the store

// The terms of a ring are what all of its peers must agree on. Whoever creates it sets
// them, and who joins adopts them.
type terms struct {
	replica.Quorums
	fixed bool // they were chosen, or are those of a ring of several peers
}

// quorums are those in use.
func (n *Node) quorums() replica.Quorums { return n.terms.Load().Quorums }

// settled are the quorums, unless this peer would still adopt others.
func (n *Node) settled() replica.Quorums {
	if t := n.terms.Load(); t.fixed || n.ring.Member() {
		return t.Quorums
	}
	return replica.Quorums{}
}

// agreed fills in the quorums of the ring that this peer was in before, and reports
// whether there was one. Others must not be asked for now.
func (c *Config) agreed() (noted bool, err error) {
	note, err := c.Store.Meta(termsNote)
	if err != nil || note == nil {
		return false, err
	}
	var old replica.Quorums
	if err := json.Unmarshal(note, &old); err != nil || old.Valid() != nil {
		c.Logger.Warn("the note of the ring's quorums is damaged and ignored")
		return false, nil
	}
	if !matches(c.Replica.Quorums, old) {
		return false, fmt.Errorf("%w: this peer belongs to a ring with %v, and other numbers were asked for: leave them out, or start with another data directory", ErrInvalid, inWords(old))
	}
	c.Replica.Quorums = old
	return true, nil
}

// matches reports whether quorums that were asked for, 0 where any would do, are the
// ones that there are.
func matches(asked, are replica.Quorums) bool {
	same := func(a, b int) bool { return a == 0 || a == b }
	return same(asked.N, are.N) && same(asked.W, are.W) && same(asked.R, are.R)
}

func inWords(q replica.Quorums) string {
	return fmt.Sprintf("%d replicas of each key, W %d and R %d", q.N, q.W, q.R)
}

// mayMeet asks a peer for the terms of its ring. A peer that has not settled on any
// adopts them; otherwise they must be our own.
func (n *Node) mayMeet(ctx context.Context, peer chord.PeerID) error {
	info, err := n.inquire(ctx, peer)
	theirs := info.Quorums
	ours := n.terms.Load()
	switch {
	case err != nil:
		return err
	case theirs == replica.Quorums{} || theirs == ours.Quorums:
		return nil
	case theirs.Valid() != nil || !matches(n.cfg.Replica.Quorums, theirs) || !n.adopt(theirs):
		return fmt.Errorf("%w: its ring has %v, this peer %v: start this one without --replicas, --default-w and --default-r, and with an empty data directory", errTerms, inWords(theirs), inWords(ours.Quorums))
	}
	return nil
}

// errTerms: two rings cannot become one.
var errTerms = fmt.Errorf("%w: the rings differ", ErrInvalid)

// adopt reports whether this peer could take over the quorums of a ring: it must be
// alone, and none of its own may have been chosen.
func (n *Node) adopt(q replica.Quorums) (done bool) {
	err := n.do(func(chord.Time) {
		alone := len(n.ring.Neighbourhood().Succ) == 0
		if done = alone && !n.terms.Load().fixed && n.data.Adopt(q) == nil; done {
			n.terms.Store(&terms{Quorums: q, fixed: true})
		}
	})
	return done && err == nil
}

// noteTerms keeps the terms of a ring of several peers over a restart.
func (n *Node) noteTerms() error {
	q := n.quorums()
	n.terms.Store(&terms{Quorums: q, fixed: true})
	b, err := json.Marshal(q)
	if err != nil {
		return err
	}
	return n.cfg.Store.SetMeta(termsNote, b)
}
