package replica

import (
	"slices"

	"peal/chord"
)

// A request waits for its answer; then is called once, with the answer, or
// with ok false if none will come.
type request struct {
	seq      uint64
	repairs  bool         // it is part of a round
	to       chord.PeerID // nobody: it is a timer (after)
	sent     chord.Time
	deadline chord.Time
	lateAt   chord.Time // when the ring is told that the answer is late; Never once it was
	then     func(now chord.Time, m Message, ok bool)
}

func (r *Replica) request(now chord.Time, to chord.PeerID, m Message, then func(chord.Time, Message, bool)) {
	timeout := r.cfg.RequestTimeout
	if m.Kind == Pull || len(m.Records) > 1 {
		timeout *= 10
	}
	r.lastID++
	m.Seq = r.lastID
	r.requests = append(r.requests, request{
		seq: m.Seq, repairs: m.Kind == Compare || m.Kind == Pull || m.Mends, to: to, sent: now, deadline: now.Add(timeout), lateAt: now.Add(max(timeout/4, r.patience())), then: then,
	})
	r.send(to, m)
}

func (r *Replica) answered(m Message) (request, bool) {
	i := slices.IndexFunc(r.requests, func(q request) bool { return q.seq == m.Seq && q.to == m.From })
	if i < 0 {
		return request{}, false
	}
	q := r.requests[i]
	r.requests = slices.Delete(r.requests, i, i+1)
	return q, true
}

// expireRequests gives up what was not answered in time. The ring hears of the receivers
// before that, and makes sure of them meanwhile.
func (r *Replica) expireRequests(now chord.Time) {
	overdue := func(q request) bool { return q.deadline <= now }
	for i := range r.requests {
		switch q := &r.requests[i]; {
		case q.to == "":
		case overdue(*q):
			r.early.Silent = append(r.early.Silent, q.to)
		case q.lateAt <= now:
			q.lateAt = Never
			r.early.Late = append(r.early.Late, q.to)
		}
	}
	r.failRequests(now, overdue)
}

func (r *Replica) unreachable(now chord.Time, peer chord.PeerID) {
	r.failRequests(now, func(q request) bool { return q.to == peer })
}

// failRequests takes the requests off the list first, since ending one may
// make new ones.
func (r *Replica) failRequests(now chord.Time, which func(request) bool) {
	var failed []request
	for _, q := range r.requests {
		if which(q) {
			failed = append(failed, q)
		}
	}
	if failed == nil {
		return
	}
	r.requests = slices.DeleteFunc(r.requests, which)
	for _, q := range failed {
		q.then(now, Message{From: q.to}, false)
	}
}

// A location waits for the driver to look up a position.
type location struct {
	id   uint64
	then func(now chord.Time, found chord.Result)
}

func (r *Replica) locate(target chord.ID, guess int, then func(chord.Time, chord.Result)) {
	r.lastID++
	r.locating = append(r.locating, location{r.lastID, then})
	r.ask(Locate{r.lastID, target, guess})
}

// Located answers a Locate; found has no owners if the lookup failed.
func (r *Replica) Located(now chord.Time, id uint64, found chord.Result) {
	i := slices.IndexFunc(r.locating, func(l location) bool { return l.id == id })
	if i < 0 {
		return
	}
	l := r.locating[i]
	r.locating = slices.Delete(r.locating, i, i+1)
	l.then(now, found)
}
