package replica

import (
	"testing"
	"time"
)

// shortMemory is a ring of six that forgets what was deleted after an hour.
func shortMemory(t testing.TB, seed uint64) *cluster {
	t.Helper()
	c := newCluster(t, seed)
	c.grace = time.Hour
	for i := range 6 {
		c.join(named(i))
	}
	c.settle()
	return c
}

func TestTombstonesAreCollected(t *testing.T) {
	c := shortMemory(t, 1)
	c.wantPut(c.peers[0], "key", "value")
	c.remove(c.peers[0], "key")
	c.wantError(c.change(c.peers[0], Change{Key: "short", TTL: 20 * time.Minute}), NoError)
	c.pass(50 * time.Minute)
	holds := func(key string) (count int) {
		for _, p := range c.peers {
			if _, held := p.stored[key]; held {
				count++
			}
		}
		return count
	}
	if got := [2]int{holds("key"), holds("short")}; got != [2]int{3, 3} {
		t.Errorf("%v peers hold the tombstones before the grace period is over, want 3", got)
	}
	c.pass(15 * time.Minute)
	if got := [2]int{holds("key"), holds("short")}; got != [2]int{0, 3} {
		t.Errorf("%v peers hold the tombstones an hour after the delete, want 0 and 3", got)
	}
	c.pass(20 * time.Minute)
	if got := holds("short"); got != 0 {
		t.Errorf("%d peers hold the tombstone an hour after the expiry, want none", got)
	}
	c.settle()
}

// A peer alone cannot know what others have missed.
func TestTombstonesStayWhereOneIsAlone(t *testing.T) {
	c := newCluster(t, 1)
	c.grace = time.Hour
	p := c.join(named(0))
	c.settle()
	c.wantPut(p, "key", "value")
	c.remove(p, "key")
	c.pass(3 * time.Hour)
	if !p.stored["key"].Deleted {
		t.Errorf("it holds %v, want the tombstone", p.stored["key"])
	}
}

// A write that some replica missed, as under load one always has, keeps no tombstone
// alive. A delete that one missed does, until the next round: it may have missed others.
func TestTombstonesAreCollectedUnderWrites(t *testing.T) {
	for _, deleted := range []bool{false, true} {
		c := shortMemory(t, 1)
		c.wantPut(c.peers[0], "key", "value")
		c.remove(c.peers[0], "key")
		c.pass(50 * time.Minute)
		p := c.replicas("key")[0]
		for _, q := range c.peers {
			q.round.at = Never
		}
		c.pass(15 * time.Minute)
		give(p, Record{Key: keyBetween(p.place.preds[0].ID, p.self.ID, 1), Deleted: deleted, Version: stamped(c)})
		for _, want := range []bool{deleted, false} {
			p.beginRound(c.now)
			c.run(time.Minute, func() bool { return p.round.at != Never && !p.committing })
			p.round.at = Never
			if _, held := p.stored["key"]; held != want {
				t.Errorf("a delete was missed: %v; after a round the tombstone is held: %v, want %v", deleted, held, want)
			}
		}
	}
}

// While one replica does not answer, it may hold the older version, and the
// tombstone stays.
func TestTombstoneWaitsForAllReplicas(t *testing.T) {
	c := shortMemory(t, 1)
	c.wantPut(c.peers[0], "key", "value")
	c.settle()
	replicas := c.replicas("key")
	c.mute(replicas[2])
	replicas[2].refuses = true
	c.remove(replicas[0], "key")
	c.pass(3 * time.Hour)
	if _, held := replicas[0].stored["key"]; !held {
		t.Error("the tombstone is gone, though a replica has the value")
	}
	replicas[2].muted, replicas[2].refuses = false, false
	c.pass(time.Hour)
	c.settle()
	for _, p := range c.peers {
		c.wantMissing(p, "key")
	}
}
