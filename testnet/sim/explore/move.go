package explore

import (
	"slices"

	"peal/chord"
)

// A move takes a world to the next.
type move struct {
	kind moveKind
	a, b uint8
}

type moveKind uint8

const (
	deliver   moveKind = iota // the letter with the index a
	duplicate                 // the same, and it stays under way
	lose                      // the same, and nobody gets it
	begin                     // peer a begins a round
	timeOut                   // the requests of peer a time out
	goOn                      // peer a goes on with a lookup after a pause
	crash                     // peer a
	bye                       // peer a leaves
	join                      // peer a joins through peer b
)

// moves appends what can happen in a world.
func (s *search) moves(w *world, list []move) []move {
	for i, l := range w.mail {
		if i > 0 && l == w.mail[i-1] {
			continue
		}
		list = append(list, move{kind: deliver, a: uint8(i)})
		if w.left.duplicates > 0 {
			list = append(list, move{kind: duplicate, a: uint8(i)})
		}
		if w.left.losses > 0 && s.posts[l.post()].maybeLost() {
			list = append(list, move{kind: lose, a: uint8(i)})
		}
	}
	for p := range s.contacts {
		if w.alive(p) {
			list = s.movesOf(w, p, list)
		} else if w.nodes[p] == absent {
			list = s.joins(w, p, list)
		}
	}
	return list
}

// maybeLost reports whether a message may get lost. A request or answer that
// does is one that comes late, since it is asked again.
func (p *post) maybeLost() bool { return p.holder == nobody && p.Kind != chord.Unreachable }

func (s *search) movesOf(w *world, p int, list []move) []move {
	one := move{a: uint8(p)}
	add := func(kind moveKind, may bool) {
		if may {
			one.kind = kind
			list = append(list, one)
		}
	}
	v := s.view(w, p)
	add(begin, v.Member && w.left.rounds > 0)
	add(timeOut, s.waitsInVain(w, p))
	add(goOn, s.pauses(w, p))
	add(crash, w.left.crashes > 0 && s.maySpare(w, p))
	add(bye, v.Member && w.left.leaves > 0 && s.maySpare(w, p))
	return list
}

func (s *search) joins(w *world, p int, list []move) []move {
	for via := range s.contacts {
		if w.alive(via) && s.view(w, via).Member {
			list = append(list, move{join, uint8(p), uint8(via)})
		}
	}
	return list
}

// waitsInVain reports whether a node has open requests, and none of them can be
// answered any more. That makes timeouts what the proof takes detection for:
// perfect. Nobody who lives is given up.
func (s *search) waitsInVain(w *world, p int) bool {
	hopeless := false
	for i, o := range s.states[w.nodes[p]].open {
		if o.To.IsZero() {
			continue
		}
		if s.underWay(w, p, i) {
			return false
		}
		hopeless = true
	}
	return hopeless
}

// underWay reports whether a request is, its answer, or the notice that it
// could not be delivered.
func (s *search) underWay(w *world, p, open int) bool {
	to := s.slot(s.states[w.nodes[p]].open[open].To)
	return slices.ContainsFunc(w.mail, func(l letter) bool {
		m := &s.posts[l.post()]
		return l.open() == open && m.holder == p || m.Kind == chord.Unreachable && m.from == to && m.to == p
	})
}

func (s *search) pauses(w *world, p int) bool {
	for _, o := range s.states[w.nodes[p]].open {
		if o.To.IsZero() {
			return true
		}
	}
	return false
}

// apply makes a move. A node's fault in it comes back as an error.
func (s *search) apply(w *world, m move) error {
	p := int(m.a)
	switch m.kind {
	case deliver:
		return s.arrive(w, w.take(p))
	case duplicate:
		w.left.duplicates--
		return s.arrive(w, w.mail[p])
	case lose:
		w.left.losses--
		w.take(p)
	case begin:
		w.left.rounds--
		return s.act(w, p, step{act: round}, 0)
	case timeOut:
		return s.act(w, p, step{act: expire}, 0)
	case goOn:
		return s.act(w, p, step{act: resume}, 0)
	case crash:
		w.left.crashes--
		s.end(w, p)
	case bye:
		w.left.leaves--
		err := s.act(w, p, step{act: leave}, 0)
		s.end(w, p)
		return err
	case join:
		w.nodes[p] = s.unborn[p]
		return s.act(w, p, step{act: meet, arg: uint32(m.b)}, 0)
	}
	return nil
}

// take takes a letter out of the mail.
func (w *world) take(i int) letter {
	l := w.mail[i]
	w.mail = slices.Delete(w.mail, i, i+1)
	return l
}

// arrive hands a letter to its receiver, which is alive: the letters to others
// have been taken out.
func (s *search) arrive(w *world, l letter) error {
	return s.act(w, s.posts[l.post()].to, s.receipt(l), l.open())
}

// receipt is the step of a letter's receiver. It does not depend on the request
// of somebody else.
func (s *search) receipt(l letter) step {
	if p := s.posts[l.post()]; p.holder != p.to {
		l = l.withOpen(-1)
	}
	return step{act: receive, arg: uint32(l)}
}

// act lets a node act; answered is the index of the request that it answers.
func (s *search) act(w *world, p int, what step, answered int) error {
	what.state = w.nodes[p]
	o := s.after(what)
	w.nodes[p] = o.next
	s.renumber(w, p, o.open)
	for _, out := range o.sent {
		l := out.letter
		if out.answer {
			l = l.withOpen(answered)
		}
		s.send(w, l)
	}
	return s.verdict(w, o)
}

// renumber gives the letters about a node's requests their new indexes.
func (s *search) renumber(w *world, p int, open []int) {
	changed := false
	for i, l := range w.mail {
		if l.open() < 0 || s.posts[l.post()].holder != p {
			continue
		}
		now := -1
		if l.open() < len(open) {
			now = open[l.open()]
		}
		if l = s.unread(w, l.withOpen(now)); l != w.mail[i] {
			w.mail[i] = l
			changed = true
		}
	}
	if changed {
		slices.Sort(w.mail)
	}
}

// unread empties an answer that will not be looked into, since it comes too
// late or what it answers is stale. Worlds that differ in nothing else are one.
func (s *search) unread(w *world, l letter) letter {
	p := &s.posts[l.post()]
	switch {
	case p.holder != p.to || p.empty:
		return l
	case l.open() < 0, s.states[w.nodes[p.to]].open[l.open()].Stale && p.Member:
		return newLetter(s.emptied(p), l.open())
	}
	return l
}

// send puts a letter on its way. One to a dead peer gets lost, or comes back.
func (s *search) send(w *world, l letter) {
	p := s.posts[l.post()]
	switch {
	case w.alive(p.to):
		w.add(s.unread(w, l))
	case !s.cfg.Silent && w.alive(p.from) && p.Kind != chord.Unreachable:
		w.add(s.bounced(p))
	}
}

// end takes a peer out of the world. What it sent is still under way.
func (s *search) end(w *world, p int) {
	w.nodes[p] = gone
	mail := w.mail
	w.mail = nil
	for _, l := range mail {
		if s.posts[l.post()].holder == p {
			l = l.withOpen(-1)
		}
		s.send(w, l)
	}
}
