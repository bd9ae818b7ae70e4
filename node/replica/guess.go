package replica

import "peal/chord"

// An operation on a key costs one round of messages instead of two if its replicas
// need not be looked up. So the first attempt may go to those whom the driver takes
// for the replicas, by what it has heard of the ring. Each that is asked says if it is
// not responsible for the key; then the attempt counts for nothing, and the next one
// looks the key up. Where too few of them answer soon, it is looked up meanwhile
// (lookAgain): whoever has not heard that they are dead would guess them again and again.

// A luck decides whether to guess. As long as most guesses of late were right, all
// operations do; otherwise a few, to see whether that has changed.
type luck struct {
	right   int // share of the guesses that were right: a moving average in 1024ths
	skipped int // operations without a guess since the last one
}

const (
	allRight   = 1024
	probeEvery = 16 // operations
)

func (l *luck) guesses() bool {
	if l.skipped++; l.right <= allRight/2 && l.skipped < probeEvery {
		return false
	}
	l.skipped = 0
	return true
}

func (l *luck) note(right bool) {
	now := 0
	if right {
		now = allRight
	}
	l.right += (now - l.right) / probeEvery
}

// mayGuess is how many replicas an attempt may guess, 0 if it has to look them up.
func (r *Replica) mayGuess(o *operation) int {
	if o.hasty && r.luck.guesses() {
		return r.cfg.N
	}
	return 0
}

// misled begins again an attempt that asked somebody who is no replica.
func (r *Replica) misled(now chord.Time, o *operation) {
	r.luck.note(false)
	o.hasty, o.guessed = false, false
	r.try(o)
}

// elsewhere reports whether a request for a key was sent here by a wrong guess.
func (r *Replica) elsewhere(m Message, key string) bool {
	return m.Guess && !(r.place.known && r.place.arc.Contains(chord.KeyID([]byte(key))))
}
