package replica

import "peal/chord"

// An ending is how a reconciliation went.
type ending struct {
	ok         bool       // both sides hold the same, or, one way, the receiver at least what the giver holds
	moved      int        // records
	tombstones int        // of them
	left       bool       // something was not given to one who is still catching up
	stranger   bool       // the other side has other news of who is beside us
	early      bool       // something was not taken from one that was away
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
	takeAll  // be it deleted, for all that anybody knows
	onlyAsk  // what of ours is deleted there
)

func (d direction) takes() bool { return d == exchange || d == onlyTake || d == takeAll }

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
	tombstones int        // of those, tombstones
	bytes      int64      // of values moved
	waiting    string     // what for, in words
	asked      int        // steps, of which most are requests
	short      bool       // the other side did not give what it had listed, or take what we have
	refusing   bool       // its store takes nothing
	stranger   bool       // it does not agree on who is beside us, so it does not count
	last       Message    // Compared
	looked     chord.Time // when it began to compare the whole
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
	}
	s.lookAnew(now)
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
	if uint64(now.Sub(s.looked).Milliseconds()) > s.r.margin() {
		if !s.ours.stale && s.r.standing(now, s.arc).stale { // all others must be asked first
			s.end(now, false)
			return true
		}
		s.lookAnew(now)
	}
	s.stepAt(now.Add(d))
	return true
}

// lookAnew begins again with what differs: what was found so long ago may be deleted, and
// forgotten, by the time it may move.
func (s *session) lookAnew(now chord.Time) {
	s.looked, s.ours = now, s.r.standing(now, s.arc)
	s.ranges, s.empty, s.listed, s.pulls, s.pushes = []chord.Arc{s.arc}, nil, nil, nil, nil
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
	e.moved, e.tombstones, e.stranger, e.early = s.moved, s.tombstones, s.stranger, s.early
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
