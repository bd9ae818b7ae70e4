package replica

import (
	"slices"
	"testing"
	"time"

	"peal/chord"
)

// A right guess saves the lookup, of reads and of writes.
func TestRightGuessNeedsNoLookup(t *testing.T) {
	c := settledCluster(t, 9)
	c.guess = slices.Clone[[]chord.Contact]
	c.looked = 0
	client := c.outsider("key")
	if o := c.wantPut(client, "key", "value"); len(o.Replicas) < 2 {
		t.Errorf("stored on %v", o.Replicas)
	}
	c.wantGet(client, "key", "value")
	c.wantMissing(client, "another key")
	if c.looked != 0 {
		t.Errorf("%d lookups, want none", c.looked)
	}
	c.settle()
	c.wantPlaced()
}

// Whoever is no replica says so, and keeps nothing of a wrong guess.
func TestWrongGuessIsLookedUp(t *testing.T) {
	c := settledCluster(t, 9)
	c.guess = func(owners []chord.Contact) []chord.Contact { return owners[1:] } // the owner is not known yet
	client := c.outsider("key")
	c.wantPut(client, "key", "value")
	c.pass(100 * time.Millisecond)
	c.wantPlaced()
	c.guess = func(owners []chord.Contact) []chord.Contact { return owners[4:] }
	c.wantGet(client, "key", "value")
}

// A guess that names the dead costs milliseconds, and no timeout.
func TestSilentGuessIsLookedUp(t *testing.T) {
	c := settledCluster(t, 9)
	client, replicas := c.outsider("key"), c.replicas("key")
	others := slices.DeleteFunc(slices.Clone(c.peers), func(p *peer) bool { return p == client || slices.Contains(replicas, p) })
	c.mute(others[:2]...)
	c.guess = func(owners []chord.Contact) []chord.Contact {
		return []chord.Contact{others[0].self, others[1].self, owners[0]}
	}
	began := c.now
	c.wantPut(client, "key", "value")
	c.wantGet(client, "key", "value")
	if took := c.now.Sub(began); took >= client.cfg.RequestTimeout {
		t.Errorf("a put and a get took %v, as long as it takes to give up a request", took)
	}
}

// A guess that is right, and slow to answer, is not given up, nor taken for a wrong one.
func TestSlowGuessIsWaitedFor(t *testing.T) {
	c := settledCluster(t, 9)
	c.guess = slices.Clone[[]chord.Contact]
	client, replicas := c.outsider("key"), c.replicas("key")
	for _, p := range replicas {
		p.slow = 400 * time.Millisecond
	}
	c.looked, c.sent[Write] = 0, 0
	c.wantPut(client, "key", "value")
	if c.sent[Write] != len(replicas) || c.looked < 1 || c.looked > 2 || client.luck.right != allRight {
		t.Errorf("%d writes sent and %d lookups, %d of 1024 guesses right; want %d, one or two, and all", c.sent[Write], c.looked, client.luck.right, len(replicas))
	}
}

// A peer whose guesses are mostly wrong makes few.
func TestBadLuckEndsGuessing(t *testing.T) {
	c := settledCluster(t, 9)
	guesses := 0
	c.guess = func(owners []chord.Contact) []chord.Contact { guesses++; return owners[4:] }
	client := c.outsider("key")
	c.wantPut(client, "key", "value")
	for range 100 {
		c.wantGet(client, "key", "value")
	}
	if guesses > 25 {
		t.Errorf("%d of 101 operations guessed, want them to give up", guesses)
	}
	c.guess = func(owners []chord.Contact) []chord.Contact { guesses++; return owners }
	for range 400 {
		c.wantGet(client, "key", "value")
	}
	before := guesses
	for range 10 {
		c.wantGet(client, "key", "value")
	}
	if guesses-before != 10 {
		t.Errorf("%d of 10 operations guessed once guesses were right, want all", guesses-before)
	}
}
