package node

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"peal/chord"
)

// Bounds of a walk along the ring.
const (
	maxWalk     = 10_000
	walkTimeout = 3 * time.Second // for one peer's answer
)

// Info is what the peer knows of itself.
func (n *Node) Info() Info {
	var info Info
	if n.do(func(chord.Time) { info = n.info() }) != nil {
		return Info{Contact: n.self, Ring: n.cfg.Ring, Started: n.started, Version: n.cfg.Version}
	}
	return info
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
		Contact: n.self, Ring: n.cfg.Ring, Addresses: n.cfg.Transport.Addrs(), Member: v.Member,
		Predecessor: v.Pred(), Successors: v.Succ, Fingers: n.ring.Fingers(), Known: n.ring.Known(),
		Keys: n.data.Live(own), Records: n.data.Len(), Replicated: n.data.Replicated(),
		Started: n.started, Version: n.cfg.Version,
	}
}

// inquire asks another peer for its Info.
func (n *Node) inquire(ctx context.Context, peer chord.PeerID) (Info, error) {
	ctx, cancel := context.WithTimeout(ctx, walkTimeout)
	defer cancel()
	answers := make(chan Info, 1)
	var number uint64
	ask := func(chord.Time) {
		n.lastAsk++
		number = n.lastAsk
		n.inquiries[number] = func(from chord.PeerID, b []byte) {
			var info Info
			if from == peer && json.Unmarshal(b, &info) == nil && info.Peer == peer {
				delete(n.inquiries, number)
				answers <- info.checked()
			}
		}
		n.send(peer, envelope{Inquiry: number}, nil)
	}
	if !n.inbox.call(ask) {
		return Info{}, ErrClosed
	}
	select {
	case info := <-answers:
		return info, nil
	case <-n.done:
		return Info{}, ErrClosed
	case <-ctx.Done():
		n.inbox.call(func(chord.Time) { delete(n.inquiries, number) })
		return Info{}, fmt.Errorf("peer %v does not answer", peer)
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

// Walk asks every peer along the ring for its Info, several at a time.
func (n *Node) Walk(ctx context.Context) (Ring, error) {
	infos := []Info{n.Info()}
	silent := ""
	for len(infos) < maxWalk {
		next, closed, problem := n.stride(ctx, infos)
		infos = append(infos, next...)
		if problem != "" {
			silent = problem
		}
		if closed || len(next) == 0 {
			break
		}
	}
	if err := ctx.Err(); err != nil {
		return Ring{}, fmt.Errorf("walk along the ring: %w", err)
	}
	ring := NewRing(n.cfg.Ring, infos)
	if silent != "" {
		ring.WellFormed, ring.Problem = false, silent
	}
	return ring, nil
}

// stride asks the successors of the last peer reached. It is closed when they
// come round to the first.
func (n *Node) stride(ctx context.Context, reached []Info) (next []Info, closed bool, problem string) {
	ahead := reached[len(reached)-1].Successors
	for i, c := range ahead {
		if c == n.self {
			ahead, closed = ahead[:i], true
			break
		}
	}
	answers := make([]Info, len(ahead))
	var wait sync.WaitGroup
	for i, c := range ahead {
		wait.Go(func() {
			if info, err := n.inquire(ctx, c.Peer); err == nil {
				answers[i] = info
			}
		})
	}
	wait.Wait()
	last := reached[len(reached)-1].Contact
	for i, info := range answers {
		switch {
		case info.IsZero():
			problem = fmt.Sprintf("%v lists %v (%v), which does not answer", reached[len(reached)-1].Contact, ahead[i], ahead[i].Peer)
		case chord.Between(last.ID, info.ID, n.self.ID):
			next, last = append(next, info), info.Contact
		}
	}
	return next, closed || len(ahead) == 0, problem
}

// NewRing judges the peers of a ring by what they know of themselves. It is
// replicated when each of them says so, and their neighbourhoods fit together.
func NewRing(name string, infos []Info) Ring {
	ring := Ring{Name: name, Peers: infos, Replicated: len(infos) > 0}
	views := make([]chord.Neighbourhood, len(infos))
	for i := range infos {
		v := &infos[i]
		views[i] = chord.Neighbourhood{Self: v.Contact, Member: v.Member, Succ: v.Successors, Preds: []chord.Contact{v.Predecessor}}
		ring.Replicated = ring.Replicated && v.Replicated
	}
	if len(infos) == 0 {
		ring.Problem = "it has no peers"
	} else if err := wellFormed(views, 1); err != nil {
		ring.Problem = err.Error()
	}
	ring.WellFormed = ring.Problem == ""
	ring.Replicated = ring.Replicated && wellFormed(views, placingDepth) == nil
	return ring
}

// placingDepth is how many successors of every peer must be right before each
// key's replicas are the same from everywhere.
const placingDepth = 4

// wellFormed asks for more than the protocol's invariants: that neighbours
// agree with each other all the way round, to a depth of successors.
func wellFormed(views []chord.Neighbourhood, depth int) error {
	if err := chord.Check(views); err != nil {
		return err
	}
	heads := make([]chord.Neighbourhood, len(views))
	for i, v := range views {
		v.Succ = v.Succ[:min(depth, len(v.Succ))]
		heads[i] = v
	}
	return chord.Ideal(heads, depth)
}
