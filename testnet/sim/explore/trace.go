package explore

import (
	"fmt"
	"strings"
)

// violation tells the way to where an invariant broke, by going it once more.
func (s *search) violation(broken error, last link) error {
	var way []move
	for l := last; s.report.Transitions > 0; l = s.links[l.from] {
		way = append(way, l.move)
		if l.from == 0 {
			break
		}
	}
	w := s.first.clone()
	steps := []string{"at first" + s.lists(&w)}
	for i := len(way) - 1; i >= 0; i-- {
		text := s.describe(&w, way[i])
		_ = s.apply(&w, way[i]) // the last one is the error that we have
		steps = append(steps, text+s.lists(&w))
	}
	return &Violation{Config: s.cfg, Broken: broken, Steps: steps}
}

func (s *search) describe(w *world, m move) string {
	name := s.name(int(m.a))
	switch m.kind {
	case deliver:
		return s.letterText(w.mail[m.a])
	case duplicate:
		return s.letterText(w.mail[m.a]) + ", and once more later"
	case lose:
		return s.letterText(w.mail[m.a]) + ", but it gets lost"
	case begin:
		return name + " begins a round"
	case timeOut:
		return "the requests of " + name + " time out"
	case goOn:
		return name + " goes on with its lookup"
	case crash:
		return name + " crashes"
	case bye:
		return name + " leaves"
	}
	return name + " joins through " + s.name(int(m.b))
}

func (s *search) letterText(l letter) string {
	p := &s.posts[l.post()]
	text := fmt.Sprintf("%v from %s reaches %s", p.Kind, s.name(p.from), s.name(p.to))
	if p.holder == p.to && l.open() < 0 {
		text += " too late"
	}
	return text
}

// name is one letter for a peer, in the order of the circle.
func (s *search) name(p int) string {
	if p == nobody {
		return "nobody"
	}
	return string(rune('A' + p))
}

// lists shows the live nodes: predecessor, node, and successor list.
func (s *search) lists(w *world) string {
	var b strings.Builder
	for p := range s.contacts {
		if !w.alive(p) {
			continue
		}
		v := s.view(w, p)
		if !v.Member {
			fmt.Fprintf(&b, " | %s is joining", s.name(p))
			continue
		}
		var succ []string
		for _, c := range v.succ {
			succ = append(succ, s.name(c))
		}
		fmt.Fprintf(&b, " | %s < %s: %s", s.name(v.pred), s.name(p), strings.Join(succ, " "))
		if v.Whole {
			b.WriteString(" (whole)")
		}
	}
	return b.String()
}
