package replica

import (
	"slices"

	"peal/chord"
)

// An ending is how a reconciliation went.
type ending struct {
	ok         bool       // both sides hold the same, or, one way, the receiver at least what the giver holds
	moved      int        // records
	tombstones int        // of them
	left       bool       // something was not given to one who is still catching up
	stranger   bool       // the other side has not heard of us yet
	heard      bool       // the other side has said what follows
	source     *chord.Arc // where the other side is a source, nil if nowhere
	since      uint64     // of its Presence
	barren     *chord.Arc // behind the other side; see Message
	strays     bool       // there
}

// A direction says which way records may move in a session.
type direction uint8

const (
	exchange direction = iota
	onlyGive
	onlyTake // from a peer that need not hold what we have
	onlyAsk  // what of ours is deleted there
)

func (d direction) takes() bool { return d == exchange || d == onlyTake }

// A session reconciles one arc with one peer. It has one request under way at
// a time, so a slow peer slows nothing but itself.
type session struct {
	r          *Replica
	with       chord.PeerID
	way        direction
	round      uint64      // the one it belongs to; it stops when another begins
	open       []chord.Arc // of the last Compare, as far as not answered yet
	ranges     []chord.Arc // still to be compared
	empty      []Range     // on which they have records, and we none
	listed     []Range     // of which they have told all, and that are yet to be matched
	pulls      []Item
	pushes     []Item
	arc        chord.Arc // the whole
	moved      int
	tombstones int     // of those, tombstones
	bytes      int64   // of values moved
	waiting    string  // what for, in words
	asked      int     // steps, of which most are requests
	short      bool    // the other side did not give what it had listed, or take what we have
	refusing   bool    // its store takes nothing
	stranger   bool    // it has not heard of us yet, so it does not count
	last       Message // Compared
	ours       standing
	theirs     standing
	withheld   bool // something was not given, since they are catching up, or we are stale
	early      bool // something was not taken, since they are stale
	unsure     bool // they do not have something, and may know why once they have caught up
	done       func(now chord.Time, end ending)
}

// maxAsked and maxOpen end a session with a peer that keeps finding differences.
// Ten million records need fewer requests, and a thousand open ranges.
const (
	maxAsked = 1 << 16
	maxOpen  = 1 << 13
)

// reconcile makes an arc equal here and at a peer, as far as records may move.
func (r *Replica) reconcile(now chord.Time, sh share, done func(chord.Time, ending)) {
	s := &session{
		r: r, with: sh.with.Peer, arc: sh.arc, way: sh.way, round: r.round.number, done: done,
		ranges: []chord.Arc{sh.arc},
	}
	s.ours = r.standing(now, sh.arc)
	r.session = s
	s.step(now)
}

// step sends the next request, or ends the session.
func (s *session) step(now chord.Time) {
	if len(s.empty)+len(s.pulls)+len(s.pushes) > 0 && s.mustWait(now) {
		return
	}
	s.asked++
	switch {
	case s.asked > maxAsked, len(s.ranges)+len(s.empty) > maxOpen:
		s.end(now, false)
	case len(s.empty) > 0:
		s.fetch(now)
	case len(s.pulls) > 0: // what was found is moved first, so that little is kept here
		s.take(now)
	case len(s.pushes) > 0:
		s.give(now)
	case len(s.listed) > 0:
		s.matchMore(now)
	case len(s.ranges) > 0:
		s.compare(now)
	default:
		s.end(now, !s.short)
	}
}

// mustWait puts the session off while records may not move.
func (s *session) mustWait(now chord.Time) bool {
	d, why := s.r.repair.wait(now)
	if s.r.leaving {
		d = 0
	}
	if s.r.unstored > maxUnstored/2 {
		d, why = lookIn, "the store is busy"
	}
	if d == 0 {
		return false
	}
	s.waiting = why
	s.stepAt(now.Add(d))
	return true
}

// stepAt goes on at a time, unless another round has begun by then.
func (s *session) stepAt(at chord.Time) {
	s.r.after(at, func(now chord.Time) {
		if s.round == s.r.round.number {
			s.step(now)
		}
	})
}

// carry takes note of records that move.
func (s *session) carry(now chord.Time, records []Record) {
	bytes := 0
	for i := range records {
		bytes += len(records[i].Value)
	}
	s.bytes += int64(bytes)
	s.r.repair.spend(now, bytes)
}

// count takes note of a record that has moved.
func (s *session) count(rec Record) {
	s.moved++
	if rec.Deleted {
		s.tombstones++
	}
}

func (s *session) end(now chord.Time, ok bool) {
	if s.r.session == s {
		s.r.session = nil
	}
	ok = ok && (s.ours.stale || !s.early) && (!s.unsure || s.r.round.fails >= patience)
	var e ending
	if s.last.Kind == Compared {
		e = s.r.ending(now, s.last)
	}
	e.ok, e.left = ok && !(s.withheld && s.way == onlyGive), s.withheld
	e.moved, e.tombstones, e.stranger = s.moved, s.tombstones, s.stranger
	s.done(now, e)
}

// ending is what the other side says of itself, if all goes well.
func (r *Replica) ending(now chord.Time, compared Message) ending {
	e := ending{ok: true, heard: true, source: compared.Source, barren: compared.Barren, strays: compared.Strays, since: millis(now)}
	if r.lasts(compared.Presence, now) {
		e.since = compared.Presence.Since
	}
	return e
}

// ask sends a request; a peer that does not answer ends the session.
func (s *session) ask(now chord.Time, m Message, then func(chord.Time, Message)) {
	s.waiting = "for an answer"
	s.r.request(now, s.with, m, func(now chord.Time, m Message, ok bool) {
		s.waiting = ""
		switch {
		case s.round != s.r.round.number:
		case !ok:
			s.end(now, false)
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
	if m.Refused == IsLeaving && s.way == onlyGive { // what it has goes with it
		s.end(now, false)
		return
	}
	if m.Stranger && s.way.takes() {
		s.stranger = true
		s.end(now, false)
		return
	}
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
		case s.way == onlyTake, s.way == onlyAsk, s.refusing:
		case ok:
			s.pushes = append(s.pushes, it)
		case s.r.forgotten(now, it):
		case !s.mayOffer(it), s.last.Busy && !s.r.leaving:
			s.withheld = true
		default:
			s.pushes = append(s.pushes, it)
		}
	}
}

// read takes in the other's list, and notes what to pull of it. Versions from the future
// stay where they are until their time has come.
func (s *session) read(now chord.Time, rg Range) map[string]Item {
	theirs := make(map[string]Item, len(rg.Items))
	for _, it := range rg.Items {
		if _, twice := theirs[it.Key]; twice || !rg.Arc.Contains(chord.KeyID([]byte(it.Key))) {
			continue
		}
		theirs[it.Key] = it
		mine, ok := s.r.index.Get(it.Key)
		if !s.way.takes() || tooFarAhead(now, it.Version) {
			continue
		}
		if !ok && s.mayTake(now, it) || ok && mine.Version.Compare(it.Version) < 0 {
			s.pulls = append(s.pulls, it)
		}
	}
	return theirs
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
		s.end(now, false) // unreadable here, so it must not be dropped
		return
	}
	s.carry(now, records)
	s.ask(now, Message{Kind: Write, Records: records, Mends: true}, func(now chord.Time, m Message) {
		if m.Refused != 0 {
			s.short, s.refusing, s.pushes = true, true, nil // it may still give
		} else {
			for i := range records {
				s.count(records[i])
			}
		}
		s.step(now)
	})
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
