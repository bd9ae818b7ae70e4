package sim

import (
	"slices"
	"time"

	"peal/chord"
)

// joinAgainAfter is the pause before a peer tries to join through another member.
const joinAgainAfter = time.Second

// newPeer makes up a peer at a random position.
func (s *Simulation) newPeer() *peer {
	var id [16]byte
	for i := range id {
		id[i] = byte(s.rand.Uint32())
	}
	p := &peer{number: int32(len(s.peers)), self: chord.NewContact(chord.PeerID(id[:]), 0)}
	s.peers = append(s.peers, p)
	s.byPeer[p.self.Peer] = p.number
	s.boot(p)
	return p
}

// boot starts a peer's node, which knows nobody yet.
func (s *Simulation) boot(p *peer) {
	cfg := s.cfg.Node
	cfg.Self, cfg.Seed = p.self, s.rand.Uint64()
	p.node, _ = chord.New(cfg) // New has seen that the settings are valid
	p.wakeAt = chord.Never
	p.lookups = 0
	s.tally.booted++
}

// create starts the first peer of a ring.
func (s *Simulation) create() {
	p := s.newPeer()
	p.node.Create(s.now)
	s.drain(p)
}

// join starts a peer that joins through a random member.
func (s *Simulation) join() { s.meet(s.newPeer()) }

func (s *Simulation) meet(p *peer) {
	via := s.randomMember()
	if via == nil || p.node == nil || p.node.Member() {
		return
	}
	p.node.Meet(s.now, via.self)
	s.drain(p)
}

// note keeps the list of members, and the trace, up to date.
func (s *Simulation) note(p *peer, e chord.Event) {
	s.trace.event(s.now, p.self, e)
	switch e.Kind {
	case chord.Joined:
		i, _ := s.place(p.self.ID)
		s.members = slices.Insert(s.members, i, p)
		s.tally.joined++
		s.changed()
	case chord.JoinFailed:
		s.tally.joinsFailed++
		s.at(s.now.Add(joinAgainAfter), func() { s.meet(p) })
	case chord.Dead:
		if s.isAlive(e.About) {
			s.tally.wronglyDead++
		}
	}
}

// crash ends a random member's node without a word.
func (s *Simulation) crash() {
	p := s.randomMember()
	if !s.mayGo(p) {
		return
	}
	s.remove(p)
	s.crashed = append(s.crashed, p)
	s.tally.crashed++
	s.observeGone(p, Crashed)
}

// crashShare ends many nodes at once.
func (s *Simulation) crashShare() {
	for range int(s.cfg.CrashShare * float64(len(s.members))) {
		s.crash()
	}
}

// leave lets a random member say goodbye and go.
func (s *Simulation) leave() {
	p := s.randomMember()
	if !s.mayGo(p) {
		return
	}
	p.node.Leave()
	s.drain(p)
	s.remove(p)
	s.tally.left++
	s.observeGone(p, Left)
}

// restart lets a crashed peer come back: the same identity, an empty memory.
func (s *Simulation) restart() {
	if len(s.crashed) == 0 {
		return
	}
	i := s.rand.IntN(len(s.crashed))
	p := s.crashed[i]
	s.crashed = slices.Delete(s.crashed, i, i+1)
	s.boot(p)
	s.meet(p)
}

func (s *Simulation) remove(p *peer) {
	i, _ := s.place(p.self.ID)
	s.members = slices.Delete(s.members, i, i+1)
	p.node = nil
	s.tally.lookupsUnderWay -= p.lookups
	s.tally.abandoned += p.lookups
	s.changed()
}

func (s *Simulation) changed() {
	s.lastFault = s.now
	s.ideal = false
}

// mayGo reports whether every member would still have a live successor in its
// list, also in one that is on its way to it. Lists that have the peer belong
// to members not far before it.
func (s *Simulation) mayGo(p *peer) bool {
	if p == nil || len(s.members) == 1 {
		return false
	}
	at, _ := s.place(p.self.ID)
	for back := 1; back <= min(4*s.successors(), len(s.members)-1); back++ {
		q := s.members[(at-back+len(s.members))%len(s.members)]
		if !s.livesWithout(p, q.node.Neighbourhood().Succ) {
			s.tally.spared++
			return false
		}
	}
	for i := range s.mail.slots {
		if list := s.listOf(&s.mail.slots[i]); list != nil && !s.livesWithout(p, list) {
			s.tally.spared++
			return false
		}
	}
	return true
}

// listOf is the successor list that a message may bring to its receiver.
func (s *Simulation) listOf(m *chord.Message) []chord.Contact {
	switch {
	case m.Kind == chord.State && m.Member:
		list := append([]chord.Contact{m.From}, m.Succ...)
		return list[:min(len(list), s.successors())]
	case m.Done:
		return m.Succ
	}
	return nil
}

// livesWithout reports whether a list has a member other than p.
func (s *Simulation) livesWithout(p *peer, list []chord.Contact) bool {
	return slices.ContainsFunc(list, func(c chord.Contact) bool { return c != p.self && s.isMember(c) })
}

func (s *Simulation) randomMember() *peer {
	if len(s.members) == 0 {
		return nil
	}
	return s.members[s.rand.IntN(len(s.members))]
}

// place is where among the members a position is or would be.
func (s *Simulation) place(id chord.ID) (int, bool) {
	return slices.BinarySearchFunc(s.members, id, func(p *peer, id chord.ID) int { return p.self.ID.Compare(id) })
}

func (s *Simulation) isMember(c chord.Contact) bool {
	_, ok := s.place(c.ID)
	return ok
}

func (s *Simulation) isAlive(c chord.Contact) bool {
	i, ok := s.byPeer[c.Peer]
	return ok && s.peers[i].node != nil
}

// alive counts the peers whose node runs, members or not.
func (s *Simulation) alive() int { return s.tally.booted - s.tally.crashed - s.tally.left }
