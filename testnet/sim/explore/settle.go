package explore

import (
	"errors"
	"fmt"

	"peal/chord"
)

const (
	fairRounds = 12     // in which the ring must become ideal
	noEnd      = 10_000 // steps after which it is said that a world never comes to rest
)

// settle lets nothing more go wrong in a quiet world, and requires that the
// ring becomes ideal and stays so, and that every lookup is right then. Worlds
// from which that is known already end it early.
func (s *search) settle(w world) error {
	w = w.clone()
	w.left = budget{}
	var passed []uint64
	for done := 0; ; done++ {
		if err := s.rest(&w); err != nil {
			return err
		}
		s.words = w.encode(s.words[:0])
		h := hash(s.words)
		if s.settled[h] {
			break
		}
		passed = append(passed, h)
		notYet := s.ideal(&w)
		if notYet == nil {
			s.report.SettleRounds = max(s.report.SettleRounds, done)
			if err := s.staysIdeal(w); err != nil {
				return err
			}
			break
		}
		if done == fairRounds {
			return fmt.Errorf("not ideal after %d fair rounds: %w", done, notYet)
		}
		if err := s.fairRound(&w); err != nil {
			return err
		}
	}
	for _, h := range passed {
		s.settled[h] = true
	}
	return nil
}

// staysIdeal asserts that one more round changes nothing that matters.
func (s *search) staysIdeal(w world) error {
	if err := s.checkLookups(&w); err != nil {
		return err
	}
	w = w.clone()
	if err := s.fairRound(&w); err != nil {
		return err
	}
	if err := s.ideal(&w); err != nil {
		return fmt.Errorf("the ring was ideal, and is no more: %w", err)
	}
	return nil
}

// ideal tells whether all live nodes are members of an ideal ring.
func (s *search) ideal(w *world) error {
	count := 0
	for p := range s.contacts {
		if !w.alive(p) {
			continue
		}
		count++
		if v := s.view(w, p); !v.Member {
			return fmt.Errorf("%v is no member", v.Self)
		}
	}
	for p := range s.contacts {
		if !w.alive(p) {
			continue
		}
		switch v := s.view(w, p); {
		case v.Whole && len(v.succ) != count-1:
			return fmt.Errorf("%v takes %v for the whole ring", v.Self, v.Succ)
		case !v.Whole && count <= s.cfg.Successors:
			return fmt.Errorf("%v does not know that %v is the whole ring", v.Self, v.Succ)
		}
	}
	return chord.Ideal(s.neighbourhoods(w), s.cfg.Successors)
}

// fairRound lets every node begin one round, each after the letters of the one
// before have arrived. Who could not join is given another way in, as its
// driver would do.
func (s *search) fairRound(w *world) error {
	for p := range s.contacts {
		if !w.alive(p) {
			continue
		}
		what := step{act: round}
		if !s.view(w, p).Member {
			what = step{act: meet, arg: uint32(s.firstMember(w))}
		}
		if err := s.act(w, p, what, 0); err != nil {
			return err
		}
		if err := s.rest(w); err != nil {
			return err
		}
	}
	return nil
}

func (s *search) firstMember(w *world) int {
	for p := range s.contacts {
		if w.alive(p) && s.view(w, p).Member {
			return p
		}
	}
	panic("explore: a ring without members") // no crash is allowed to leave one
}

// rest delivers letters, and lets time pass, until nothing is under way. A
// lookup that pauses is given one more chance only: nobody may be left to ask.
func (s *search) rest(w *world) error {
	pauses := 0
	for range noEnd {
		m, ok := s.next(w)
		if ok && m.kind == goOn {
			pauses++
		}
		if !ok || pauses > len(s.contacts) {
			return nil
		}
		if err := s.apply(w, m); err != nil {
			return err
		}
		if err := s.check(w); err != nil {
			return err
		}
	}
	return errors.New("the nodes never come to rest, though nothing more happens")
}

// next is what happens next where nobody interferes. A lookup's pause is longer
// than any timeout.
func (s *search) next(w *world) (move, bool) {
	if len(w.mail) > 0 {
		return move{kind: deliver}, true
	}
	for _, due := range []struct {
		kind moveKind
		of   func(*world, int) bool
	}{{timeOut, s.waitsInVain}, {goOn, s.pauses}} {
		for p := range s.contacts {
			if w.alive(p) && due.of(w, p) {
				return move{kind: due.kind, a: uint8(p)}, true
			}
		}
	}
	return move{}, false
}
