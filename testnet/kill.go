package testnet

import (
	"errors"
	"fmt"
	"slices"

	"peal/chord"
	"peal/node"
)

// Killed says which peers a kill stopped.
type Killed struct {
	Peers    []chord.Contact
	InARow   int // the longest run of them on the ring
	Replicas int // of a key: from so many in a row on, keys may be lost
}

// KillRandom stops count peers at random without a goodbye, never as
// many in a row on the ring as a key has replicas, unless any is set.
func (t *Testnet) KillRandom(count int, any bool, how Death) (Killed, error) {
	return t.kill(how, func(ring []Peer) ([]Peer, error) {
		if err := enough(count, len(ring)); err != nil {
			return nil, err
		}
		if any {
			return pick(ring, t.rand.Perm(len(ring))[:count]), nil
		}
		tight := tightest(len(ring), t.rand.IntN(len(ring)), t.cfg.Quorums.N)
		if count > len(tight) {
			return nil, fmt.Errorf("%w: killing %d of %d peers at once would take all replicas of some keys with them: kill %d at most, or use --any", node.ErrInvalid, count, len(ring), len(tight))
		}
		if chosen := spread(t.rand.Perm(len(ring)), count, t.cfg.Quorums.N); len(chosen) == count {
			return pick(ring, chosen), nil
		}
		t.rand.Shuffle(len(tight), func(i, j int) { tight[i], tight[j] = tight[j], tight[i] })
		return pick(ring, tight[:count]), nil
	})
}

// KillAdjacent stops count peers in a row on the ring, from a random place.
func (t *Testnet) KillAdjacent(count int, how Death) (Killed, error) {
	return t.kill(how, func(ring []Peer) ([]Peer, error) {
		if err := enough(count, len(ring)); err != nil {
			return nil, err
		}
		first := t.rand.IntN(len(ring))
		var victims []Peer
		for i := range count {
			victims = append(victims, ring[(first+i)%len(ring)])
		}
		return victims, nil
	})
}

// KillPeers stops the named peers; see [Testnet.Peer] for names.
func (t *Testnet) KillPeers(names []string, how Death) (Killed, error) {
	return t.kill(how, func(ring []Peer) ([]Peer, error) { return named(ring, names) })
}

func enough(count, live int) error {
	if count < 1 || count > live {
		return fmt.Errorf("%w: kill %d peers: want 1 to %d, the number of live ones", node.ErrInvalid, count, live)
	}
	return nil
}

// tightest takes as many of the n places of a circle as it can without a run of
// as many as a key has replicas, which leaves one in each such run.
func tightest(n, first, replicas int) []int {
	var chosen []int
	for i := range n {
		if i%replicas != 0 {
			chosen = append(chosen, (first+i)%n)
		}
	}
	return chosen
}

// spread takes count places of a circle in the given order, leaving out those
// that would make a run of as many as a key has replicas. It finds half of the
// places in any order, and more by luck.
func spread(order []int, count, replicas int) []int {
	taken := make([]bool, len(order))
	var chosen []int
	for _, at := range order {
		if len(chosen) == count {
			break
		}
		taken[at] = true
		if runAround(taken, at) >= min(replicas, len(order)) {
			taken[at] = false
			continue
		}
		chosen = append(chosen, at)
	}
	return chosen
}

// runAround is the length of the run of taken places around one of them.
func runAround(taken []bool, at int) int {
	n := len(taken)
	run := 1
	for i := 1; i < n && taken[(at+i)%n]; i++ {
		run++
	}
	for i := 1; run < n && taken[(at-i+n)%n]; i++ {
		run++
	}
	return run
}

// inARow is the length of the longest run of victims on the ring.
func inARow(ring, victims []Peer) int {
	taken := make([]bool, len(ring))
	for i, p := range ring {
		taken[i] = slices.Contains(victims, p)
	}
	return longestRun(taken)
}

// longestRun is the length of the longest run of taken places of a circle.
func longestRun(taken []bool) int {
	longest := 0
	for at := range taken {
		if taken[at] && (at == 0 || !taken[at-1]) {
			longest = max(longest, runAround(taken, at))
		}
	}
	return longest
}

func pick(ring []Peer, places []int) []Peer {
	var picked []Peer
	for _, at := range places {
		picked = append(picked, ring[at])
	}
	return picked
}

// kill stops the peers that choose picks from the live ones in ring order, all
// at the same time.
func (t *Testnet) kill(how Death, choose func(ring []Peer) ([]Peer, error)) (Killed, error) {
	victims, longest, err := t.condemn(choose)
	if err != nil {
		return Killed{}, err
	}
	err = errors.Join(together(victims, func(p Peer) error { return p.Kill(how == Hang) })...)
	t.happened(victims, node.Killed)
	return Killed{contacts(victims), longest, t.cfg.Quorums.N}, err
}

// condemn takes the peers to kill out of the live ones, and says how many of
// them are in a row.
func (t *Testnet) condemn(choose func(ring []Peer) ([]Peer, error)) ([]Peer, int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	ring := slices.Clone(t.peers)
	slices.SortFunc(ring, func(a, b Peer) int { return a.Self().ID.Compare(b.Self().ID) })
	if len(ring) == 0 {
		return nil, 0, fmt.Errorf("%w: no peer is left to kill: join some with 'peal testnet join'", node.ErrInvalid)
	}
	victims, err := choose(ring)
	if err != nil {
		return nil, 0, err
	}
	t.forget(victims)
	return victims, inARow(ring, victims), nil
}
