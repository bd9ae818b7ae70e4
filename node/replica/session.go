package replica

import (
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
	ranges []Range
	pulls  []Item
	pushes []Item
	moved  int
	asked  int  // requests
	short  bool // the other side did not give what it had listed
	source *chord.Arc
	done   sessionEnd
}

// maxAsked ends a session with a peer that keeps finding differences: enough
// for ten million records.
const maxAsked = 1 << 16

// reconcile makes an arc equal here and at a peer, as far as records may move.
func (r *Replica) reconcile(now chord.Time, with chord.Contact, arc chord.Arc, way direction, done sessionEnd) {
	s := &session{r: r, with: with.Peer, way: way, done: done, ranges: []Range{{Arc: arc}}}
	s.step(now)
}

// step sends the next request, or ends the session.
func (s *session) step(now chord.Time) {
	s.asked++
	switch {
	case s.asked > maxAsked:
		s.done(now, false, s.moved, nil)
	case len(s.ranges) > 0:
		s.compare(now)
	case len(s.pushes) > 0:
		s.give(now)
	case len(s.pulls) > 0:
		s.take(now)
	default:
		s.done(now, !s.short, s.moved, s.source)
	}
}

// ask sends a request; a peer that does not answer ends the session.
func (s *session) ask(now chord.Time, m Message, then func(chord.Time, Message)) {
	s.r.request(now, s.with, m, func(now chord.Time, m Message, ok bool) {
		if !ok {
			s.done(now, false, s.moved, nil)
			return
		}
		then(now, m)
	})
}

func (s *session) compare(now chord.Time) {
	n := min(len(s.ranges), batchRanges)
	batch := make([]Range, n)
	for i, rg := range s.ranges[len(s.ranges)-n:] {
		batch[i] = s.r.rangeOf(rg.Arc)
	}
	s.ranges = s.ranges[:len(s.ranges)-n]
	s.ask(now, Message{Kind: Compare, Ranges: batch}, s.compared)
}

// compared sorts out what differs: a list tells what to move, a summary that
// is not ours is compared further.
func (s *session) compared(now chord.Time, m Message) {
	s.source = m.Source
	for _, rg := range m.Ranges {
		if rg.Listed {
			s.match(rg)
			continue
		}
		if !s.r.agrees(rg) {
			s.ranges = append(s.ranges, rg)
		}
	}
	s.step(now)
}

// match finds what one side lacks on an arc of which we have the other's list.
func (s *session) match(rg Range) {
	theirs := make(map[string]Version, len(rg.Items))
	for _, it := range rg.Items {
		theirs[it.Key] = it.Version
		mine, ok := s.r.index.Get(it.Key)
		if s.way != onlyGive && (!ok || mine.Version.Compare(it.Version) < 0) {
			s.pulls = append(s.pulls, it)
		}
	}
	if s.way == onlyTake {
		return
	}
	for _, it := range s.r.index.Items(rg.Arc, s.r.index.Len()) {
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
			s.done(now, false, s.moved, nil)
			return
		}
		s.moved += len(records)
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
	for _, rg := range m.Ranges {
		switch {
		case r.agrees(rg):
		case r.index.Summary(rg.Arc).Count <= listBelow:
			reply.Ranges = append(reply.Ranges, Range{Arc: rg.Arc, Listed: true, Items: r.index.Items(rg.Arc, listBelow)})
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
		if tooFarAhead(now, rec.Version) {
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
