package replica

import (
	"slices"

	"peal/chord"
)

func (s *session) compare(now chord.Time) {
	n := min(len(s.ranges), batchRanges)
	s.open = slices.Clone(s.ranges[len(s.ranges)-n:])
	s.ranges = s.ranges[:len(s.ranges)-n]
	batch := make([]Range, n)
	for i, arc := range s.open {
		batch[i] = s.r.rangeOf(arc)
	}
	s.ask(now, s.r.comparing(batch), s.compared)
}

// compared sorts out what differs: a list tells what to move, a summary that
// is not ours is compared further.
func (s *session) compared(now chord.Time, m Message) {
	if m.Refused == IsLeaving && s.way == onlyGive { // what it has goes with it
		s.end(now, false)
		return
	}
	s.stranger = s.stranger || m.Stranger && s.way.takes()
	s.last = m
	s.theirs = standing{m.Presence, m.Stale}
	if s.way == onlyGive && s.theirs.stale && !s.ours.stale && !s.r.leaving {
		s.withheld = true // it shows nobody what it has, so we go on holding it
	}
	for _, rg := range m.Ranges {
		nothing := !s.way.takes() && s.r.index.Summary(rg.Arc).Count == 0
		switch {
		case !s.wasAsked(rg.Arc):
			s.end(now, false)
			return
		case nothing || s.r.agrees(rg) && !rg.Listed:
		case rg.Listed:
			s.match(now, rg)
		case s.r.index.Summary(rg.Arc).Count == 0:
			s.empty = append(s.empty, rg)
		default:
			s.ranges = append(s.ranges, rg.Arc)
		}
	}
	s.step(now)
}

// wasAsked takes an arc out of those that we asked for: a part of each may be
// answered once, in the order of a clockwise walk. So a peer that answers
// something else cannot make a session grow.
func (s *session) wasAsked(arc chord.Arc) bool {
	i := slices.IndexFunc(s.open, func(o chord.Arc) bool { return o.From == arc.From && covers(o, arc) })
	switch {
	case i < 0:
		return false
	case s.open[i].To == arc.To:
		s.open = slices.Delete(s.open, i, i+1)
	default:
		s.open[i].From = arc.To
	}
	return true
}

// maxMatched is how many items of ours are matched with a list in one go: it takes a few
// milliseconds.
const maxMatched = 1 << 12

// matchMore goes on with an arc of which we have much and the other side has little. All
// else that waits has its turn before.
func (s *session) matchMore(now chord.Time) {
	last := len(s.listed) - 1
	rg := s.listed[last]
	s.listed = s.listed[:last]
	s.match(now, rg)
	s.stepAt(now)
}

// match finds what one side lacks on an arc of which we have the other's list, or on the
// beginning of the arc.
func (s *session) match(now chord.Time, rg Range) {
	items := s.r.index.Items(rg.Arc, maxMatched)
	if len(items) < int(s.r.index.Summary(rg.Arc).Count) {
		end := chord.KeyID([]byte(items[len(items)-1].Key))
		s.listed = append(s.listed, Range{Arc: chord.Arc{From: end, To: rg.Arc.To}, Items: rg.Items})
		rg.Arc.To = end
	}
	theirs := s.read(now, rg)
	for _, it := range items {
		their, ok := theirs[it.Key]
		newer := ok && their.Version.Compare(it.Version) > 0
		switch {
		case s.way == exchange && tooFarAhead(now, it.Version):
		case !s.way.takes() && newer && (their.Deleted || s.r.forgotten(now, their)) && s.r.isStray(it):
			s.r.discard(it) // others may have forgotten that already
		case newer, ok && their.Version == it.Version:
		case !ok && s.deletedThere(now, it):
			s.r.discard(it)
		case !ok && s.mayBeDeletedThere(now, it):
			s.unsure = true
		case s.way != exchange && s.way != onlyGive, s.refusing:
		case ok && s.theirs.stale && !s.mayOffer(now, it): // to them it would look as if it had been written since
			s.withheld = true
		case ok:
			s.pushes = append(s.pushes, it)
		case s.r.forgotten(now, it):
		case !s.mayOffer(now, it), s.last.Busy && !s.r.leaving:
			s.withheld = true
		default:
			s.pushes = append(s.pushes, it)
		}
	}
}

// read takes in the other's list, and notes what to pull of it.
func (s *session) read(now chord.Time, rg Range) map[string]Item {
	theirs := make(map[string]Item, len(rg.Items))
	for _, it := range rg.Items {
		if _, twice := theirs[it.Key]; twice || !rg.Arc.Contains(chord.KeyID([]byte(it.Key))) {
			continue
		}
		theirs[it.Key] = it
		if s.way.takes() && s.wants(now, it) {
			s.pulls = append(s.pulls, it)
		}
	}
	return theirs
}
