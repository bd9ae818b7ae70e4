package replica

import (
	"slices"

	"peal/chord"
)

// A Hint is a record that a peer holds for a replica that did not take it. To its
// holder it is a stray, which the next round hands over. It counts for no quorum:
// a read does not ask there.
type Hint struct {
	For    chord.Contact // the replica that is owed the record
	Holder chord.Contact
}

// hint gives the record to the next peer clockwise that is no replica.
func (w *write) hint(now chord.Time, replica chord.Contact) {
	owed := func(h Hint) bool { return h.For == replica }
	if len(w.spares) == 0 || w.base.bare || slices.ContainsFunc(w.outcome.Hints, owed) {
		return
	}
	to := w.spares[0]
	w.spares = w.spares[1:]
	if to.Peer == w.r.cfg.Self.Peer {
		w.hinted(now, Hint{replica, to}, w.r.merge(now, w.message()), true)
		return
	}
	version := w.outcome.Record.Version
	w.send(now, to.Peer, w.message(), func(now chord.Time, m Message, ok bool) {
		if w.outcome.Record.Version == version && slices.Contains(w.r.ops, w.operation) {
			w.hinted(now, Hint{replica, to}, m, ok)
		}
	})
}

// hinted notes who holds the record for a replica, or asks one more.
func (w *write) hinted(now chord.Time, h Hint, m Message, ok bool) {
	switch {
	case slices.Contains(w.outcome.Replicas, h.For):
	case ok && m.Refused == 0:
		w.outcome.Hints = append(w.outcome.Hints, h)
	default:
		w.hint(now, h.For)
	}
}

// settleHint forgets what a replica was owed.
func (w *write) settleHint(replica chord.Contact) {
	w.outcome.Hints = slices.DeleteFunc(w.outcome.Hints, func(h Hint) bool { return h.For == replica })
}
