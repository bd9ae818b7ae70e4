package sim

import "time"

// A peer with data leaves as package node has it: it hands over first, and only
// then says goodbye to the ring, also if it could not hand over everything in time.
const (
	handOverTakes = 10 * time.Second // at most
	leaveAgain    = time.Second      // after a goodbye that the ring could not spare
)

// handOver begins to leave, unless the ring would then have nobody left to take
// the data.
func (s *Simulation) handOver(p *peer) {
	staying := 0
	for _, q := range s.members {
		if q.data.leaving == 0 {
			staying++
		}
	}
	if p.data.leaving == 0 && staying > s.cfg.Data.Replica.N {
		p.data.leaving = s.now
		s.begin(p, &call{kind: leaveCall, began: s.now})
	}
}

// goodbye ends a leave, with everything handed over or not.
func (s *Simulation) goodbye(p *peer, h *holder, well bool) {
	switch {
	case p.data != h:
	case p.paused(), !s.mayGo(p):
		s.after(leaveAgain, func() { s.goodbye(p, h, well) })
	default:
		s.farewell(p)
		s.noteDeparture(p, h.leaving, well)
	}
}
