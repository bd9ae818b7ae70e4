package sim

import (
	"fmt"
	"slices"

	"peal/chord"
)

// What can be asserted when?
//
// The lists of a member are well-formed in every state, whatever happened
// before ([wellFormed]). And once the last fault is over, the ring must become
// ideal, whatever happened before.
//
// The whole of [chord.Check] (every member has a live successor, there is one
// ring, in order, and every member leads to it) is what Zave's proof shows. It
// assumes that peers which are given up have failed. No message can tell a slow
// or unreachable peer from a dead one, so a run with losses, pauses, cuts or
// partitions may break the assumption; but it is broken by the verdict, not by
// the fault. Therefore Check is asserted after every event until a live member
// is given up, and again from the moment in which the ring is ideal and no list of
// dead peers alone is under way to anybody who waits for it, for then nothing is
// left of the false verdict. Until that moment the run is in doubt; [Report.Asserted]
// counts the events that were not.
//
// A live member is given up if a node says so ([chord.Dead]), or if it vanishes
// from the node's neighbours where that is for the node to judge: by a timer, or
// because it refuses, says goodbye, or denies to be a member. A State, a Notify or a
// Found of a member may push a neighbour out for better ones: that is the protocol
// at work, and must be harmless. No other message may cost a live neighbour.

// doubt begins when a live member is given up. It is over at once if that was
// not a neighbour.
func (s *Simulation) doubt() {
	s.doubted, s.stirred = true, true
	s.ideal = false
}

// noteGivenUp compares a node's neighbours before and after a message, or none.
func (s *Simulation) noteGivenUp(p *peer, before, after *chord.Neighbourhood, cause *letter) {
	if s.doubted && s.data == nil || cause != nil && cause.Member && speaks(cause.Kind) {
		return
	}
	gone := func(c chord.Contact) bool { return s.isMember(c) && !slices.Contains(after.Succ, c) }
	if !slices.ContainsFunc(before.Succ, gone) && (before.Pred() == after.Pred() || !s.isMember(before.Pred())) {
		return
	}
	for _, c := range append(before.Succ[:len(before.Succ):len(before.Succ)], before.Pred()) {
		if s.isMember(c) && !slices.Contains(after.Succ, c) && c != after.Pred() {
			s.distrust(c)
		}
	}
	if s.doubted {
		return
	}
	s.logf("%v has lost a live neighbour", p.self)
	if cause != nil && !speaks(cause.Kind) && !ends(cause.Kind) {
		s.broken = fmt.Errorf("%v lost a live neighbour by a %v of %v", p.self, cause.Kind, cause.From)
	}
	s.doubt()
}

// noteOldAnswer breaks the run if a node went by an answer to a question of its
// earlier life.
func (s *Simulation) noteOldAnswer(p *peer, cause *letter) {
	if cause != nil && isAnswer(cause.Kind) && cause.life != p.life {
		s.broken = fmt.Errorf("%v changed its neighbours by a %v of %v, which answers a question of its earlier life", p.self, cause.Kind, cause.From)
	}
}

// ends reports whether the kind of message tells that a peer is none any more.
func ends(k chord.Kind) bool {
	return k == chord.Leaving || k == chord.Unreachable || k == chord.Disconnected
}

// speaks reports whether the kind of message brings contacts for the lists.
func speaks(k chord.Kind) bool { return k == chord.State || k == chord.Notify || k == chord.Found }

// assert checks what must hold after an event.
func (s *Simulation) assert() error {
	if !s.doubted {
		s.tally.asserted++
	}
	if s.broken != nil {
		return s.broken
	}
	if s.cfg.invariant != nil {
		if err := s.cfg.invariant(s); err != nil {
			return err
		}
	}
	if s.now >= s.progressAt {
		s.progress()
	}
	if !s.stirred || s.astray > 0 && !s.everyChange && s.now < s.checkAt {
		return nil
	}
	return s.check()
}

// check asserts the invariants, and notes when the ring has become ideal. An
// ideal ring keeps all of them.
func (s *Simulation) check() error {
	s.stirred, s.checkAt = false, s.now.Add(s.cfg.CheckEvery)
	s.tally.checks++
	if s.astray > 0 {
		if s.doubted {
			return nil
		}
		return chord.Check(s.allViews())
	}
	s.doubted = s.doubted && s.staleNews()
	s.stirred = s.doubted // to look again
	if !s.ideal {
		s.ideal = true
		s.tally.idealAfter = s.now.Sub(s.lastFault)
		s.tally.idealMessages = s.tally.sent - s.sentAtFault
	}
	return nil
}

// confirm makes sure of an ideal ring by the checker that everybody uses.
func (s *Simulation) confirm() error {
	if s.astray > 0 {
		return nil // again astray, as happens while messages get lost for good
	}
	return chord.Ideal(s.allViews(), s.successors())
}
