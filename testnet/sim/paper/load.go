package paper

import (
	"encoding/binary"
	"fmt"
	"slices"

	"peal/chord"
)

// A LoadRow is the number of keys that a peer has to keep.
type LoadRow struct {
	Positions    int     `json:"positions"`               // a peer
	PublishedP99 float64 `json:"published_p99,omitempty"` // over the mean; 0 where the paper's is not at hand
	Mean         float64 `json:"mean"`
	P1           int     `json:"p1"`
	P50          int     `json:"p50"`
	P99          int     `json:"p99"`
}

// P99OverMean is the load of a peer at the 99th percentile, in mean loads.
func (r *LoadRow) P99OverMean() float64 { return float64(r.P99) / r.Mean }

// publishedLoad is figure 9.
var publishedLoad = []LoadRow{
	{Positions: 1, PublishedP99: 4.8}, {Positions: 2}, {Positions: 5}, {Positions: 10}, {Positions: 20, PublishedP99: 1.6},
}

// place puts keys on the peers that own them. No node is needed for it: the
// owner is the first position at or behind the key's.
func (r *LoadRow) place(peers, keys int, seed uint64) {
	ring := positions(peers, r.Positions, seed)
	owned := make([]int, peers)
	for i := range keys {
		id := chord.KeyID(fmt.Appendf(nil, "%d/%d", seed, i))
		at, _ := slices.BinarySearchFunc(ring, id, func(p position, id chord.ID) int { return p.id.Compare(id) })
		owned[ring[at%len(ring)].peer]++
	}
	slices.Sort(owned)
	r.Mean = float64(keys) / float64(peers)
	r.P1, r.P50, r.P99 = percentile(owned, 1), percentile(owned, 50), percentile(owned, 99)
}

// A position is one place of one peer.
type position struct {
	id   chord.ID
	peer int
}

func positions(peers, each int, seed uint64) []position {
	var ring []position
	for peer := range peers {
		name := binary.BigEndian.AppendUint64(nil, seed)
		name = binary.BigEndian.AppendUint64(name, uint64(peer))
		for index := range each {
			ring = append(ring, position{chord.NewContact(chord.PeerID(name), uint32(index)).ID, peer})
		}
	}
	slices.SortFunc(ring, func(a, b position) int { return a.id.Compare(b.id) })
	return ring
}
