package replica

import (
	"slices"

	"peal/chord"
)

// sessionEnd is told how a reconciliation went: whether both sides now hold the
// same (or, one way, the receiver at least what the giver holds), how many
// records moved, and where the other side is a source, nil if nowhere.
type sessionEnd func(now chord.Time, ok bool, moved int, source *chord.Arc)

// A direction says which way records may move in a session.
type direction uint8

const (
	exchange direction = iota
	onlyGive
	onlyTake // from a peer that need not hold what we have
)

// A session reconciles one arc with one peer. It has one request under way at
// a time, so a slow peer slows nothing but itself.
type session struct {
	r      *Replica
	with   chord.PeerID
	way    direction
	round  uint64      // the one it belongs to; it stops when another begins
	open   []chord.Arc // of the last Compare, as far as not answered yet
	ranges []chord.Arc // still to be compared
	pulls  []Item
	pushes []Item
	moved  int
	asked  int  // requests
	short  bool // the other side did not give what it had listed, or take what we have
	source *chord.Arc
	done   sessionEnd
}

// maxAsked and maxOpen end a session with a peer that keeps finding differences.
// Ten million records need fewer requests, and a thousand open ranges.
const (
	maxAsked = 1 << 16
	maxOpen  = 1 << 13
)

// reconcile makes an arc equal here and at a peer, as far as records may move.
func (r *Replica) reconcile(now chord.Time, sh share, done sessionEnd) {
	s := &session{r: r, with: sh.with.Peer, way: sh.way, round: r.round.number, done: done, ranges: []chord.Arc{sh.arc}}
	s.step(now)
}

// step sends the next request, or ends the session.
func (s *session) step(now chord.Time) {
	s.asked++
	switch {
	case s.asked > maxAsked, len(s.ranges) > maxOpen:
		s.done(now, false, s.moved, nil)
	case len(s.pulls) > 0: // what was found is moved first, so that little is kept here
		s.take(now)
	case len(s.pushes) > 0:
		s.give(now)
	case len(s.ranges) > 0:
		s.compare(now)
	default:
		s.done(now, !s.short, s.moved, s.source)
	}
}

// ask sends a request; a peer that does not answer ends the session.
func (s *session) ask(now chord.Time, m Message, then func(chord.Time, Message)) {
	s.r.request(now, s.with, m, func(now chord.Time, m Message, ok bool) {
		switch {
		case s.round != s.r.round.number:
		case !ok:
			s.done(now, false, s.moved, nil)
		default:
			then(now, m)
		}
	})
}

func (s *session) compare(now chord.Time) {
	n := min(len(s.ranges), batchRanges)
	s.open = slices.Clone(s.ranges[len(s.ranges)-n:])
	s.ranges = s.ranges[:len(s.ranges)-n]
	batch := make([]Range, n)
	for i, arc := range s.open {
		batch[i] = s.r.rangeOf(arc)
	}
	s.ask(now, Message{Kind: Compare, Ranges: batch}, s.compared)
}

// compared sorts out what differs: a list tells what to move, a summary that
// is not ours is compared further.
func (s *session) compared(now chord.Time, m Message) {
	s.source = m.Source
	for _, rg := range m.Ranges {
		nothing := s.way == onlyGive && s.r.index.Summary(rg.Arc).Count == 0
		switch {
		case !s.wasAsked(rg.Arc):
			s.done(now, false, s.moved, nil)
			return
		case nothing || s.r.agrees(rg) && !rg.Listed:
		case rg.Listed:
			s.match(now, rg)
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

// match finds what one side lacks on an arc of which we have the other's list.
// Versions from the future stay where they are until their time has come.
func (s *session) match(now chord.Time, rg Range) {
	theirs := make(map[string]Version, len(rg.Items))
	for _, it := range rg.Items {
		if _, twice := theirs[it.Key]; twice || !rg.Arc.Contains(chord.KeyID([]byte(it.Key))) {
			continue
		}
		theirs[it.Key] = it.Version
		mine, ok := s.r.index.Get(it.Key)
		if s.way != onlyGive && !tooFarAhead(now, it.Version) && (!ok || mine.Version.Compare(it.Version) < 0) {
			s.pulls = append(s.pulls, it)
		}
	}
	if s.way == onlyTake {
		return
	}
	for _, it := range s.r.index.Items(rg.Arc, s.r.index.Len()) {
		if s.way == exchange && tooFarAhead(now, it.Version) {
			continue
		}
		if v, ok := theirs[it.Key]; !ok || v.Compare(it.Version) < 0 {
			s.pushes = append(s.pushes, it)
		}
	}
}

func (s *session) give(now chord.Time) {
	n := batch(s.pushes)
	var records []Record
	for _, it := range s.pushes[:n] {
		if rec, ok := s.r.load(it.Key); ok {
			records = append(records, rec)
		}
	}
	s.pushes = s.pushes[n:]
	if len(records) < n && s.way == onlyGive {
		s.done(now, false, s.moved, nil) // unreadable here, so it must not be dropped
		return
	}
	s.ask(now, Message{Kind: Write, Records: records}, func(now chord.Time, m Message) {
		if m.Refused != 0 {
			s.short, s.pushes = true, nil // it may still give
		} else {
			s.moved += len(records)
		}
		s.step(now)
	})
}

func (s *session) take(now chord.Time) {
	n := batch(s.pulls)
	wanted := s.pulls[:n]
	s.pulls = s.pulls[n:]
	s.ask(now, Message{Kind: Pull, Items: wanted}, func(now chord.Time, m Message) {
		for _, rec := range m.Records {
			if !tooFarAhead(now, rec.Version) {
				s.r.store(rec)
				s.moved++
			}
		}
		rest := s.missing(wanted)
		if len(rest) < len(wanted) {
			s.pulls = append(s.pulls, rest...)
		} else {
			s.short = true
		}
		s.step(now)
	})
}

// missing are the items that we still do not have.
func (s *session) missing(wanted []Item) []Item {
	var rest []Item
	for _, it := range wanted {
		if mine, ok := s.r.index.Get(it.Key); !ok || mine.Version.Compare(it.Version) < 0 {
			rest = append(rest, it)
		}
	}
	return rest
}

// batch is how many items go into one message.
func batch(items []Item) int {
	bytes := 0
	for i, it := range items {
		bytes += it.Size
		if i > 0 && (bytes > batchBytes || i >= batchItems) {
			return i
		}
	}
	return len(items)
}

// rangeOf sums up what we hold on an arc.
func (r *Replica) rangeOf(arc chord.Arc) Range {
	s := r.index.Summary(arc)
	return Range{Arc: arc, Count: s.Count, Sum: s.Sum}
}

// agrees reports whether we hold the same on an arc.
func (r *Replica) agrees(rg Range) bool {
	s := r.index.Summary(rg.Arc)
	return s.Count == rg.Count && s.Sum == rg.Sum
}

// onCompare answers with what differs: the list where one side has few items,
// summaries of the parts where both have many.
func (r *Replica) onCompare(m Message) {
	reply := Message{Kind: Compared, Seq: m.Seq, Source: r.place.source}
	bytes := 0
	for _, rg := range m.Ranges {
		switch {
		case r.agrees(rg):
		case bytes > listBytes: // ask again, with fewer at a time
			reply.Ranges = append(reply.Ranges, r.rangeOf(rg.Arc))
		case r.index.Summary(rg.Arc).Count <= listBelow:
			list := Range{Arc: rg.Arc, Listed: true, Items: r.index.Items(rg.Arc, listBelow)}
			for _, it := range list.Items {
				bytes += len(it.Key)
			}
			reply.Ranges = append(reply.Ranges, list)
		default:
			for _, part := range r.index.Split(rg.Arc, splitInto) {
				reply.Ranges = append(reply.Ranges, r.rangeOf(part))
			}
		}
	}
	r.send(m.From, reply)
}

func (r *Replica) onPull(m Message) {
	reply := Message{Kind: Pulled, Seq: m.Seq}
	bytes := 0
	for _, it := range m.Items {
		rec, ok := r.load(it.Key)
		if !ok {
			continue
		}
		bytes += len(rec.Value)
		if len(reply.Records) > 0 && bytes > batchBytes {
			break
		}
		reply.Records = append(reply.Records, rec)
	}
	r.send(m.From, reply)
}

// onWrite merges records and acknowledges them, which the driver sends when
// they are durable. Of those that it held newer, it tells the version.
func (r *Replica) onWrite(now chord.Time, m Message) {
	reply := Message{Kind: Written, Seq: m.Seq}
	for _, rec := range m.Records {
		switch {
		case r.leaving:
			reply.Refused = IsLeaving
			continue
		case tooFarAhead(now, rec.Version):
			reply.Refused = ClockAhead
			continue
		}
		r.expectStray(now, rec.Key)
		if held := r.store(rec); held.Version.Compare(rec.Version) > 0 {
			reply.Items = append(reply.Items, held)
		}
	}
	r.send(m.From, reply)
}
