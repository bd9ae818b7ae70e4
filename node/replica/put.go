package replica

import (
	"bytes"
	"cmp"
	"slices"
	"time"

	"peal/chord"
)

// Put changes a key. The Outcome comes out of Ready, at the deadline at the
// latest.
func (r *Replica) Put(now, deadline chord.Time, c Change) OpID {
	o := r.newOperation(chord.KeyID([]byte(c.Key)), deadline)
	w := &write{r: r, operation: o, change: c}
	o.outcome.Record = Record{Key: c.Key, Value: c.Value, Total: c.Total, Deleted: c.Deleted}
	o.ask, o.giveUp, o.hasty = w.ask, w.giveUp, true
	if c.Touch || c.once() {
		r.lookFirst(w)
	} else {
		w.stamp(now)
	}
	r.try(o)
	return o.id
}

// A write is a Put under way. It is answered when all replicas have the record, or
// a moment after W of them have it, and then goes on in the background until all
// have it or the deadline has come. Among them must be some that are complete: a
// newcomer cannot know that the key has something newer. Nor does a copy count as long as
// somebody who has not been sent the record may answer reads in its holder's place.
type write struct {
	*operation
	r        *Replica
	change   Change
	base     base            // of a Touch
	complete []chord.Contact // of the replicas that have it
	unheard  []chord.Contact // of the replicas that have it, those whose copies do not count yet; see Message
	waiting  int             // targets of this attempt that have not answered
	refused  int             // targets of this attempt whose clocks refuse the version
	again    int             // attempts with a new version
}

// stamp makes the record a version of now.
func (w *write) stamp(now chord.Time) {
	stamp := w.r.clock.Stamp(now, w.r.cfg.Self.Peer, w.r.rand.Uint32N(skips))
	if w.change.Touch {
		w.outcome.Record.Version.Touched = stamp
	} else {
		w.outcome.Record.Version = Version{Stamp: stamp}
	}
	w.outcome.Record.Expires = w.change.expiry(now)
}

func (w *write) ask(now chord.Time) {
	if w.base.wanted {
		w.fetchBase(now)
		return
	}
	attempt := w.attempt
	stored, complete := w.outcome.Replicas, w.complete
	w.outcome.Replicas, w.complete, w.unheard, w.reportAt = nil, nil, nil, Never // the replicas may be others now
	w.waiting, w.refused, w.outcome.need = len(w.targets), 0, w.need()
	for _, c := range stored {
		if !slices.Contains(w.targets, c) { // it is no replica any more
			w.outcome.elsewhere++
		}
	}
	m := w.message()
	m.Guess = w.guessed
	if !w.reported {
		w.hedge, w.hedgeAt = func(now chord.Time) { w.r.lookAgain(now, w.operation) }, now.Add(w.r.patience()+guessPause)
	}
	for _, c := range w.targets {
		switch {
		case !w.r.going(w.operation, attempt): // settle has ended it, or stamped it anew
			return
		case slices.Contains(stored, c) && (w.reported || slices.Contains(complete, c)):
			w.acknowledge(now, c, Message{Complete: true})
		case c.Peer == w.r.cfg.Self.Peer && w.r.leaving:
			w.missed(now)
		case c.Peer == w.r.cfg.Self.Peer:
			w.answer(now, c, attempt, w.r.merge(now, m), true)
		default:
			w.sent = true
			w.send(now, c.Peer, m, func(now chord.Time, m Message, ok bool) {
				w.answer(now, c, attempt, m, ok)
			})
		}
	}
}

// guessPause is how much longer than an answer to a read the disks of those guessed may
// take.
const guessPause = 50 * time.Millisecond

// send asks a peer to store the record. Unless it says that it has not, it may have.
func (w *write) send(now chord.Time, to chord.PeerID, m Message, then func(now chord.Time, m Message, ok bool)) {
	w.outcome.elsewhere++
	w.r.request(now, to, m, func(now chord.Time, m Message, ok bool) {
		if ok && (m.Refused != 0 || len(m.Items) > 0) {
			w.outcome.elsewhere--
		}
		then(now, m, ok)
	})
}

// message is the request to a replica.
func (w *write) message() Message {
	return Message{Kind: Write, Records: []Record{w.outcome.Record}, Bare: w.base.bare, Replaced: !w.change.Touch}
}

func (w *write) answer(now chord.Time, c chord.Contact, attempt int, m Message, ok bool) {
	if ok && m.Refused == 0 {
		w.replaced(m.Records)
	}
	switch {
	case !w.r.going(w.operation, attempt):
	case ok && m.Refused == Elsewhere:
		w.r.misled(now, w.operation)
	case ok && m.Refused == ClockAhead:
		w.refused++
		w.missed(now)
	case ok && m.Refused == LacksValue:
		w.base.wanted = true
		w.missed(now)
	case !ok || m.Refused != 0:
		if m.Refused == StoreFailed {
			w.outcome.refusedBy(c)
		}
		w.hint(now, c)
		w.missed(now)
	case len(m.Items) > 0 && m.Items[0].Key == w.change.Key:
		w.settle(now, c, m)
	default:
		w.acknowledge(now, c, m)
	}
}

// replaced notes the manifests that a replica gave up for our record. Another
// stamp of our own is none.
func (w *write) replaced(manifests []Record) {
	for _, rec := range manifests {
		known := slices.ContainsFunc(w.outcome.Replaced, func(old Record) bool { return old.Version == rec.Version })
		if rec.Key == w.change.Key && rec.Total != 0 && !known && !bytes.Equal(rec.Value, w.change.Value) {
			w.outcome.Replaced = append(w.outcome.Replaced, rec)
		}
	}
}

// settle takes in that a replica holds something newer than what we write. The
// clocks disagree, or another writer was faster: the record is stamped anew to win,
// unless it was to be written once.
func (w *write) settle(now chord.Time, c chord.Contact, m Message) {
	switch held := m.Items[0]; {
	case held.Version.Compare(w.outcome.Record.Version) <= 0, w.wasTouched(held):
		w.acknowledge(now, c, m)
	case w.reported:
		w.overtaken = append(w.overtaken, c)
		w.acknowledge(now, c, m)
	case tooFarAhead(now, held.Version):
		w.refused++
		w.missed(now)
	case w.change.once():
		w.outcome.Error, w.outcome.Found, w.outcome.Record.Version = Conflict, !held.gone(now), held.Version
		w.r.finish(w.operation)
	default:
		w.r.clock.Observe(held.Version)
		w.startOver(now)
	}
}

// wasTouched reports whether what a replica holds is what we write, touched since.
func (w *write) wasTouched(held Item) bool {
	return !w.change.Touch && held.Version.Stamp == w.outcome.Record.Version.Stamp
}

// hurried bounds the attempts with a new version that follow without a pause. Of two
// that write the same key at once, the one that waits would never get its turn.
const hurried = 100

// startOver makes another attempt with a new version.
func (w *write) startOver(now chord.Time) {
	w.outcome.elsewhere += len(w.outcome.Replicas) + len(w.outcome.Hints) // they have the version before
	w.outcome.Replicas, w.outcome.Hints, w.reportAt = nil, nil, Never
	if w.change.Touch {
		w.r.lookFirst(w)
	} else {
		w.stamp(now)
	}
	w.r.retry(now, w.operation)
	if w.again++; w.again <= hurried {
		w.retryAt, w.pause = now, firstPause
	}
}

func (w *write) need() int { return min(cmp.Or(w.change.W, w.r.cfg.W), len(w.targets)) }

func (w *write) acknowledge(now chord.Time, c chord.Contact, m Message) {
	w.outcome.Replicas = append(w.outcome.Replicas, c)
	w.outcome.Refusing = slices.DeleteFunc(w.outcome.Refusing, func(r chord.Contact) bool { return r == c })
	if m.Complete {
		w.complete = append(w.complete, c)
	}
	if m.Unheard {
		w.unheard = append(w.unheard, c)
	}
	w.settleHint(c)
	if w.enough() && !w.reported {
		w.reportAt, w.hedgeAt = min(w.reportAt, now.Add(linger)), Never
	}
	if len(w.outcome.Replicas) == len(w.targets) && (w.enough() || w.reported) {
		w.r.finish(w.operation)
		return
	}
	w.missed(now)
}

// enough reports whether W replicas have the record, and no older one can win.
func (w *write) enough() bool {
	return len(w.outcome.Replicas)-len(w.unheard) >= w.need() && w.newest()
}

// newest reports whether no older write can win, as far as W promises it: so many
// complete replicas have found nothing newer that one of them knows of any write that
// the ring's W acknowledged; at most the W of this write.
func (w *write) newest() bool {
	meet := len(w.targets) - min(w.r.cfg.W, len(w.targets)) + 1
	return w.caughtUp() >= min(meet, w.need())
}

// caughtUp is how many of those that have the record are complete.
func (w *write) caughtUp() (n int) {
	for _, c := range w.outcome.Replicas {
		if slices.Contains(w.complete, c) {
			n++
		}
	}
	return n
}

// missed counts an answer that did not complete the quorum. After the last one there is
// another attempt, if those whose clocks are not too far from ours can make up W.
func (w *write) missed(now chord.Time) {
	w.waiting--
	switch {
	case w.waiting > 0:
	case w.reported || len(w.targets)-w.refused >= w.need():
		w.r.retry(now, w.operation)
	default:
		w.outcome.Error = w.outcome.fate(ClockRefused)
		w.r.finish(w.operation)
	}
}

func (w *write) giveUp(chord.Time) {
	w.outcome.Error, w.outcome.Behind = w.outcome.fate(w.failure()), len(w.outcome.Replicas)-w.caughtUp()
	w.outcome.Refusing = slices.DeleteFunc(w.outcome.Refusing, func(c chord.Contact) bool { return !slices.Contains(w.targets, c) })
}

// fate is the error of a write that too few replicas have. The cause alone is one only
// if nobody can have it.
func (o *Outcome) fate(cause Error) Error {
	switch {
	case len(o.Replicas) > 0:
		return QuorumNotMet
	case o.elsewhere > 0 || len(o.Hints) > 0:
		return OutcomeUnknown
	}
	return cause
}
