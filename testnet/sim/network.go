package sim

import "peal/chord"

// send puts a message on its way, unless it gets lost. What it answers, if it
// does, is the cause.
func (s *Simulation) send(from *peer, m *chord.Message, cause *letter) {
	s.tally.sent++
	to := s.peer(m.To.Peer)
	if to == nil {
		s.tally.lost++ // no peer has that name
		return
	}
	copies := s.copies(from, to)
	if copies == 0 {
		s.tally.lost++
		s.logLost(m)
		return
	}
	l := letter{*m, from.life}
	if isAnswer(m.Kind) {
		l.life = cause.life
	}
	for range copies {
		s.queue.push(event{at: s.now.Add(s.latency(from, to)), peer: to.number, message: s.mail.put(&l)})
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
		s.bounce(p, &l.Message)
		return
	}
	s.tally.delivered[l.Kind]++
	s.trace.message(s.now, &l.Message)
	s.logMessage(p, &l.Message)
	p.node.Step(p.clock.read(s.now), l.Message)
	s.drain(p, &l)
}

// bounce tells the sender, where dead peers refuse messages, that a message
// could not be delivered.
func (s *Simulation) bounce(dead *peer, m *chord.Message) {
	s.tally.bounced++
	if !s.cfg.Refuse || m.Kind == chord.Unreachable {
		return
	}
	to := s.peer(m.From.Peer)
	notice := letter{Message: chord.Message{Kind: chord.Unreachable, From: m.To, To: m.From}}
	s.queue.push(event{at: s.now.Add(s.latency(dead, to)), peer: to.number, message: s.mail.put(&notice)})
}
