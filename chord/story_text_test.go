package chord

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// detail is how much of what happens is told.
type detail int

const (
	nothing detail = iota
	events
	messages
)

func (s *story) say(format string, args ...any) { fmt.Fprintf(&s.out, format+"\n", args...) }

// drain takes what the nodes want done, and tells it as far as the detail asks.
func (s *story) drain(d detail) {
	for _, n := range s.nodes {
		r := n.Ready()
		for _, e := range r.Events {
			s.note(d >= events, eventText(n, e))
		}
		for _, m := range r.Messages {
			if m.Kind == Changed {
				continue // makes a round come early; in a story rounds come when it says so
			}
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
	if problem := verdict(Check(s.views())); problem != s.broken {
		s.say("! %s", cmp.Or(problem, "the invariants hold again"))
		s.broken = problem
	}
}

func (s *story) note(wanted bool, text string) {
	if wanted && text != "" {
		s.say("%s", text)
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

// contact is one in an error, which shows eight digits of its position.
var contact = regexp.MustCompile(`\b([0-9a-f]{2})[0-9a-f]{6}\b`)

// verdict is an error in the story's words, nothing if there is none.
func verdict(err error) string {
	if err == nil {
		return ""
	}
	return contact.ReplaceAllString(err.Error(), "$1")
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
		if m.Same {
			return from + " agrees with " + to
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
