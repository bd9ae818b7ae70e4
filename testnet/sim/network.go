package sim

import "peal/chord"

// send puts a message on its way, unless it gets lost.
func (s *Simulation) send(m chord.Message) {
	s.tally.sent++
	if s.cfg.Loss > 0 && s.rand.Float64() < s.cfg.Loss {
		s.tally.lost++
		return
	}
	s.queue.push(event{at: s.now.Add(s.latency()), message: s.mail.put(m)})
}

// deliver hands a message to its receiver, if that lives.
func (s *Simulation) deliver(m chord.Message) {
	i, known := s.byPeer[m.To.Peer]
	if !known || s.peers[i].node == nil {
		s.bounce(m)
		return
	}
	s.tally.delivered[m.Kind]++
	s.trace.message(s.now, &m)
	s.peers[i].node.Step(s.now, m)
	s.drain(s.peers[i])
}

// bounce tells the sender, where dead peers refuse messages, that a message
// could not be delivered.
func (s *Simulation) bounce(m chord.Message) {
	s.tally.bounced++
	i := s.byPeer[m.From.Peer]
	if !s.cfg.Refuse || m.Kind == chord.Unreachable || s.peers[i].node == nil {
		return
	}
	notice := chord.Message{Kind: chord.Unreachable, From: m.To, To: m.From}
	s.queue.push(event{at: s.now.Add(s.latency()), message: s.mail.put(notice)})
}
