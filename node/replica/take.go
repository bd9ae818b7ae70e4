package replica

import (
	"slices"

	"peal/chord"
)

func (s *session) take(now chord.Time) {
	n := batch(s.pulls)
	wanted := s.pulls[:n]
	s.pulls = s.pulls[n:]
	s.ask(now, Message{Kind: Pull, Items: wanted}, func(now chord.Time, m Message) {
		s.carry(now, m.Records)
		s.keep(now, m.Records)
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

// keep stores what came, as far as it is still wanted.
func (s *session) keep(now chord.Time, records []Record) {
	for _, rec := range records {
		if s.wants(now, rec.Item()) {
			if s.way == takeAll { // it is no news
				s.r.presence.Newest = max(s.r.presence.Newest, rec.Version.Wall)
			}
			s.r.store(rec)
			s.count(rec)
		}
	}
}

// wants reports whether an item of theirs is to come here. Versions from the future stay
// where they are until their time has come, and what may be deleted does not come back.
func (s *session) wants(now chord.Time, it Item) bool {
	mine, ok := s.r.index.Get(it.Key)
	switch {
	case tooFarAhead(now, it.Version):
		return false
	case !ok:
		return s.mayTake(now, it)
	}
	return mine.Version.Compare(it.Version) < 0 && !(s.ours.stale && s.tooEarly(now, it))
}

// fetch takes all that the other side has on an arc on which we have nothing, which
// needs no lists: page after page, in the order of positions.
func (s *session) fetch(now chord.Time) {
	rg := s.empty[len(s.empty)-1]
	arc := rg.Arc
	s.empty = s.empty[:len(s.empty)-1]
	s.ask(now, Message{Kind: Pull, Arc: arc}, func(now chord.Time, m Message) {
		onArc := func(rec Record) bool { return arc.Contains(chord.KeyID([]byte(rec.Key))) }
		records := slices.DeleteFunc(m.Records, func(rec Record) bool { return !onArc(rec) })
		s.carry(now, records)
		s.keep(now, records)
		s.short = s.short || len(m.Items) > 0
		s.last.Source = m.Source // it may have given them to somebody else since we compared
		switch to := m.Arc.To; {
		case to == arc.To:
		case chord.Between(arc.From, to, arc.To):
			s.empty = append(s.empty, Range{Arc: chord.Arc{From: to, To: arc.To}, Count: max(0, rg.Count-len(records))})
		default:
			s.short = true
		}
		s.step(now)
	})
}

// onFetch gives the beginning of an arc, as many records as fit, and says how far they
// reach. Of those that cannot be read it tells the items.
func (r *Replica) onFetch(m Message) {
	reply := Message{Kind: Pulled, Seq: m.Seq, Arc: m.Arc, Source: r.source()}
	items := r.index.Items(m.Arc, batchItems)
	if n := batch(items); n < int(r.index.Summary(m.Arc).Count) {
		items = items[:n]
		reply.Arc.To = chord.KeyID([]byte(items[n-1].Key))
	}
	for _, it := range items {
		if rec, ok := r.load(it.Key); ok {
			reply.Records = append(reply.Records, rec)
		} else {
			reply.Items = append(reply.Items, it)
		}
	}
	r.send(m.From, reply)
}
