package replica

import (
	"slices"
	"testing"
	"time"

	"peal/chord"
)

// cutOff is a peer of a ring on its own, which the others give up.
func (c *cluster) cutOff(p *peer) (alone *cluster) {
	alone = newCluster(c.t, 2)
	alone.now, alone.grace = c.now, c.grace
	c.peers = slices.DeleteFunc(c.peers, func(k *peer) bool { return k == p })
	c.noticed()
	alone.peers = []*peer{p}
	p.SetNeighbours(c.now, neighbourhood([]chord.Contact{p.self}, p.self))
	return alone
}

// reunite lets one that was cut off meet the ring again.
func (c *cluster) reunite(alone *cluster) {
	c.pass(alone.now.Sub(c.now))
	for _, p := range alone.peers {
		c.insert(p)
		c.tell(p)
	}
	c.pass(regularRound)
	c.settle()
}

// What a peer that was cut off has acknowledged on its own, nobody else can have deleted.
func TestWrittenAloneIsNotDeleted(t *testing.T) {
	for _, later := range []time.Duration{time.Minute, 5 * time.Second} {
		c, ring, key := ringAt(t)
		p := ring[1]
		c.pass(regularRound)
		ring[0].skew = 30 * time.Second // so that the clocks of those it writes to run ahead
		c.wantPut(ring[0], keyBetween(ring[0].self.ID, p.self.ID, 99), "value")
		c.pass(time.Second)
		alone := c.cutOff(p)
		alone.pass(later)
		alone.wantPut(p, key, "value")
		alone.pass(away)
		c.reunite(alone)
		c.wantGet(p, key, "value")
	}
}
