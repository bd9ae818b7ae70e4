package churn

import (
	"context"
	"fmt"
	"slices"

	"peal/chord"
)

// An answer is the end of a lookup that was asked as often as need be.
type answer struct {
	key        string
	owner      chord.Contact // nobody if no answer came
	begin, end moment        // of the last time that it was asked
}

// lookup asks for a key's owner until somebody knows it.
func (r *run) lookup(ctx context.Context) {
	r.mu.Lock()
	r.asked++
	a := answer{key: fmt.Sprintf("churn %x %d", r.salt, r.asked)}
	r.mu.Unlock()
	first := r.now()
	unsure := false
	for {
		a.begin = r.now()
		route, err := r.ring.Lookup(ctx, []byte(a.key))
		a.end = r.now()
		if err == nil {
			a.owner = route.Owner
			break
		}
		if unsure = true; a.end-first > patience {
			break
		}
		if !sleep(ctx, askPause) {
			return
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answers = append(r.answers, a)
	r.took = append(r.took, a.end-first)
	if unsure {
		r.report.Unsure++
	}
}

// judge compares the answers with the history, as far as it is written: not
// those that came while a join or a kill was under way that is not over yet.
func (r *run) judge() {
	r.mu.Lock()
	defer r.mu.Unlock()
	written := r.undecided()
	r.answers = slices.DeleteFunc(r.answers, func(a answer) bool {
		if a.end >= written {
			return false
		}
		r.count(a)
		return true
	})
}

func (r *run) count(a answer) {
	target := chord.KeyID([]byte(a.key))
	r.report.Lookups++
	switch {
	case a.owner.IsZero():
		r.report.Unanswered++
	case r.history.right(target, a.owner, a.begin, a.end):
		r.report.Right++
	default:
		r.report.Wrong = append(r.report.Wrong, Wrong{
			At: a.end.Seconds(), Key: a.key, ID: target, Named: a.owner,
			Owner: r.history.owner(target, a.end), Why: r.history.why(target, a.owner, a.end),
		})
	}
}

func (r *run) progress() {
	r.judge()
	if r.cfg.Progress == nil {
		return
	}
	r.mu.Lock()
	soFar := r.report
	soFar.Wrong, soFar.Refused = slices.Clone(soFar.Wrong), slices.Clone(soFar.Refused)
	r.mu.Unlock()
	soFar.Seconds = r.now().Seconds()
	r.cfg.Progress(soFar)
}
