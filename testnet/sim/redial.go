package sim

import (
	"time"

	"peal/chord"
)

// Peers are started with addresses to join by, and dial them again and again
// even when they are members, as package node has it. A newcomer may know
// nobody else: where it joined a part that was cut off, and all whom it met
// there crashed, only an address leads it back.
const (
	maxAddresses = 3
	firstRedial  = time.Second // grows by half each time
	lastRedial   = 5 * time.Minute
)

// tell gives a peer the addresses of random members.
func (s *Simulation) tell(p *peer) {
	for s.cfg.Redial && len(p.addresses) < maxAddresses && len(s.members) > 0 {
		p.addresses = append(p.addresses, s.randomMember())
	}
}

// redial lets a member dial one address after the other, until its node ends.
// A dead peer's address leads to another member: people replace machines.
func (s *Simulation) redial(p *peer, node *chord.Node, pause time.Duration, turn int) {
	if len(p.addresses) == 0 {
		return
	}
	s.after(pause, func() {
		if p.node != node {
			return
		}
		to := p.addresses[turn%len(p.addresses)]
		if to.node == nil {
			to = s.randomMember()
		}
		if !p.paused() && !s.links.blocked(p, to) && !s.links.blocked(to, p) {
			node.Meet(p.clock.read(s.now), to.self)
			s.drain(p, nil)
		}
		s.redial(p, node, min(pause*3/2, lastRedial), turn+1)
	})
}
