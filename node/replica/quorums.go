package replica

import (
	"cmp"
	"errors"
)

// Quorums are what all peers of a ring must agree on: how many replicas a key has,
// and how many of them a write and a read need unless they say otherwise.
type Quorums struct {
	N int `json:"replicas"`
	W int `json:"w"`
	R int `json:"r"`
}

// DefaultN is how many replicas a key has unless told otherwise.
const DefaultN = 3

// MaxN bounds the replicas of a key: as many peers follow its position in the
// successor list of the peer before it, and one more must.
const MaxN = 7

// Complete fills in what is 0: DefaultN replicas, and majorities of them.
func (q Quorums) Complete() Quorums {
	q.N = cmp.Or(q.N, DefaultN)
	q.W = cmp.Or(q.W, q.N/2+1)
	q.R = cmp.Or(q.R, q.N/2+1)
	return q
}

// Valid says what is wrong with complete quorums, nil if nothing is.
func (q Quorums) Valid() error {
	switch {
	case q.N < 1 || q.N > MaxN:
		return errors.New("a key must have 1 to 7 replicas")
	case q.W < 1 || q.W > q.N || q.R < 1 || q.R > q.N:
		return errors.New("the quorums W and R must lie between 1 and the number of replicas")
	}
	return nil
}

// Quorums are those in use.
func (r *Replica) Quorums() Quorums { return r.cfg.Quorums }

// Adopt takes over the quorums of a ring. It is for a peer that is alone: it begins
// as a newcomer there.
func (r *Replica) Adopt(q Quorums) error {
	if err := q.Valid(); err != nil {
		return err
	}
	r.cfg.Quorums, r.place.n = q, q.N
	r.beNew()
	return nil
}
