package testnet

import (
	"fmt"
	"slices"

	"peal/node"
)

// A Choice says which live peers something is done to: those with these names, see
// [Testnet.Peer], or else so many at random.
type Choice struct {
	Count int
	Peers []string
}

// choose picks from some live peers at random, and by name from all of them.
func (t *Testnet) choose(c Choice, from []Peer) ([]Peer, error) {
	if len(c.Peers) > 0 {
		return named(t.peers, c.Peers)
	}
	if c.Count < 1 || c.Count > len(from) {
		return nil, fmt.Errorf("%w: choose %d peers: want 1 to %d, the number of those there are", node.ErrInvalid, c.Count, len(from))
	}
	return pick(from, t.rand.Perm(len(from))[:c.Count]), nil
}

// named finds peers by name, each once.
func named(peers []Peer, names []string) ([]Peer, error) {
	var found []Peer
	for _, name := range names {
		p, err := find(peers, name)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(found, p) {
			found = append(found, p)
		}
	}
	return found, nil
}
