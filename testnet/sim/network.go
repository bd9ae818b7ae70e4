package sim

import (
	"peal/chord"
	"peal/node/replica"
)

// send puts a message on its way, unless it gets lost. What it answers, if it
// does, is the cause.
func (s *Simulation) send(from *peer, m *chord.Message, cause *letter) {
	s.tally.bytes += m.Size()
	l := letter{Message: *m, life: from.life}
	if isAnswer(m.Kind) {
		l.life = cause.life
	}
	s.post(from, m.To.Peer, &l)
}

// post puts a letter on its way.
func (s *Simulation) post(from *peer, name chord.PeerID, l *letter) {
	s.tally.sent++
	number, ok := s.number(name)
	if !ok {
		s.tally.lost++ // no peer has that name
		return
	}
	to := s.peers[number] // is fetched only where a link depends on it: that is a visit to memory
	copies := s.copies(from, to)
	if copies == 0 {
		s.tally.lost++
		s.logLost(from, to, l)
		return
	}
	for range copies {
		s.queue.push(event{at: s.now.Add(s.latency(from, to)), peer: number, message: s.mail.put(l)})
	}
	s.tally.duplicated += copies - 1
}

// deliver hands a message to its receiver, if that lives. One that is paused
// gets it later.
func (s *Simulation) deliver(p *peer, slot int32) {
	if p.paused() {
		p.mail = append(p.mail, slot)
		return
	}
	l := s.mail.take(slot)
	if p.node == nil {
		s.bounce(p, &l)
		return
	}
	s.step(p, &l)
	s.settleUp(p)
}

// step hands a letter to a peer's node, or to its replica.
func (s *Simulation) step(p *peer, l *letter) {
	if l.data != nil {
		s.stepData(p, l.data)
		return
	}
	s.tally.delivered[l.Kind]++
	s.trace.message(s.now, &l.Message)
	s.logMessage(p, &l.Message)
	p.node.Step(p.clock.read(s.now), l.Message)
	s.drainRing(p, l)
	if l.Kind == chord.Unreachable && p.data != nil {
		s.stepData(p, &replica.Message{Kind: replica.Unreachable, From: l.From.Peer, To: p.self.Peer})
	}
}

// bounce tells the sender, where dead peers refuse messages, that a message
// could not be delivered.
func (s *Simulation) bounce(dead *peer, l *letter) {
	s.tally.bounced++
	if !s.cfg.Refuse || l.Kind == chord.Unreachable {
		return
	}
	from := l.From.Peer
	if l.data != nil {
		from = l.data.From
	}
	to := s.peer(from)
	notice := letter{Message: chord.Message{Kind: chord.Unreachable, From: dead.self, To: to.self}}
	s.queue.push(event{at: s.now.Add(s.latency(dead, to)), peer: to.number, message: s.mail.put(&notice)})
}
