package chord

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// drain takes what the nodes want done, and tells it as far as the detail asks.
func (s *story) drain(d detail) {
	for _, n := range s.nodes {
		r := n.Ready()
		for _, e := range r.Events {
			s.note(d >= events, eventText(n, e))
		}
		for _, m := range r.Messages {
			s.mail = append(s.mail, letter{s.now.Add(10 * time.Millisecond), m})
			s.note(d >= messages, messageText(m))
		}
		for _, f := range r.Found {
			s.say("%s finds: %x belongs to %s", name(n.Self()), f.Target[0], cmp.Or(names(f.Owners), "nobody"))
		}
	}
}

// settle drains the nodes and asserts the invariants.
func (s *story) settle(d detail) {
	s.drain(d)
	problem := ""
	if err := Check(s.views()); err != nil {
		problem = s.plain(err)
	}
	if problem != s.broken {
		s.say("! %s", cmp.Or(problem, "the invariants hold again"))
	}
	s.broken = problem
}

func (s *story) note(wanted bool, text string) {
	if wanted && text != "" {
		s.say("%s", text)
	}
}

// take takes the oldest message from one peer to another out of a list.
func (s *story) take(list *[]letter, f []string) letter {
	i := slices.IndexFunc(*list, func(l letter) bool {
		return l.From == peer(f[0]) && l.To == peer(f[1]) && (len(f) < 3 || l.Kind.String() == f[2])
	})
	if i < 0 {
		panic("there is no such message")
	}
	l := (*list)[i]
	*list = slices.Delete(*list, i, i+1)
	return l
}

// deliverAll delivers every message, and those that follow from it.
func (s *story) deliverAll() {
	for len(s.mail) > 0 {
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
func (s *story) pass(d time.Duration) {
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

func byteOf(name string) byte {
	b, err := strconv.ParseUint(name, 16, 8)
	if err != nil {
		panic(err)
	}
	return byte(b)
}

func peer(name string) Contact {
	if name == "-" {
		return Contact{}
	}
	return at(byteOf(name))
}

func peers(list []string) []Contact {
	var all []Contact
	for _, name := range list {
		all = append(all, peer(name))
	}
	return all
}

func name(c Contact) string {
	if c.IsZero() {
		return "-"
	}
	return fmt.Sprintf("%02x", c.ID[0])
}

func names(list []Contact) string {
	var all []string
	for _, c := range list {
		all = append(all, name(c))
	}
	return strings.Join(all, " ")
}

func sight(v Neighbourhood) string {
	if !v.Member {
		return name(v.Self) + " is no member"
	}
	return fmt.Sprintf("%s < %s > %s", name(v.Pred()), name(v.Self), cmp.Or(names(v.Succ), "itself"))
}

// plain shortens the contacts in an error to their names.
func (s *story) plain(err error) string {
	words := strings.FieldsFunc(err.Error(), func(r rune) bool { return !strings.ContainsRune("0123456789abcdef", r) })
	text := err.Error()
	for _, w := range words {
		if len(w) == 8 {
			text = strings.ReplaceAll(text, w, w[:2])
		}
	}
	return text
}

func messageText(m Message) string {
	from, to := name(m.From), name(m.To)
	switch m.Kind {
	case Query:
		return from + " asks " + to
	case State:
		if !m.Member {
			return from + " tells " + to + " that it is no member"
		}
		return fmt.Sprintf("%s tells %s: %s", from, to, sight(Neighbourhood{Self: m.From, Member: true, Preds: m.Preds, Succ: m.Succ}))
	case Find:
		return fmt.Sprintf("%s asks %s for %x", from, to, m.Target[0])
	case Found:
		if m.Done {
			return fmt.Sprintf("%s answers %s: %s", from, to, names(m.Succ))
		}
		return fmt.Sprintf("%s refers %s to %s", from, to, cmp.Or(names(m.Closer), "nobody"))
	case Notify:
		return from + " notifies " + to
	case Leaving:
		return from + " says goodbye to " + to
	}
	return ""
}

func eventText(n *Node, e Event) string {
	self, about := name(n.Self()), name(e.About)
	switch e.Kind {
	case Joined:
		return fmt.Sprintf("* %s", sight(n.Neighbourhood()))
	case JoinFailed:
		return fmt.Sprintf("* %s cannot join through %s", self, about)
	case NewSuccessor:
		return fmt.Sprintf("* %s takes %s for its successor", self, about)
	case NewPredecessor:
		return fmt.Sprintf("* %s takes %s for its predecessor", self, about)
	case Dead:
		return fmt.Sprintf("* %s gives up %s", self, about)
	case Returned:
		return fmt.Sprintf("* %s sees %s again", self, about)
	}
	return ""
}
