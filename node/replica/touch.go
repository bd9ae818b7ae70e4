package replica

import "peal/chord"

// A base is the record whose value a Touch keeps. Replicas that hold it need not be
// sent the value; for those that hold only older ones it is fetched from one that does.
type base struct {
	bare   bool // the value is not sent
	holder chord.Contact
	wanted bool // a replica lacks it
}

// fetchBase asks for the value to keep.
func (w *write) fetchBase(now chord.Time) {
	m := Message{Kind: Read, Key: w.change.Key}
	if w.base.holder.Peer == w.r.cfg.Self.Peer {
		w.baseFetched(now, w.r.read(now, m))
		return
	}
	attempt := w.attempt
	w.r.request(now, w.base.holder.Peer, m, func(now chord.Time, m Message, _ bool) {
		if w.r.going(w.operation, attempt) {
			w.baseFetched(now, m)
		}
	})
}

// baseFetched goes on with the whole record, if what came is the value to keep.
// Otherwise somebody has written since, and everything is asked anew.
func (w *write) baseFetched(now chord.Time, m Message) {
	for _, rec := range m.Records {
		if rec.Version.Stamp == w.outcome.Record.Version.Stamp && rec.Key == w.change.Key && !rec.Deleted {
			w.outcome.Record.Value, w.outcome.Record.Total = rec.Value, rec.Total
			w.base = base{}
			w.ask(now)
			return
		}
	}
	w.base.wanted = false
	w.startOver(now)
}

// withValue fills in the value of a record that came without it. It reports false if
// we do not have that value.
func (r *Replica) withValue(rec Record) (Record, bool) {
	held, ok := r.index.Get(rec.Key)
	switch {
	case ok && held.Version.Compare(rec.Version) >= 0:
		return rec, true // which will not be stored
	case !ok || held.Deleted || held.Version.Stamp != rec.Version.Stamp:
		return rec, false
	}
	old, ok := r.load(rec.Key)
	rec.Value, rec.Total = old.Value, old.Total
	return rec, ok
}
