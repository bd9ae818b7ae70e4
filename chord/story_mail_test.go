package chord

import (
	"cmp"
	"slices"
	"time"
)

// take takes the oldest message from one peer to another out of the mail.
func (s *story) take(f []string) letter {
	i := slices.IndexFunc(s.mail, func(l letter) bool {
		return l.From == peer(f[0]) && l.To == peer(f[1]) && (len(f) < 3 || l.Kind.String() == f[2])
	})
	if i < 0 {
		panic("there is no such message")
	}
	l := s.mail[i]
	s.mail = slices.Delete(s.mail, i, i+1)
	return l
}

// deliverSome delivers the message that is named, or else every message with those
// that follow from it.
func (s *story) deliverSome(f []string) {
	if len(f) > 0 {
		s.deliver(s.take(f).Message)
		return
	}
	for count := 0; len(s.mail) > 0; count++ {
		if count == 10_000 {
			panic("the messages never end")
		}
		m := s.mail[0].Message
		s.mail = s.mail[1:]
		s.now = s.now.Add(time.Millisecond)
		s.deliver(m)
		s.settle(events)
	}
}

func (s *story) deliver(m Message) {
	to := slices.IndexFunc(s.nodes, func(n *Node) bool { return n.Self() == m.To })
	from := slices.IndexFunc(s.nodes, func(n *Node) bool { return n.Self() == m.From })
	switch {
	case slices.Contains(s.apart, name(m.From)) != slices.Contains(s.apart, name(m.To)):
	case to >= 0:
		s.nodes[to].Step(s.now, m)
	case from >= 0 && !s.passing:
		s.nodes[from].Step(s.now, Message{Kind: Unreachable, From: m.To, To: m.From})
	}
}

// pass lets time pass.
func (s *story) pass(f []string) {
	d, err := time.ParseDuration(f[0])
	if err != nil {
		panic(err)
	}
	s.passing = true
	defer func() { s.passing = false }()
	for end := s.now.Add(d); ; s.settle(nothing) {
		next := slices.MinFunc(s.nodes, func(a, b *Node) int { return cmp.Compare(a.Deadline(), b.Deadline()) })
		switch {
		case len(s.mail) > 0 && s.mail[0].at <= min(end, next.Deadline()):
			l := s.mail[0]
			s.mail = s.mail[1:]
			s.now = max(s.now, l.at)
			s.deliver(l.Message)
		case next.Deadline() <= end:
			s.now = max(s.now, next.Deadline())
			next.Tick(s.now)
		default:
			s.now = max(s.now, end)
			return
		}
	}
}
