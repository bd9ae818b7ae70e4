package chord

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
)

// This file is for drivers that visit every state a node can come to: they
// step copies of it, and recognize a state that they have been to before.

// Clone gives a copy that shares nothing with the node that is ever written.
// Stepped alike, both send the same messages.
func (n *Node) Clone() *Node {
	k := *n
	source := *n.source
	k.source, k.rand = &source, rand.New(&source)
	k.preds, k.succ = slices.Clone(n.preds), slices.Clone(n.succ)
	k.fingers.contacts, k.fingers.intervals = slices.Clone(n.fingers.contacts), slices.Clone(n.fingers.intervals)
	k.fingers.trips = slices.Clone(n.fingers.trips)
	k.cache.entries, k.cache.heads = slices.Clone(n.cache.entries), slices.Clone(n.cache.heads)
	k.lost, k.calls = slices.Clone(n.lost), slices.Clone(n.calls)
	k.rhythms, k.vouches, k.doubts = slices.Clone(n.rhythms), slices.Clone(n.vouches), slices.Clone(n.doubts)
	k.lookups = make([]*lookup, len(n.lookups))
	for i, l := range n.lookups {
		k.lookups[i] = l.clone()
	}
	k.out = &Outbox{ready: n.out.ready.clone()}
	return &k
}

func (l *lookup) clone() *lookup {
	k := *l
	k.seeds, k.toAsk, k.asked = slices.Clone(l.seeds), slices.Clone(l.toAsk), slices.Clone(l.asked)
	k.owners, k.hops, k.trace = slices.Clone(l.owners), slices.Clone(l.hops), l.trace.clone()
	return &k
}

func (r Ready) clone() Ready {
	r.Messages, r.Found, r.Events = slices.Clone(r.Messages), slices.Clone(r.Found), slices.Clone(r.Events)
	return r
}

// An Open request is one that waits for its answer. With nobody as To it is
// the pause before a lookup starts over.
type Open struct {
	Seq      uint64
	To       Contact
	Deadline Time
	Stale    bool // the neighbours changed: its answer will not be looked into
}

// Open lists the requests that wait, in the order in which they were made.
func (n *Node) Open() []Open {
	list := make([]Open, len(n.calls))
	for i, c := range n.calls {
		list[i] = Open{Seq: c.seq, To: c.to, Deadline: c.deadline, Stale: n.stale(c)}
	}
	return list
}

// TimeOut is the part of [Node.Tick] that handles requests whose time is up.
func (n *Node) TimeOut(now Time) { n.expireCalls(now) }

func (n *Node) stale(c call) bool { return c.lookup == 0 && c.epoch != n.epoch }

// AppendState appends all that decides what a drained node will do, but for
// times, round trips, rhythms and random numbers, which decide only when and
// how long. Two nodes with the same position and state do the same, if their
// drivers hand them the same answers to the requests of the same index in
// [Node.Open]: numbers of requests and lookups are not part of the state.
func (n *Node) AppendState(b []byte) []byte {
	b = appendBools(b, n.member, n.left, n.whole, n.followed, n.fingersFilled)
	b = binary.AppendUvarint(b, uint64(n.fingerBit))
	for _, list := range [...][]Contact{n.preds, n.succ, n.fingers.contacts} {
		b = appendContacts(b, list)
	}
	b = binary.AppendUvarint(b, uint64(len(n.cache.entries)))
	for i := range n.cache.entries {
		b = appendContact(b, n.cache.entries[i].Contact)
	}
	b = binary.AppendUvarint(b, uint64(len(n.lost)))
	for i := range n.lost {
		b = appendContact(b, n.lost[i].Contact)
	}
	b = binary.AppendUvarint(b, uint64(len(n.vouches)))
	for _, v := range n.vouches {
		b = appendContact(appendContact(b, v.about), v.to)
	}
	b = binary.AppendUvarint(b, uint64(len(n.doubts)))
	for _, d := range n.doubts {
		b = appendContact(b, d.about)
	}
	return n.appendRequests(b)
}

// appendRequests appends what waits. A query counts as stale once the
// neighbours have changed since it left; how often they did does not matter.
func (n *Node) appendRequests(b []byte) []byte {
	b = binary.AppendUvarint(b, uint64(len(n.calls)))
	for _, c := range n.calls {
		of := slices.IndexFunc(n.lookups, func(l *lookup) bool { return l.id == c.lookup })
		b = appendContact(b, c.to)
		b = appendBools(b, c.lookup != 0, c.state, n.stale(c), c.heard, c.asAFavor, c.relied)
		b = append(b, byte(of), c.try, c.excuses)
	}
	b = binary.AppendUvarint(b, uint64(len(n.lookups)))
	for _, l := range n.lookups {
		b = append(append(b, byte(l.purpose)), l.target[:]...)
		b = appendBools(b, l.outside, l.checked, l.failures() < len(l.hops))
		b = append(b, byte(min(l.failures(), 2)))
		for _, list := range [...][]Contact{l.seeds, l.toAsk, l.asked, l.owners, {l.source}} {
			b = appendContacts(b, list)
		}
		b = l.owner.AppendState(b)
	}
	return b
}

// AppendState appends all of a message but its number, which its two ends know
// by the index in [Node.Open].
func (m *Message) AppendState(b []byte) []byte {
	b = append(b, byte(m.Kind))
	b = appendBools(b, m.Member, m.Done, m.Whole, m.Same)
	b = binary.BigEndian.AppendUint64(b, m.Agreed)
	b = append(b, m.Target[:]...)
	for _, c := range [...]Contact{m.From, m.To, m.About} {
		b = appendContact(b, c)
	}
	for _, list := range [...][]Contact{m.Preds, m.Succ, m.Closer} {
		b = appendContacts(b, list)
	}
	return b
}

func appendBools(b []byte, flags ...bool) []byte {
	for _, f := range flags {
		bit := byte(0)
		if f {
			bit = 1
		}
		b = append(b, bit)
	}
	return b
}

func appendContacts(b []byte, list []Contact) []byte {
	b = binary.AppendUvarint(b, uint64(len(list)))
	for _, c := range list {
		b = appendContact(b, c)
	}
	return b
}

func appendContact(b []byte, c Contact) []byte {
	b = binary.AppendUvarint(b, uint64(len(c.Peer)))
	b = append(b, c.Peer...)
	return binary.AppendUvarint(b, uint64(c.Index))
}
