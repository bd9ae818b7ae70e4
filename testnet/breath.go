package testnet

import (
	"context"
	"time"

	"peal/node"
)

// hear passes on an event, and notes when a peer was last suspected.
func (t *Testnet) hear(e node.Event) {
	if e.Kind == node.Suspected {
		t.suspected.Store(time.Now().UnixNano())
	}
	t.cfg.Observer(e)
}

// How long a start of many peers waits at most for those that are there.
const (
	longJoin   = time.Second / 2
	breath     = time.Second
	longBreath = 10 * time.Second
)

// breathe waits when a join has shown that the processors are busy: because it took long,
// as long again, and because peers suspect each other, until they do not any more. Else
// newcomers would take the time in which those that are there see to their ring, until
// nobody answers in time.
func (t *Testnet) breathe(ctx context.Context, took time.Duration) {
	pause := min(took, longBreath)
	if took < longJoin {
		pause = t.suspicious()
	}
	for waited := time.Duration(0); pause > 0 && waited < longBreath; pause = t.suspicious() {
		select {
		case <-time.After(pause):
			waited += pause
		case <-ctx.Done():
			return
		}
	}
}

// suspicious is how long it is until no peer has been suspected for a breath.
func (t *Testnet) suspicious() time.Duration {
	return max(0, breath-time.Since(time.Unix(0, t.suspected.Load())))
}
