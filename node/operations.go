package node

import (
	"cmp"
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"peal/chord"
	"peal/node/replica"
)

// do runs f in a turn and waits for its end.
func (n *Node) do(f func(now chord.Time)) error {
	done := make(chan struct{})
	if !n.soon(func(now chord.Time) { f(now); close(done) }) {
		return ErrClosed
	}
	<-done
	return nil
}

// operate starts an operation of the data plane and waits for its outcome.
func (n *Node) operate(ctx context.Context, start func(now, deadline chord.Time) replica.OpID) (replica.Outcome, error) {
	type result struct {
		outcome replica.Outcome
		err     error
	}
	results := make(chan result, 1)
	var id replica.OpID
	begin := func(now chord.Time) {
		id = start(now, n.deadline(ctx, now))
		n.calls[id] = func(o replica.Outcome, err error) { results <- result{o, err} }
	}
	if !n.soon(begin) {
		return replica.Outcome{}, ErrClosed
	}
	select {
	case res := <-results:
		return res.outcome, res.err
	case <-ctx.Done():
		n.later(func(chord.Time) { n.data.Cancel(id); delete(n.calls, id) })
		return replica.Outcome{}, ctx.Err()
	}
}

// deadline leaves the operation a little time to say how it failed, before the
// context's end says nothing.
func (n *Node) deadline(ctx context.Context, now chord.Time) chord.Time {
	left := defaultDeadline
	if at, ok := ctx.Deadline(); ok {
		left = time.Until(at)
		left -= min(left/10, 100*time.Millisecond)
	}
	return now.Add(left)
}

// Lookup finds the peers responsible for a key, and tells whom it asked and why. The
// owner has confirmed that it lives and is the one; as long as nobody does, the lookup
// starts over, and at its end says that it does not know.
func (n *Node) Lookup(ctx context.Context, key []byte) (Route, error) {
	if err := (&replica.Record{Key: string(key)}).Valid(); err != nil {
		return Route{}, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	results := make(chan chord.Result, 1)
	target := chord.KeyID(key)
	begin := func(now chord.Time) {
		id := n.ring.LookupConfirmed(now, target)
		n.ring.Trace(id)
		n.lookups[id] = func(r chord.Result) { results <- r }
	}
	if !n.soon(begin) {
		return Route{}, ErrClosed
	}
	select {
	case <-n.done:
		return Route{}, ErrClosed
	case <-ctx.Done():
		return Route{}, ctx.Err()
	case found := <-results:
		return n.route(key, found)
	}
}

func (n *Node) route(key []byte, found chord.Result) (Route, error) {
	route := Route{ID: found.Target, Millis: millis(found.Took), Hops: HopsOf(found)}
	if len(found.Owners) == 0 {
		return route, fmt.Errorf("%w: no peer confirmed that it is the owner of this key; try again when the ring has settled", ErrNoPeer)
	}
	route.Owner = found.Owners[0]
	route.Replicas = replica.Distinct(found.Owners, n.quorums().N)
	told := route // the caller may change what it gets, while observers read
	told.Hops, told.Replicas = HopsOf(found), slices.Clone(route.Replicas)
	n.event(Event{Kind: LookedUp, About: route.Owner, Text: printable(string(key)), Count: len(route.Hops), Route: &told})
	return route, nil
}

// HopsOf are the requests of a lookup, with its choices if it was traced.
func HopsOf(found chord.Result) []Hop {
	hops := make([]Hop, len(found.Hops))
	for i, h := range found.Hops {
		hops[i] = Hop{Contact: h.Contact, Millis: millis(h.Took), Failed: h.Failed}
		if i < len(found.Choices) {
			c := found.Choices[i]
			hops[i].Why, hops[i].After, hops[i].Others = c.Why.String(), c.After, othersOf(c)
		}
	}
	return hops
}

func othersOf(c chord.Choice) []Other {
	others := make([]Other, len(c.Others))
	for i, o := range c.Others {
		others[i] = Other{o.Contact, o.Why.String()}
	}
	return others
}

// Keys lists one page of at most limit (1 to 1000) keys that begin with prefix.
// The cursor is empty for the first page, and then the Next of the page before.
// A whole listing asks every peer of the ring for its arc.
func (n *Node) Keys(ctx context.Context, prefix []byte, cursor string, limit int) (Page, error) {
	if len(prefix) > replica.MaxKeyLen {
		return Page{}, fmt.Errorf("%w: the prefix has %d bytes: at most %d are possible", ErrInvalid, len(prefix), replica.MaxKeyLen)
	}
	var after *chord.ID
	if cursor != "" {
		after = new(chord.ID)
		if err := after.UnmarshalText([]byte(cursor)); err != nil {
			return Page{}, fmt.Errorf("%w: the cursor is not one that a page of keys ended with", ErrInvalid)
		}
	}
	o, err := n.operate(ctx, func(now, deadline chord.Time) replica.OpID {
		return n.data.List(now, deadline, string(prefix), after, limit)
	})
	if err != nil {
		err = unlisted(o, err)
	}
	page := Page{Keys: []KeyInfo{}}
	for _, it := range o.Items {
		page.Keys = append(page.Keys, KeyInfo{Key: it.Key, Version: it.Version, Size: cmp.Or(int64(it.Total), int64(it.Size))})
	}
	if o.Next != nil {
		page.Next = hex.EncodeToString(o.Next[:])
	}
	return page, err
}

// unlisted is why keys could not be listed: of one key there is nothing to say.
func unlisted(o replica.Outcome, err error) error {
	switch o.Error {
	case replica.NoPeer:
		return fmt.Errorf("%w: the peers of a part of the ring cannot be located; try again when the ring has settled", ErrNoPeer)
	case replica.QuorumNotMet:
		return fmt.Errorf("%w: in a part of the ring too few replicas answered in time; try again when the ring has settled", ErrQuorum)
	}
	return err
}

func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// printable shortens and quotes a key for a person.
func printable(key string) string {
	const most = 80
	if len(key) > most {
		return fmt.Sprintf("%q...", key[:most])
	}
	return fmt.Sprintf("%q", key)
}
