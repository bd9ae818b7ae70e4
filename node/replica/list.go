package replica

import (
	"bytes"
	"slices"
	"strings"

	"peal/chord"
)

// lastPos is the highest position.
var lastPos = chord.ID(bytes.Repeat([]byte{0xff}, chord.Bits/8))

// List lists up to limit keys that begin with prefix, in the order of their
// positions, beginning behind the position after, or with nil from the start.
// Every peer is asked for its arc in turn, R replicas of each. The Outcome
// comes out of Ready, at the deadline at the latest.
func (r *Replica) List(now, deadline chord.Time, prefix string, after *chord.ID, limit int) OpID {
	o := r.newOperation(chord.ID{}, deadline)
	l := &listing{r: r, operation: o, prefix: prefix, limit: min(max(limit, 1), maxItems)}
	l.quorum = quorum{r: r, op: o, need: r.cfg.R, request: l.request, serve: r.list, take: l.take, decide: l.decide}
	o.ask, o.giveUp = l.ask, l.giveUp
	if after != nil && *after == lastPos {
		r.finish(o)
		return o.id
	}
	if after != nil {
		o.target = after.Next()
	}
	r.try(o)
	return o.id
}

// A listing is a List under way. The operation's target is the first position
// not listed yet.
type listing struct {
	*operation
	r      *Replica
	prefix string
	limit  int
	end    chord.ID // of the arc being listed
	quorum quorum
	items  map[string]Item
}

// ask lists from the target to the end of its owner's arc, or of the circle.
func (l *listing) ask(now chord.Time) {
	l.end = l.targets[0].ID
	if l.end.Compare(l.target) < 0 {
		l.end = lastPos
	}
	l.items = map[string]Item{}
	l.quorum.start(now)
}

func (l *listing) request(bool) Message {
	return Message{Kind: List, Key: l.prefix, Arc: chord.Arc{From: l.target.Prev(), To: l.end}, Limit: maxItems}
}

// take merges the items of a replica. One that did not read to the end shortens
// the arc that this attempt lists.
func (l *listing) take(_ chord.Time, _ chord.Contact, m Message) bool {
	for _, it := range m.Items {
		if old, ok := l.items[it.Key]; !ok || old.Version.Compare(it.Version) < 0 {
			l.items[it.Key] = it
		}
	}
	if to := m.Arc.To; m.Complete && to.Compare(l.target) >= 0 && to.Compare(l.end) < 0 {
		l.end = to
	}
	return m.Complete
}

func (l *listing) decide(now chord.Time) {
	l.collect(now)
	switch {
	case len(l.outcome.Items) >= l.limit:
		l.outcome.Items = l.outcome.Items[:l.limit]
		last := chord.KeyID([]byte(l.outcome.Items[l.limit-1].Key))
		l.outcome.Next = &last
		l.r.finish(l.operation)
	case l.end == lastPos:
		l.r.finish(l.operation)
	default:
		l.target = l.end.Next()
		l.pause = firstPause
		l.r.try(l.operation)
	}
}

// collect adds what was listed up to the end of the arc, in order, to the outcome.
func (l *listing) collect(now chord.Time) {
	var found []Item
	for _, it := range l.items {
		if !it.gone(now) && chord.KeyID([]byte(it.Key)).Compare(l.end) <= 0 {
			found = append(found, it)
		}
	}
	slices.SortFunc(found, func(a, b Item) int {
		return chord.KeyID([]byte(a.Key)).Compare(chord.KeyID([]byte(b.Key)))
	})
	l.outcome.Items = append(l.outcome.Items, found...)
}

func (l *listing) giveUp(chord.Time) { l.outcome.Error = l.failure() }

func (r *Replica) onList(now chord.Time, m Message) {
	reply := r.list(now, m)
	reply.Seq = m.Seq
	r.send(m.From, reply)
}

// list answers a List, our own as well. It reads a bounded number of items, and
// says how far it came.
func (r *Replica) list(now chord.Time, m Message) Message {
	reply := Message{Kind: Listed, Arc: m.Arc}
	reply.Complete = r.place.complete != nil && covers(*r.place.complete, m.Arc) && !r.outdated
	if r.standing(now, m.Arc).stale {
		return reply
	}
	limit := min(max(m.Limit, 1), maxItems)
	items := r.index.Items(m.Arc, scanItems)
	for i, it := range items {
		if strings.HasPrefix(it.Key, m.Key) && (!Internal(it.Key) || Internal(m.Key)) {
			reply.Items = append(reply.Items, it)
		}
		if len(reply.Items) == limit || i+1 == scanItems {
			reply.Arc.To = chord.KeyID([]byte(it.Key))
			break
		}
	}
	return reply
}
