package explore

import (
	"errors"
	"fmt"
	"slices"

	"peal/chord"
)

// judge finds the rule that a node broke in a step, whatever the others do, and
// the peers that it can only have treated so if they are dead.
func (a *automaton) judge(before, after view, m *chord.Message, r chord.Ready) (broken string, dead []int) {
	for _, e := range r.Events {
		if e.Kind == chord.Dead {
			dead = append(dead, a.slot(e.About))
		}
	}
	for i := range r.Messages {
		if r.Messages[i].Kind == chord.Found && broken == "" {
			broken = unsoundAnswer(m.Target, &r.Messages[i], &after)
		}
	}
	if !before.Member || !after.Member || broken != "" {
		return broken, dead
	}
	if gaveWay := before.pred; after.pred != gaveWay && gaveWay != nobody {
		if after.pred == nobody || !chord.Between(before.Pred().ID, after.Pred().ID, after.Self.ID) {
			dead = append(dead, gaveWay)
		}
	}
	return unheard(a.slot(m.From), &before, &after), dead
}

// unheard says which contact a member adopted that did not just speak to it. A
// list whose head died goes on with its next: that one was not adopted now.
func unheard(from int, before, after *view) string {
	if p := after.pred; p != before.pred && p != nobody && p != from {
		return fmt.Sprintf("the predecessor %v was adopted unheard", after.Pred())
	}
	if len(after.succ) == 0 {
		return ""
	}
	if c := after.succ[0]; c != from && !slices.Contains(before.succ, c) {
		return fmt.Sprintf("the successor %v was adopted unheard", after.Succ[0])
	}
	return ""
}

// unsoundAnswer says what is wrong with an answer to a lookup: owners that the
// answerer does not take for its successors, a target that is not theirs, or a
// contact that leads away from the target.
func unsoundAnswer(target chord.ID, m *chord.Message, v *view) string {
	if !m.Done {
		for _, c := range m.Closer {
			if !chord.Between(v.Self.ID, c.ID, target) {
				return fmt.Sprintf("%v is no way to %v", c, target)
			}
		}
		return ""
	}
	owners := v.Succ
	if v.Whole {
		owners = append(slices.Clone(owners), v.Self)
	}
	if !slices.Equal(m.Succ, owners) {
		return fmt.Sprintf("the owners named are %v, not %v", m.Succ, owners)
	}
	if arc := (chord.Arc{From: v.Self.ID, To: owners[0].ID}); !arc.Contains(target) {
		return fmt.Sprintf("%v does not own %v", owners[0], target)
	}
	return ""
}

// verdict is the error of a step in the world where it was made.
func (s *search) verdict(w *world, o *outcome) error {
	if o.broken != "" {
		return errors.New(o.broken)
	}
	for _, p := range o.dead {
		if w.alive(p) {
			return fmt.Errorf("%v was taken for dead, and is alive", s.contacts[p])
		}
	}
	return nil
}

// check asserts the invariants of the whole ring. They depend on the nodes'
// views only, of which there are few.
func (s *search) check(w *world) error {
	var key [maxPeers]uint32
	for p := range s.contacts {
		if w.alive(p) {
			key[p] = s.states[w.nodes[p]].view + 1
		}
	}
	if s.sound[key] {
		return nil
	}
	if err := s.checkMembers(w); err != nil {
		return err
	}
	if err := chord.Check(s.neighbourhoods(w)); err != nil {
		return err
	}
	s.sound[key] = true
	return nil
}

// checkMembers asserts that members list only those that are, or were, members
// too.
func (s *search) checkMembers(w *world) error {
	members := s.members(w)
	for p := range s.contacts {
		if members>>p&1 == 0 {
			continue
		}
		v := s.view(w, p)
		for _, c := range append([]int{v.pred}, v.succ...) {
			if c != nobody && w.nodes[c] != gone && members>>c&1 == 0 {
				return fmt.Errorf("%v lists %v, which is no member yet", v.Self, s.contacts[c])
			}
			if c == p {
				return fmt.Errorf("%v lists itself", v.Self)
			}
		}
	}
	return nil
}

// neighbourhoods is what the live nodes see. A member that may go on alone and
// has to does so already: see maySpare.
func (s *search) neighbourhoods(w *world) []chord.Neighbourhood {
	members := s.members(w)
	var list []chord.Neighbourhood
	for p := range s.contacts {
		if !w.alive(p) {
			continue
		}
		v := s.view(w, p)
		n := v.Neighbourhood
		if v.Whole && !v.hasOneOf(members) {
			n.Succ = nil
		}
		list = append(list, n)
	}
	return list
}
