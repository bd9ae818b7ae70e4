package node

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"peal/chord"
	"peal/node/replica"
)

// ReadOptions of one read. The zero value is a plain read.
type ReadOptions struct {
	// R is how many replicas must have answered.
	R Quorum
}

// Get reads a key's newest value that R replicas know of. A missing key is
// ErrNotFound.
func (n *Node) Get(ctx context.Context, key []byte, opt ReadOptions) (Value, error) {
	rec := replica.Record{Key: string(key)}
	if err := rec.Valid(); err != nil {
		return Value{}, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	r, err := opt.R.of(n.quorums().N)
	if err != nil {
		return Value{}, err
	}
	start := time.Now()
	o, err := n.operate(ctx, func(now, deadline chord.Time) replica.OpID {
		return n.data.Get(now, deadline, rec.Key, r)
	})
	v := Value{
		Data: n.own(o), Total: o.Record.Total, Version: o.Record.Version, Expires: timeOf(o.Record.Expires),
		Asked: o.Asked, Agreed: len(o.Replicas), Replies: repliesOf(o), Repaired: o.Repaired, Hops: o.Hops, Millis: millis(time.Since(start)),
	}
	if err == nil && !o.Found {
		err = n.notFound(rec.Key)
	}
	return v, err
}

// own is the value that was read, for the caller to change: the store of a replica keeps
// what it gave, and what a read has mended.
func (n *Node) own(o replica.Outcome) []byte {
	if slices.ContainsFunc(o.Wanted, func(c chord.Contact) bool { return c.Peer == n.self.Peer }) {
		return bytes.Clone(o.Record.Value)
	}
	return o.Record.Value
}

// notFound says that a key does not exist, and what that is worth while nobody answers whom
// this peer knew.
func (n *Node) notFound(key string) error {
	err := fmt.Errorf("%w: %s", ErrNotFound, printable(key))
	if absent := n.missing(); absent > 0 {
		err = fmt.Errorf("%w; it may be with the %d other peers that this one knew before it was started, and none of which answers", err, absent)
	}
	return err
}

func repliesOf(o replica.Outcome) []Reply {
	replies := make([]Reply, len(o.Replies))
	for i, r := range o.Replies {
		replies[i] = Reply{Contact: r.From, Deleted: r.Deleted}
		if r.Has {
			replies[i].Version = &o.Replies[i].Version
		}
	}
	return replies
}
