package testnet

import (
	"fmt"
	"math"
	"slices"

	"peal/chord"
	"peal/node"
)

// A partition says in which part of a cut testnet each peer is. Those that it does
// not name, such as peers that join later, are in part 0. A nil partition is one
// whole.
type partition map[chord.PeerID]int

// apart reports whether nothing passes between two peers.
func (p *partition) apart(a, b chord.PeerID) bool { return p != nil && (*p)[a] != (*p)[b] }

// Cut parts the testnet, as when the cables between halls are pulled: no peer of a
// part hears from those of another any more, though all run on and no connection
// closes. A part is a list of names; see [Testnet.Peer]. Whoever is named twice is in
// the later one. All other live peers are a part too, the first of those returned;
// peers that join later belong to it. A cut takes the place of the one before.
func (t *Testnet) Cut(parts ...[]string) ([][]chord.Contact, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	cut := partition{}
	for i, names := range parts {
		for _, name := range names {
			p, err := find(t.peers, name)
			if err != nil {
				return nil, err
			}
			cut[p.Self().Peer] = i + 1
		}
	}
	return t.cut(cut, len(parts)+1)
}

// CutRandom cuts off so many percent of the live peers, at random, one at least on
// either side; see [Testnet.Cut].
func (t *Testnet) CutRandom(percent float64) ([][]chord.Contact, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !(percent > 0 && percent < 100) {
		return nil, fmt.Errorf("%w: cut off %v %% of the peers: want more than 0 and less than 100", node.ErrInvalid, percent)
	}
	cut, live := partition{}, len(t.peers)
	count := max(1, min(int(math.Round(float64(live)*percent/100)), live-1))
	for _, at := range t.rand.Perm(live)[:min(count, live)] {
		cut[t.peers[at].Self().Peer] = 1
	}
	return t.cut(cut, 2)
}

// cut puts a partition into so many parts in force.
func (t *Testnet) cut(cut partition, parts int) ([][]chord.Contact, error) {
	members := make([][]chord.Contact, parts)
	for _, p := range t.peers {
		part := cut[p.Self().Peer]
		members[part] = append(members[part], p.Self())
	}
	if slices.ContainsFunc(members, func(part []chord.Contact) bool { return len(part) == 0 }) {
		return nil, fmt.Errorf("%w: cut %d peers into %d parts: each needs one at least", node.ErrInvalid, len(t.peers), parts)
	}
	t.part(cut)
	t.tell("%d of %d peers cut off", len(t.peers)-len(members[0]), len(t.peers))
	return members, nil
}

// Heal ends the cut and the impairment, if there are any, and tells what they were. The
// parts find each other again by themselves, usually within a minute.
func (t *Testnet) Heal() Network {
	t.mu.Lock()
	defer t.mu.Unlock()
	before := t.network()
	if t.parts == nil && t.wear == (Impairment{}) {
		return before
	}
	t.part(nil)
	t.impair(Impairment{})
	t.tell("the network is healed")
	return before
}

// A Network tells what is wrong with that of a testnet; the zero value is a whole one.
type Network struct {
	CutOff []chord.Contact // live peers of all parts of a cut but the first
	Impairment
}

// Network tells what is wrong with the network now.
func (t *Testnet) Network() Network {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.network()
}

func (t *Testnet) network() Network {
	n := Network{Impairment: t.wear}
	for _, p := range t.peers {
		if c := p.Self(); t.parts.apart("", c.Peer) {
			n.CutOff = append(n.CutOff, c)
		}
	}
	return n
}

// part puts a partition in force at all hosts.
func (t *Testnet) part(cut partition) {
	t.parts = cut
	for _, h := range t.hosts {
		h.Part(cut)
	}
}

// entrances are the addresses of some live peers at random that a newcomer can reach.
func (t *Testnet) entrances() (ways []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	reachable := slices.DeleteFunc(t.awake(), func(p Peer) bool { return t.parts.apart("", p.Self().Peer) })
	for _, at := range t.rand.Perm(len(reachable))[:min(waysIn, len(reachable))] {
		ways = append(ways, reachable[at].Addresses()...)
	}
	return ways
}
