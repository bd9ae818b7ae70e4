package sim

import (
	"encoding/binary"
	"slices"
	"time"

	"peal/chord"
)

const (
	joinAgainAfter = time.Second            // before a peer tries to join through another member
	leaveTakes     = 500 * time.Millisecond // from a peer's goodbye to its end
)

// newPeer makes up a peer; its identity and its links come from a stream.
func (s *Simulation) newPeer(r stream) *peer {
	id := binary.BigEndian.AppendUint32(nil, uint32(len(s.peers)))
	id = binary.BigEndian.AppendUint64(id, r.next())
	p := &peer{number: int32(len(s.peers)), self: chord.NewContact(chord.PeerID(id), 0), clock: newClock(&r, s.cfg.ClockDrift), links: r}
	s.peers = append(s.peers, p)
	s.boot(p)
	return p
}

// another gives the stream of a peer that no fault brings.
func (s *Simulation) another() stream { return newStream(s.cfg.Seed, uint64(len(s.peers))) }

// number finds a peer by its name, which begins with its number. Nobody makes up names
// here, so the rest of it need not be compared: in a large ring, only to look at it would
// take the time of a visit to memory.
func (s *Simulation) number(name chord.PeerID) (int32, bool) {
	if len(name) < 4 {
		return 0, false
	}
	i := uint32(name[0])<<24 | uint32(name[1])<<16 | uint32(name[2])<<8 | uint32(name[3])
	return int32(i), int64(i) < int64(len(s.peers))
}

// peer is the peer of that name; nil if there is none.
func (s *Simulation) peer(name chord.PeerID) *peer {
	if i, ok := s.number(name); ok {
		return s.peers[i]
	}
	return nil
}

// boot starts a peer's node, which knows nobody yet.
func (s *Simulation) boot(p *peer) {
	cfg := s.cfg.Node
	cfg.Self, cfg.Seed, cfg.Outbox = p.self, p.links.next(), &s.outbox
	p.node, _ = chord.New(cfg) // New has seen that the settings are valid
	p.wakeAt, p.lookups, p.watchers = chord.Never, 0, [2]*peer{}
	p.life++
	s.bootData(p)
	s.tally.booted++
}

// create starts the first peer of a ring.
func (s *Simulation) create() {
	p := s.newPeer(s.another())
	p.node.Create(p.clock.read(s.now))
	s.drain(p, nil)
}

// join starts a peer that joins through a random member.
func (s *Simulation) join() { s.meet(s.newPeer(s.another())) }

func (s *Simulation) meet(p *peer) {
	via := s.randomMember()
	if via == nil || p.node == nil || p.node.Member() {
		return
	}
	s.tell(p)
	p.node.Meet(p.clock.read(s.now), via.self)
	s.drain(p, nil)
}

// note keeps the list of members, and the trace, up to date.
func (s *Simulation) note(p *peer, e chord.Event) {
	s.trace.event(s.now, p.self, e)
	s.logEvent(p, e)
	switch e.Kind {
	case chord.Joined:
		s.add(p)
		s.redial(p, p.node, firstRedial, 0)
		s.tally.joined++
	case chord.JoinFailed:
		s.tally.joinsFailed++
		s.after(joinAgainAfter, func() { s.meet(p) })
	case chord.Dead:
		s.verdict(p, e.About)
	}
}

// verdict notes that a member has given up another peer.
func (s *Simulation) verdict(by *peer, about chord.Contact) {
	dead := s.peer(about.Peer)
	if dead == nil {
		return
	}
	if dead.node != nil && !dead.left {
		s.tally.wronglyDead++
		s.distrust(about)
		s.doubt()
		return
	}
	for i := range dead.watchers {
		if dead.watchers[i] == by {
			s.tally.detections = append(s.tally.detections, s.now.Sub(dead.crashedAt))
			dead.watchers[i] = nil
		}
	}
}

// crash ends a member's node without a word.
func (s *Simulation) crash(p *peer) {
	if !s.mayGo(p) {
		return
	}
	s.loseMemory(p)
	p.crashedAt, p.watchers = s.now, s.neighboursOf(p)
	s.remove(p)
	s.stop(p)
	s.loseAll(p)
	s.crashed = append(s.crashed, p)
	s.tally.crashed++
	s.observeGone(p, Crashed)
}

// neighboursOf are the members before and behind one, who watch it.
func (s *Simulation) neighboursOf(p *peer) [2]*peer {
	i, _ := s.place(p.self.ID)
	n := len(s.members)
	watchers := [2]*peer{s.members[(i+n-1)%n], s.members[(i+1)%n]}
	if n == 2 {
		watchers[1] = nil // the same
	}
	return watchers
}

// crashShare ends many nodes at once.
func (s *Simulation) crashShare() {
	count := int(s.cfg.CrashShare * float64(len(s.members)))
	if count == 0 {
		return
	}
	s.named = s.namesInMail()
	for range count {
		s.crash(s.randomMember())
	}
	s.named = nil
}

// leave lets a member say goodbye. Its node goes on for a moment, as package node
// has it, which waits until the goodbyes have arrived.
func (s *Simulation) leave(p *peer) {
	switch {
	case !s.mayGo(p) || p.paused():
	case p.data != nil:
		s.handOver(p)
	default:
		s.farewell(p)
	}
}

// farewell is a member's goodbye.
func (s *Simulation) farewell(p *peer) {
	p.node.Leave()
	s.drain(p, nil)
	p.left = true
	s.remove(p)
	s.after(leaveTakes, func() { s.stop(p) })
	s.tally.left++
	s.observeGone(p, Left)
}

// restart lets a crashed peer come back: the same identity, an empty memory.
func (s *Simulation) restart(i int) {
	p := s.crashed[i]
	s.crashed = slices.Delete(s.crashed, i, i+1)
	s.boot(p)
	if s.data != nil && !p.data.returned {
		s.regain(p, func(*key) bool { return true })
	}
	s.meet(p)
}

// restartAny lets a random crashed peer come back.
func (s *Simulation) restartAny() {
	if len(s.crashed) > 0 {
		s.restart(s.churn.below(len(s.crashed)))
	}
}

// changed notes that something happened from which the ring must recover.
func (s *Simulation) changed() {
	s.lastFault, s.sentAtFault = s.now, s.tally.sent
	s.ideal, s.stirred = false, true
}

func (s *Simulation) randomMember() *peer {
	if len(s.members) == 0 {
		return nil
	}
	return s.members[s.churn.below(len(s.members))]
}

// place is where among the members a position is or would be.
func (s *Simulation) place(id chord.ID) (int, bool) {
	return slices.BinarySearchFunc(s.members, id, func(p *peer, id chord.ID) int { return p.self.ID.Compare(id) })
}

func (s *Simulation) isMember(c chord.Contact) bool {
	_, ok := s.place(c.ID)
	return ok
}

// alive counts the peers whose node runs, members or not.
func (s *Simulation) alive() int { return s.tally.booted - s.tally.crashed - s.tally.left }
