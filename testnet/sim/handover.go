package sim

import (
	"time"

	"peal/chord"
)

// A peer with data leaves as package node has it: it hands over first, and only
// then says goodbye to the ring, also if it could not hand over everything in time.
const (
	handOverTakes = 10 * time.Second // at most
	leaveAgain    = time.Second      // after a goodbye that the ring could not spare
	staysAfter    = time.Minute      // if the ring still cannot spare it
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
		p.data.leaving = max(1, s.now)
		s.begin(p, &call{kind: leaveCall, began: s.now})
	}
}

// goodbye ends a leave, with everything handed over or not.
func (s *Simulation) goodbye(p *peer, h *holder, well bool) {
	switch {
	case p.data != h:
	case !p.paused() && s.mayGo(p):
		s.noteUnknown(p)
		s.farewell(p)
		s.noteDeparture(p, h.leaving, well)
	case !p.paused() && s.now.Sub(h.leaving) > staysAfter:
		s.stay(p)
	default:
		s.after(leaveAgain, func() { s.goodbye(p, h, well) })
	}
}

// stay gives up a leave: almost everybody else has gone meanwhile, and without this
// one the ring would be lost. The peer begins anew with its data, and stays where it
// is on the ring.
func (s *Simulation) stay(p *peer) {
	s.stopData(p)
	s.bootData(p)
	s.inform(p, &chord.Ready{Neighbours: true})
	s.settleUp(p)
}
