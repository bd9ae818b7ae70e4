package node

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"peal/chord"
)

// Bounds of a walk along the ring.
const (
	maxWalk     = 10_000
	walkTimeout = 3 * time.Second // for one peer's answer
	walkWidth   = 256             // peers that are asked at a time
)

// Info is what the peer knows of itself; if it is paused, what it knew then.
func (n *Node) Info() Info {
	select {
	case info := <-n.frozen:
		return info
	default:
	}
	answers := make(chan Info, 1)
	if !n.soon(func(chord.Time) { answers <- n.info() }) {
		return Info{Contact: n.self, Ring: n.cfg.Ring, Started: n.started, Version: n.cfg.Version}
	}
	select {
	case info := <-answers:
		return info
	case info := <-n.frozen: // the pause came first
		return info
	}
}

func (n *Node) info() Info {
	v := n.ring.Neighbourhood()
	own := chord.Arc{From: n.self.ID, To: n.self.ID}
	for _, c := range v.Preds {
		if !c.IsZero() {
			own.From = c.ID
			break
		}
	}
	return Info{
		Contact: n.self, Ring: n.cfg.Ring, Quorums: n.settled(), Addresses: n.cfg.Transport.Addrs(), Member: v.Member,
		Predecessor: v.Pred(), Successors: v.Succ, Fingers: n.ring.Fingers(), Known: n.ring.Known(), Absent: n.missing(),
		Keys: n.data.Live(own), Records: n.data.Len(), Bytes: n.data.Bytes(), Refused: n.refused, Replicated: n.data.Replicated(), Repair: n.repairInfo(), Sent: n.sent,
		Started: n.started, Version: n.cfg.Version,
	}
}

// An inquiry waits for another peer's Info. Its channel is closed if the peer
// cannot be reached.
type inquiry struct {
	peer    chord.PeerID
	answers chan Info // has room for one
}

// inquire asks another peer for its Info.
func (n *Node) inquire(ctx context.Context, peer chord.PeerID) (Info, error) {
	ctx, cancel := context.WithTimeout(ctx, walkTimeout)
	defer cancel()
	q := inquiry{peer, make(chan Info, 1)}
	var number uint64
	ask := func(chord.Time) {
		n.lastAsk++
		number = n.lastAsk
		n.inquiries[number] = q
		n.send(peer, envelope{Inquiry: number}, nil)
	}
	if !n.soon(ask) {
		return Info{}, ErrClosed
	}
	select {
	case info, reached := <-q.answers:
		if !reached {
			return Info{}, fmt.Errorf("peer %v cannot be reached", peer)
		}
		return info, nil
	case <-n.done:
		return Info{}, ErrClosed
	case <-ctx.Done():
		n.later(func(chord.Time) { delete(n.inquiries, number) })
		return Info{}, fmt.Errorf("peer %v does not answer", peer)
	}
}

// inquiryAnswered hands over the answer to an inquiry, if it is one.
func (n *Node) inquiryAnswered(from chord.PeerID, number uint64, body []byte) {
	q, ok := n.inquiries[number]
	var info Info
	if ok && from == q.peer && json.Unmarshal(body, &info) == nil && info.Peer == from {
		delete(n.inquiries, number)
		q.answers <- info.checked()
	}
}

// inquiriesFailed ends the inquiries to a peer that cannot be reached.
func (n *Node) inquiriesFailed(peer chord.PeerID) {
	for number, q := range n.inquiries {
		if q.peer == peer {
			delete(n.inquiries, number)
			close(q.answers)
		}
	}
}

// checked computes the positions that a peer named, and bounds its lists.
func (i Info) checked() Info {
	place := func(c chord.Contact) chord.Contact {
		if c.IsZero() {
			return chord.Contact{}
		}
		return chord.NewContact(c.Peer, c.Index)
	}
	i.Contact, i.Predecessor = place(i.Contact), place(i.Predecessor)
	i.Paused = false // for it answers
	for _, list := range []*[]chord.Contact{&i.Successors, &i.Fingers} {
		*list = (*list)[:min(len(*list), chord.MaxContacts)]
		for k, c := range *list {
			(*list)[k] = place(c)
		}
	}
	return i
}

func (n *Node) answerInquiry(from chord.PeerID, number uint64) {
	b, err := json.Marshal(n.info())
	if err != nil {
		n.event(Event{Kind: Failed, Text: "encode the peer's info: " + err.Error()})
		return
	}
	n.send(from, envelope{Reply: number, Info: b}, nil)
}

// Walk asks every peer along the ring for its Info, several at a time, and then
// those that are known to somebody but were not met on the way: they may be
// new, or in another ring.
func (n *Node) Walk(ctx context.Context) (Ring, error) {
	w := walk{node: n, infos: []Info{n.Info()}, asked: map[chord.Contact]bool{n.self: true}}
	for w.stride(ctx) {
	}
	for w.lookAside(ctx) {
	}
	if err := ctx.Err(); err != nil {
		return Ring{}, fmt.Errorf("walk along the ring: %w", err)
	}
	slices.SortFunc(w.infos, func(a, b Info) int {
		return n.self.ID.Distance(a.ID).Compare(n.self.ID.Distance(b.ID))
	})
	return NewRing(n.cfg.Ring, w.infos), nil
}

// A walk gathers the Infos of peers.
type walk struct {
	node  *Node
	infos []Info
	asked map[chord.Contact]bool // whether they answered or not
	last  int                    // index of the farthest peer reached along the successors
}

// stride asks the successors of the farthest peer reached, and reports whether
// that led on.
func (w *walk) stride(ctx context.Context) bool {
	from, self := w.infos[w.last], w.node.self.ID
	before := len(w.infos)
	w.ask(ctx, from.Successors)
	for i := before; i < len(w.infos); i++ {
		if chord.Between(w.infos[w.last].ID, w.infos[i].ID, self) {
			w.last = i
		}
	}
	return w.infos[w.last].Contact != from.Contact
}

// lookAside asks the peers that those who answered know of and that were not
// asked yet, and reports whether any of them answered.
func (w *walk) lookAside(ctx context.Context) bool {
	before := len(w.infos)
	var known []chord.Contact
	for _, info := range w.infos {
		known = append(append(append(known, info.Successors...), info.Predecessor), info.Fingers...)
	}
	w.ask(ctx, known)
	return len(w.infos) > before
}

// ask asks those of some peers that were not asked before, several at a time.
func (w *walk) ask(ctx context.Context, peers []chord.Contact) {
	var fresh []chord.Contact
	for _, c := range peers {
		if !c.IsZero() && !w.asked[c] && len(w.asked) < maxWalk {
			w.asked[c] = true
			fresh = append(fresh, c)
		}
	}
	answers := make([]Info, len(fresh))
	var inquiries errgroup.Group
	inquiries.SetLimit(walkWidth)
	for i, c := range fresh {
		inquiries.Go(func() error {
			if info, err := w.node.inquire(ctx, c.Peer); err == nil {
				answers[i] = info
			}
			return nil
		})
	}
	_ = inquiries.Wait() // a peer that does not answer is left out
	for _, info := range answers {
		if !info.IsZero() {
			w.infos = append(w.infos, info)
		}
	}
}

// NewRing judges the peers of a ring by what they know of themselves. It is
// well-formed when nothing is wrong anywhere: that asks for more than the
// protocol's invariants. It is replicated when each of them says so, and their
// neighbourhoods fit together. Peers that are paused have no say: to the others they are
// as good as dead.
func NewRing(name string, infos []Info) Ring {
	awake := slices.DeleteFunc(slices.Clone(infos), func(i Info) bool { return i.Paused })
	ring := Ring{Name: name, Peers: infos, Problems: diagnose(awake)}
	switch {
	case len(infos) == 0:
		ring.Problem = "it has no peers"
	case len(awake) == 0:
		ring.Problem = "all its peers are paused"
	case len(ring.Problems) > 0:
		ring.Problem = inALine(ring.Problems)
	}
	ring.WellFormed = ring.Problem == ""
	lacks := func(i Info) bool { return !i.Replicated }
	ring.Replicated = len(awake) > 0 && !slices.ContainsFunc(awake, lacks) && agree(awake)
	return ring
}

// agree reports whether each key's replicas are the same from everywhere: for that
// one more successor of every peer must be right than a key has replicas.
func agree(infos []Info) bool {
	depth := infos[0].Quorums.Complete().N + 1
	views := make([]chord.Neighbourhood, len(infos))
	heads := make([]chord.Neighbourhood, len(infos))
	for i, v := range infos {
		views[i] = chord.Neighbourhood{Self: v.Contact, Member: v.Member, Succ: v.Successors, Preds: []chord.Contact{v.Predecessor}}
		heads[i] = views[i]
		heads[i].Succ = v.Successors[:min(depth, len(v.Successors))]
	}
	return chord.Check(views) == nil && chord.Ideal(heads, depth) == nil
}
