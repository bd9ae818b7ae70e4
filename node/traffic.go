package node

import "peal/chord"

// Traffic is the bytes of the messages that a peer has handed to its transport, by what
// they were for. What the transport adds is not in it, nor whether they arrived.
type Traffic struct {
	Ring     uint64 `json:"ring"`     // upkeep of the ring, and inquiries
	Lookups  uint64 `json:"lookups"`  // and upkeep of the fingers, which is made of lookups
	Requests uint64 `json:"requests"` // reads, writes and listings, and all answers to writes
	Repair   uint64 `json:"repair"`   // reconciliation, handing over and read repair
}

func (t *Traffic) count(e envelope, size int) {
	to := &t.Ring
	switch {
	case e.Chord != nil && (e.Chord.Kind == chord.Find || e.Chord.Kind == chord.Found):
		to = &t.Lookups
	case e.Replica != nil && e.Replica.Repairs():
		to = &t.Repair
	case e.Replica != nil:
		to = &t.Requests
	}
	*to += uint64(size)
}

// Plus adds up the traffic of two peers.
func (t Traffic) Plus(o Traffic) Traffic {
	return Traffic{t.Ring + o.Ring, t.Lookups + o.Lookups, t.Requests + o.Requests, t.Repair + o.Repair}
}

// Since is what was sent after an earlier count; all of it if that was in another life.
func (t Traffic) Since(o Traffic) Traffic {
	if t.Ring < o.Ring || t.Lookups < o.Lookups || t.Requests < o.Requests || t.Repair < o.Repair {
		return t
	}
	return Traffic{t.Ring - o.Ring, t.Lookups - o.Lookups, t.Requests - o.Requests, t.Repair - o.Repair}
}
