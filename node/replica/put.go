package replica

import (
	"slices"

	"peal/chord"
)

// Put writes a record, or, deleted, its tombstone. The Outcome comes out of
// Ready, at the deadline at the latest.
func (r *Replica) Put(now, deadline chord.Time, key string, value []byte, deleted bool) OpID {
	o := r.newOperation(chord.KeyID([]byte(key)), deadline)
	w := &write{r: r, operation: o}
	o.outcome.Record = Record{Key: key, Value: value, Version: r.clock.Stamp(now, r.cfg.Self.Peer), Deleted: deleted}
	o.ask, o.giveUp = w.ask, w.giveUp
	r.try(o)
	return o.id
}

// A write is a Put under way. It is answered when all replicas have the record, or
// a moment after W of them have it, and then goes on in the background until all
// have it or the deadline has come.
type write struct {
	*operation
	r       *Replica
	waiting int  // targets of this attempt that have not answered
	refused int  // targets of this attempt whose clocks refuse the version
	unsure  bool // a peer may have stored it without saying so, or is no replica any more
}

func (w *write) ask(now chord.Time) {
	attempt := w.attempt
	stored := w.outcome.Replicas
	w.outcome.Replicas = nil
	w.waiting, w.refused = len(w.targets), 0
	for _, c := range stored {
		w.unsure = w.unsure || !slices.Contains(w.targets, c)
	}
	for _, c := range w.targets {
		switch {
		case w.attempt != attempt: // stamped anew by settle, to begin over
			return
		case slices.Contains(stored, c):
			w.acknowledge(now, c)
		case c.Peer == w.r.cfg.Self.Peer && w.r.leaving:
			w.missed(now)
		case c.Peer == w.r.cfg.Self.Peer:
			w.settle(now, c, attempt, w.r.store(w.outcome.Record))
		default:
			w.sent = true
			m := Message{Kind: Write, Records: []Record{w.outcome.Record}}
			w.r.request(now, c.Peer, m, func(now chord.Time, m Message, ok bool) {
				w.answer(now, c, attempt, m, ok)
			})
		}
	}
}

func (w *write) answer(now chord.Time, c chord.Contact, attempt int, m Message, ok bool) {
	w.unsure = w.unsure || !ok
	switch {
	case !w.r.going(w.operation, attempt):
	case ok && m.Refused == ClockAhead:
		w.refuse(now)
	case !ok || m.Refused != 0:
		w.missed(now)
	case len(m.Items) > 0 && m.Items[0].Key == w.outcome.Record.Key:
		w.settle(now, c, attempt, m.Items[0])
	default:
		w.acknowledge(now, c)
	}
}

// settle takes in what a replica holds now. If that is newer than what we
// write, the clocks disagree, and the record is stamped anew to win.
func (w *write) settle(now chord.Time, c chord.Contact, attempt int, held Item) {
	switch {
	case !w.r.going(w.operation, attempt):
	case held.Version.Compare(w.outcome.Record.Version) <= 0, w.reported:
		w.acknowledge(now, c)
	case tooFarAhead(now, held.Version):
		w.refuse(now)
	default:
		w.r.clock.Observe(held.Version)
		w.outcome.Record.Version = w.r.clock.Stamp(now, w.r.cfg.Self.Peer)
		w.outcome.Replicas, w.reportAt = nil, Never
		w.r.retry(now, w.operation)
	}
}

// refuse counts a replica whose clock is too far from ours. Waiting helps only
// while the others can still make up W.
func (w *write) refuse(now chord.Time) {
	w.refused++
	if w.reported || len(w.targets)-w.refused >= w.need() {
		w.missed(now)
		return
	}
	w.outcome.Error = ClockRefused
	if len(w.outcome.Replicas) > 0 {
		w.outcome.Error = QuorumNotMet
	} else if w.unsure {
		w.outcome.Error = OutcomeUnknown
	}
	w.r.finish(w.operation)
}

func (w *write) need() int { return min(w.r.cfg.W, len(w.targets)) }

func (w *write) acknowledge(now chord.Time, c chord.Contact) {
	w.outcome.Replicas = append(w.outcome.Replicas, c)
	if len(w.outcome.Replicas) >= w.need() && !w.reported {
		w.reportAt = min(w.reportAt, now.Add(linger))
	}
	if len(w.outcome.Replicas) == len(w.targets) {
		w.r.finish(w.operation)
		return
	}
	w.missed(now)
}

// missed counts an answer that did not complete the quorum.
func (w *write) missed(now chord.Time) {
	if w.waiting--; w.waiting == 0 {
		w.r.retry(now, w.operation)
	}
}

func (w *write) giveUp(chord.Time) {
	w.outcome.Error = w.failure()
	if len(w.outcome.Replicas) == 0 && (w.unsure || w.waiting > 0 && w.sent) {
		w.outcome.Error = OutcomeUnknown
	}
}
