package replica

import (
	"slices"
	"time"

	"peal/chord"
)

const (
	lookAgainEvery = 250 * time.Millisecond // while an operation waits for its replicas
	maxMoves       = 4                      // of an operation to other replicas: each may send a value to all of them
)

// lookAgain looks up the replicas of an operation while those asked, which are late, may
// still answer. If it finds others, an attempt with those begins; if not, it is tried again
// in a while: the ring may have noticed by then that some are dead.
func (r *Replica) lookAgain(now chord.Time, o *operation) {
	o.hedgeAt = now.Add(lookAgainEvery)
	if o.looking {
		return
	}
	o.looking = true
	attempt := o.attempt
	r.locate(o.target, 0, func(now chord.Time, found chord.Result) {
		o.looking = false
		if r.going(o, attempt) && o.hedgeAt != Never && o.moves < maxMoves && r.replaced(o, found) {
			if o.guessed {
				r.luck.note(false)
			}
			o.moves++
			o.hasty, o.hedgeAt = false, Never
			o.attempt++
			r.turnTo(now, o, found)
		}
	})
}

// replaced reports whether others than those asked are the replicas. A lookup that names
// too few says nothing.
func (r *Replica) replaced(o *operation, found chord.Result) bool {
	owners := Distinct(found.Owners, r.cfg.N)
	return r.areAll(owners, found.Whole) && !slices.Equal(owners, o.outcome.Wanted)
}
