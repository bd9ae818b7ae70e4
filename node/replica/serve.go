package replica

import "peal/chord"

// rangeOf sums up what we hold on an arc.
func (r *Replica) rangeOf(arc chord.Arc) Range {
	s := r.index.Summary(arc)
	return Range{Arc: arc, Count: int(s.Count), Sum: s.Sum}
}

// agrees reports whether we hold the same on an arc.
func (r *Replica) agrees(rg Range) bool {
	s := r.index.Summary(rg.Arc)
	return int(s.Count) == rg.Count && s.Sum == rg.Sum
}

// onCompare answers with what differs: the list where one side has few items,
// summaries of the parts where both have many.
func (r *Replica) onCompare(now chord.Time, m Message) {
	reply := Message{
		Kind: Compared, Seq: m.Seq, Source: r.source(), Busy: r.place.complete == nil,
		Barren: r.round.walk.barren, Strays: r.strays() > 0,
	}
	if r.leaving {
		reply.Refused = IsLeaving
	}
	arc := r.place.arc
	if len(m.Ranges) > 0 {
		arc = m.Ranges[0].Arc
	}
	reply.Stranger = r.place.overlooks(m.From, arc) || r.place.knowsMore(m.Beside)
	ours := r.standing(now, arc)
	reply.Presence, reply.Stale = ours.Presence, ours.stale
	bytes := 0
	for _, rg := range m.Ranges {
		switch {
		case r.agrees(rg):
		case rg.Count == 0: // it will fetch everything
			reply.Ranges = append(reply.Ranges, r.rangeOf(rg.Arc))
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

// source is where we have everything, as far as we know.
func (r *Replica) source() *chord.Arc {
	if r.outdated {
		return nil
	}
	return r.place.source
}

// onPull gives the records that are asked for, as many as fit: all of an arc if none
// are named.
func (r *Replica) onPull(m Message) {
	if len(m.Items) == 0 {
		r.onFetch(m)
		return
	}
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
	reply := r.merge(now, m)
	reply.Seq = m.Seq
	r.send(m.From, reply)
}

// merge stores what a Write brings, from another peer or our own.
func (r *Replica) merge(now chord.Time, m Message) Message {
	reply := Message{Kind: Written, Complete: true}
	for _, rec := range m.Records {
		pos := chord.KeyID([]byte(rec.Key))
		reply.Complete = reply.Complete && r.place.completeAt(pos)
		reply.Unheard = reply.Unheard || !r.place.heardAt(pos)
		switch {
		case r.elsewhere(m, rec.Key):
			reply.Refused = Elsewhere
			continue
		case r.leaving:
			reply.Refused, r.outdated = IsLeaving, true
			continue
		case r.unstored > maxUnstored:
			reply.Refused = StoreFailed
			continue
		case tooFarAhead(now, rec.Version):
			reply.Refused = ClockAhead
			continue
		}
		if m.Bare {
			var ok bool
			if rec, ok = r.withValue(rec); !ok {
				reply.Refused = LacksValue
				continue
			}
		}
		if m.Replaced && len(m.Records) == 1 {
			reply.Records = append(reply.Records, r.manifestBefore(rec)...)
		}
		r.expectStray(now, rec.Item())
		if held := r.store(rec); held.Version.Compare(rec.Version) > 0 {
			reply.Items = append(reply.Items, held)
		}
	}
	return reply
}

// manifestBefore is the manifest, if we hold one, that a record takes the place of.
func (r *Replica) manifestBefore(rec Record) []Record {
	held, ok := r.index.Get(rec.Key)
	if !ok || held.Total == 0 || held.Version.Compare(rec.Version) >= 0 {
		return nil
	}
	if old, ok := r.load(rec.Key); ok {
		return []Record{old}
	}
	return nil
}
