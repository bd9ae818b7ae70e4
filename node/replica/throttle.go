package replica

import (
	"time"

	"peal/chord"
)

// A throttle spreads the bytes that reconciliation moves over time.
type throttle struct {
	rate   int64      // bytes a second; 0: as many as there are
	free   chord.Time // when what was moved so far is paid for
	paused bool
}

// lookIn is how soon a session that waits looks whether it may go on.
const lookIn = time.Second

// wait is how long the next batch has to wait at least, and why.
func (t *throttle) wait(now chord.Time) (time.Duration, string) {
	switch {
	case t.paused:
		return lookIn, "repair is paused"
	case t.rate > 0 && t.free > now:
		return min(t.free.Sub(now), lookIn), "the repair rate is used up"
	}
	return 0, ""
}

// spend takes note of bytes that move now.
func (t *throttle) spend(now chord.Time, bytes int) {
	if t.rate > 0 {
		t.free = max(now, t.free).Add(time.Duration(float64(bytes) / float64(t.rate) * float64(time.Second)))
	}
}

// Throttle bounds the bytes a second of values that this peer's sessions move, 0 for
// no bound, and pauses them or lets them go on. Those of a [Replica.Leave] go on at once.
func (r *Replica) Throttle(bytesPerSecond int64, paused bool) {
	r.repair = throttle{rate: bytesPerSecond, paused: paused}
}

// after lets something be done at a time.
func (r *Replica) after(at chord.Time, do func(now chord.Time)) {
	r.lastID++
	r.requests = append(r.requests, request{seq: r.lastID, deadline: at, lateAt: Never, then: func(now chord.Time, _ Message, _ bool) { do(now) }})
}
