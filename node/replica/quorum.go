package replica

import (
	"time"

	"peal/chord"
)

// A quorum asks some of an operation's targets, our own peer first, since its
// answer costs nothing. For each that does not answer, or not completely,
// another is asked; and another one as well when answers are late, as they are
// from a peer that stands still (hedged requests: Dean and Barroso, "The tail at
// scale", CACM 2013).
type quorum struct {
	r    *Replica
	op   *operation
	need int // R

	request func(full bool) Message                 // what to ask: for all, or only for a digest
	serve   func(now chord.Time, m Message) Message // our own answer
	decide  func(now chord.Time)                    // so many complete answers have come

	// take is told of an answer, without Kind if none came, and says whether it
	// counts.
	take func(now chord.Time, from chord.Contact, m Message) bool

	next    int // the first target not asked yet
	pending int // targets that have not answered yet
	missing int // complete answers still to come
}

func (q *quorum) start(now chord.Time) {
	targets := q.op.targets
	for i, c := range targets {
		if c.Peer == q.r.cfg.Self.Peer {
			targets[0], targets[i] = targets[i], targets[0]
		}
	}
	q.next, q.pending, q.missing = 0, 0, min(q.need, len(targets))
	q.op.hedge, q.op.hedgeAt = q.hedge, now.Add(q.r.patience())
	attempt := q.op.attempt
	for i := range q.missing {
		if q.r.going(q.op, attempt) {
			q.askNext(now, i == 0)
		}
	}
}

// askNext asks the next target, if there is one.
func (q *quorum) askNext(now chord.Time, full bool) {
	if q.next == len(q.op.targets) {
		return
	}
	c := q.op.targets[q.next]
	q.next++
	q.pending++
	m := q.request(full)
	m.Guess = q.op.guessed
	if c.Peer == q.r.cfg.Self.Peer {
		own := q.serve(now, m)
		q.op.unstored = q.r.waits(own)
		q.answer(now, c, own)
		return
	}
	q.op.sent = true
	attempt := q.op.attempt
	q.r.request(now, c.Peer, m, func(now chord.Time, m Message, ok bool) {
		if q.r.going(q.op, attempt) {
			q.answer(now, c, m)
		}
	})
}

func (q *quorum) answer(now chord.Time, c chord.Contact, m Message) {
	q.pending--
	attempt := q.op.attempt
	switch {
	case q.missing == 0: // it is decided already
		return
	case m.Refused == Elsewhere:
		q.r.misled(now, q.op)
	case q.take(now, c, m):
		q.missing--
	default:
		q.askNext(now, true)
	}
	switch {
	case !q.r.going(q.op, attempt):
	case q.missing == 0:
		q.op.hedgeAt = Never
		q.decide(now)
	case q.pending == 0 && q.next == len(q.op.targets):
		q.r.retry(now, q.op)
	}
}

// hedge asks one more target, since those asked take long. Where all were asked, others
// may have taken their places.
func (q *quorum) hedge(now chord.Time) {
	if q.next == len(q.op.targets) {
		q.r.lookAgain(now, q.op)
		return
	}
	q.op.hedgeAt = now.Add(q.r.patience())
	q.askNext(now, true)
}

// leastPatience keeps the pauses of a scheduler or a garbage collector from causing
// traffic.
const leastPatience = 10 * time.Millisecond

// patience is how long an answer to a read may take before another peer is asked.
func (r *Replica) patience() time.Duration {
	return min(max(r.reads.Patience(), leastPatience), r.cfg.RequestTimeout)
}
