package replica

import (
	"testing"
	"time"
)

// The first Tick of a life comes before the ring has told of any neighbours. It is no news
// of having been there.
func TestTickBeforeTheRing(t *testing.T) {
	c, p, was := replicaAway(t, "deleted")
	rec := old("short-lived", "value") // whose time to be forgotten has come long ago
	rec.Version.Wall, rec.Expires = millis(c.now), millis(c.now)+1
	p.stored[rec.Key] = rec
	c.remove(c.peers[0], "deleted")
	c.pass(away)
	back := c.newPeer(p.self, p.stored)
	back.presence.Since, back.presence.Until = was.Since, was.Until
	back.Tick(c.now)
	c.insert(back)
	back.SetNeighbours(c.now, c.neighbours(back))
	c.wantForgotten("deleted")
}

// After a sleep, news of the ring may come before the first Tick.
func TestNewsBeforeTheFirstTick(t *testing.T) {
	c, p := suspended(t, 1)
	c.join(named(77))
	c.settle()
	c.insert(p)
	c.tell(p)
	p.Tick(c.now)
	c.wantForgotten("deleted")
}

// A machine that was suspended for 15/16 of the grace period may have missed a delete.
func TestSuspendedTooLong(t *testing.T) {
	for over, want := range map[time.Duration]bool{0: true, time.Minute: false} {
		c := shortMemory(t, 1)
		c.pass(regularRound)
		p := c.peers[0]
		p.presence.Until = millis(c.now)
		p.driven = c.now
		p.wake(c.now.Add(c.grace*15/16 + over))
		if complete := p.place.complete != nil; complete != want {
			t.Errorf("%v over the limit: still a replica: %v", over, complete)
		}
	}
}
