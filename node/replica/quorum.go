package replica

import "peal/chord"

// A quorum asks some of an operation's targets, our own peer first, since its
// answer costs nothing. For each that does not answer, or not completely,
// another is asked.
type quorum struct {
	r    *Replica
	op   *operation
	need int // R

	request func(first bool) Message                // what to ask
	serve   func(now chord.Time, m Message) Message // our own answer
	decide  func(now chord.Time)                    // so many complete answers have come

	// take is told of an answer, without Kind if none came, and says whether it
	// counts.
	take func(now chord.Time, from chord.Contact, m Message) bool

	next    int // the first target not asked yet
	waiting int // answers still to come
	short   int // answers that will not come
}

func (q *quorum) start(now chord.Time) {
	targets := q.op.targets
	for i, c := range targets {
		if c.Peer == q.r.cfg.Self.Peer {
			targets[0], targets[i] = targets[i], targets[0]
		}
	}
	need := min(q.need, len(targets))
	q.next, q.waiting, q.short = 0, need, 0
	for range need {
		q.askNext(now)
	}
}

func (q *quorum) askNext(now chord.Time) {
	if q.next == len(q.op.targets) {
		q.short++
		q.settle(now)
		return
	}
	c := q.op.targets[q.next]
	m := q.request(q.next == 0)
	m.Guess = q.op.guessed
	q.next++
	if c.Peer == q.r.cfg.Self.Peer {
		q.answer(now, c, q.serve(now, m))
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
	if m.Refused == Elsewhere {
		q.r.misled(now, q.op)
		return
	}
	if !q.take(now, c, m) {
		q.askNext(now)
		return
	}
	q.settle(now)
}

func (q *quorum) settle(now chord.Time) {
	if q.waiting--; q.waiting > 0 {
		return
	}
	if q.short > 0 {
		q.r.retry(now, q.op)
		return
	}
	q.decide(now)
}
