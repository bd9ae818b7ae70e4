package replica

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"peal/chord"
)

// ringAt has six peers with places for keys between them.
func ringAt(t *testing.T) (c *cluster, ring []*peer, key string) {
	t.Helper()
	c = newCluster(t, 1)
	c.grace = time.Hour
	for i := range 6 {
		c.join(at(byte(0x20 + 0x20*i)))
	}
	c.settle()
	return c, slices.Clone(c.peers), keyBetween(c.peers[0].self.ID, c.peers[1].self.ID, 7)
}

// acknowledged is a write of this moment by a peer, which two replicas have stored; the
// message to the third one is lost.
func (c *cluster) acknowledged(from *peer, key string, replicas ...*peer) Record {
	c.t.Helper()
	stamp := Stamp{Wall: millis(c.now), Writer: from.self.Peer}
	rec := Record{Key: key, Value: []byte("value"), Version: Version{Stamp: stamp}}
	for _, p := range replicas {
		if !p.place.completeAt(chord.KeyID([]byte(key))) {
			c.t.Fatalf("%v does not count", p.self)
		}
		p.Step(c.time(p), Message{Kind: Write, From: from.self.Peer, Records: []Record{rec}, Replaced: true})
	}
	stored := func() bool {
		for _, p := range replicas {
			if p.stored[key].Version != rec.Version {
				return false
			}
		}
		return true
	}
	if !c.run(time.Second, stored) {
		c.t.Fatal("it is not stored")
	}
	return rec
}

// Whoever could not finish a round for long, since the disk of a partner is full, was there
// all the same: what it has taken a moment ago is not deleted.
func TestAcknowledgedByPeersWhoseRoundsFail(t *testing.T) {
	c, ring, key := ringAt(t)
	full, a, b, third := ring[0], ring[1], ring[2], ring[3]
	c.pass(regularRound)
	full.refuses = true
	c.put(a, keyBetween(ring[5].self.ID, full.self.ID, 1), "value") // which it never gets
	c.pass(away)
	c.acknowledged(ring[5], key, a, b)
	wasA, wasB := a.Presence(c.now), b.Presence(c.now)
	c.kill(a)
	c.kill(b)
	c.comeBack(a, wasA)
	c.comeBack(b, wasB)
	c.pass(3 * time.Minute)
	c.wantGet(third, key, "value")
}

// Nor is what a peer has taken since it is back, while it owes others what it came with.
func TestAcknowledgedByOneThatIsBack(t *testing.T) {
	c, ring, key := ringAt(t)
	a, s, third := ring[1], ring[2], ring[3]
	owed := c.wantPut(third, keyBetween(s.self.ID, ring[3].self.ID, 3), "value").Record
	c.pass(regularRound)
	was := s.Presence(c.now)
	s.stored[owed.Key] = owed
	s.hold(owed.Item())
	c.kill(s)
	c.settle()
	c.pass(away)
	back := c.comeBack(s, was)
	c.mute(ring[5]) // to whom it owes that
	if !c.run(time.Minute, func() bool { return back.Repair().Complete && back.away.Until != 0 }) {
		t.Fatal("want it to have caught up, and not to have handed over what it came with")
	}
	c.pass(5 * time.Second)
	c.acknowledged(third, key, a, back)
	note := back.Presence(c.now)
	c.kill(a) // one disk is lost
	c.kill(back)
	c.comeBack(back, note)
	c.pass(10 * time.Second)
	ring[5].muted = false
	c.pass(3 * time.Minute)
	c.wantGet(third, key, "value")
}

// A stray that may be deleted is shown to nobody once its holder is a replica itself.
func TestStrayOfAPeerThatBecomesAReplicaIsNotShown(t *testing.T) {
	for _, how := range []string{"get", "list", "touch", "absent"} {
		c := shortMemory(t, 1)
		old := c.wantPut(c.peers[0], "deleted", "value").Record
		c.settle()
		p := c.live(c.owners(chord.KeyID([]byte("deleted")))[3].Peer) // the next in line
		was := p.Presence(c.now)
		give(p, old)
		c.kill(p)
		c.settle()
		c.remove(c.peers[0], "deleted")
		c.pass(away)
		back := c.comeBack(p, was)
		c.lost = true
		if !c.run(time.Minute, func() bool { return back.Repair().Complete }) || back.Len() == 0 {
			t.Fatal("want it to have caught up, and not yet handed over what it came with")
		}
		c.pass(10 * time.Second)
		c.lag = 0
		c.kill(c.replicas("deleted")[0])
		c.lost = false
		if !c.run(time.Second, func() bool { return back.place.arc.Contains(chord.KeyID([]byte("deleted"))) }) {
			t.Fatal("want it to have become a replica")
		}
		t.Log(how)
		switch how {
		case "get":
			c.wantMissing(back, "deleted")
		case "list":
			if got := c.pages(back, "", 10); fmt.Sprint(got) != "[[]]" {
				t.Errorf("listed %v", got)
			}
		case "touch":
			c.wantError(c.change(back, Change{Key: "deleted", Touch: true}), Missing)
		case "absent":
			c.wantError(c.change(back, Change{Key: "deleted", If: Condition{Absent: true}, Deleted: true}), NoError)
		}
		c.wantForgotten("deleted")
	}
}

// threeAway is a ring of three that has forgotten that a key was deleted, while one of them
// was away that holds it; of the others only the second that it asks was there all the time.
func threeAway(t *testing.T, seed uint64) (c *cluster, p *peer, was Presence) {
	t.Helper()
	c = newCluster(t, seed)
	c.grace = time.Hour
	for i := range 3 {
		c.join(named(i))
	}
	c.settle()
	c.wantPut(c.peers[0], "deleted", "value")
	c.settle()
	p = c.peers[0]
	was = p.Presence(c.now)
	c.kill(p)
	c.settle()
	c.remove(c.peers[0], "deleted")
	c.pass(away)
	c.peers[0].presence.Since = millis(c.now)
	return c, p, was
}

// A store that refuses to drop what was deleted brings nothing back.
func TestStoreRefusesTheDrop(t *testing.T) {
	for seed := range uint64(4) {
		c, p, was := threeAway(t, seed)
		back := c.comeBack(p, was)
		back.refuses, back.slow = true, 50*time.Millisecond
		c.pass(3 * time.Second)
		back.refuses, back.slow = false, 0
		c.wantForgotten("deleted")
	}
}

// Nor does a crash before the store has dropped it, if the note of its presence came first.
func TestNoteBeforeTheDrop(t *testing.T) {
	for seed := range uint64(4) {
		c, p, was := threeAway(t, seed)
		c.lag = 0
		back := c.comeBack(p, was)
		back.slow = 100 * time.Millisecond
		if !c.run(time.Minute, func() bool { return back.committing && back.place.complete != nil }) {
			t.Fatal("want its round to have ended before the commit")
		}
		note := back.Presence(c.now)
		c.kill(back)
		c.comeBack(back, note)
		c.wantForgotten("deleted")
	}
}

// Nor does a peer that was away, and leaves before it has asked all who may know.
func TestStalePeerLeaves(t *testing.T) {
	for knows := range 3 {
		c, p, was := replicaAway(t, "deleted")
		c.remove(c.peers[0], "deleted")
		c.pass(away)
		for i, q := range c.replicas("deleted") {
			if i != knows {
				q.presence.Since = millis(c.now)
			}
		}
		back := c.comeBack(p, was)
		back.Leave(c.time(back), c.time(back).Add(5*time.Second))
		c.pass(6 * time.Second)
		c.kill(back)
		c.wantForgotten("deleted")
	}
}

// A peer that was cut off has taken records after the last round that went well.
func TestAloneLongAfterTheLastRound(t *testing.T) {
	c, ring, _ := ringAt(t)
	silent, client, p := ring[0], ring[3], ring[2]
	c.pass(regularRound)
	c.mute(silent) // a partner of p, but no replica of the key
	c.pass(20 * time.Minute)
	key := keyBetween(ring[1].self.ID, p.self.ID, 1) // on 2, 3 and 4
	c.wantPut(client, key, "value")
	c.pass(time.Minute)
	silent.muted = false
	alone := newCluster(t, 2) // p is cut off, and a ring of its own
	alone.now, alone.grace, alone.peers = c.now, c.grace, []*peer{p}
	c.peers = slices.DeleteFunc(c.peers, func(k *peer) bool { return k == p })
	c.noticed()
	alone.tell(p)
	c.settle()
	c.remove(client, key)
	c.pass(away)
	alone.pass(c.now.Sub(alone.now))
	c.insert(p)
	c.tell(p)
	c.wantForgotten(key)
}

// What a paused repair has found to give may be deleted, and forgotten, when it goes on.
func TestDeletedWhileRepairIsPaused(t *testing.T) {
	c, ring, key := ringAt(t) // on 1, 2 and 3
	holder, lacks := ring[4], ring[3]
	rec := c.wantPut(ring[1], key, "value").Record
	c.pass(regularRound)
	lacks.misses(key) // so it is a hint for that one
	holder.Throttle(0, true)
	holder.Step(c.now, Message{Kind: Write, From: ring[1].self.Peer, Records: []Record{rec}})
	c.pass(2 * time.Second)
	c.remove(ring[1], key)
	c.pass(away)
	holder.Throttle(0, false)
	c.wantForgotten(key)
}

// misses makes a peer lack a record, as if the message with it had been lost.
func (p *peer) misses(key string) {
	delete(p.stored, key)
	p.index.Remove(key)
}

// What a peer owes others does not keep it from catching up while they have yet to hear of it.
func TestCatchesUpBeforeItHandsOver(t *testing.T) {
	c, ring, _ := ringAt(t)
	p := ring[0]
	c.pass(regularRound)
	was := p.Presence(c.now)
	owed := old(keyBetween(ring[1].self.ID, ring[2].self.ID, 1), "value")
	p.stored[owed.Key] = owed
	c.kill(p)
	c.settle()
	back := c.newPeer(p.self, p.stored)
	back.presence.Since, back.presence.Until = was.Since, was.Until
	back.Throttle(0, true)
	c.insert(back)
	back.SetNeighbours(c.now, c.neighbours(back))
	if !c.run(time.Minute, func() bool { return back.Repair().Complete }) {
		t.Errorf("it has not caught up after a minute: %+v", back.Repair())
	}
}

// A ring was switched off for long, and two of a key's replicas longer, since before it was
// written. Nobody can vouch for anything then, but those who have it still do.
func TestReplicasThatWereAwayLongerThanTheRing(t *testing.T) {
	for seed := range uint64(6) {
		c := shortMemory(t, seed)
		was := map[*peer]Presence{}
		goes := func(p *peer) {
			was[p] = p.Presence(c.now)
			c.kill(p)
		}
		all := slices.Clone(c.peers)
		before := c.replicas("key")[1:]
		for _, p := range before {
			goes(p)
		}
		c.settle()
		c.wantPut(c.peers[0], "key", "value")
		c.settle()
		for _, p := range slices.Clone(c.peers) {
			goes(p)
		}
		c.pass(away)
		for _, p := range all {
			c.comeBack(p, was[p])
		}
		for range 200 {
			c.pass(50 * time.Millisecond)
			for _, p := range c.replicas("key") {
				if _, has := p.index.Get("key"); !has && p.place.completeAt(chord.KeyID([]byte("key"))) {
					t.Fatalf("seed %d: %v counts without the key", seed, p.self)
				}
			}
		}
		c.settle()
		c.wantGet(c.peers[0], "key", "value")
		c.wantPlaced()
	}
}

// What a peer has taken for others is as old as it is, though its own rounds failed then.
func TestHintThatNobodyTakes(t *testing.T) {
	c, ring, key := ringAt(t) // on 1, 2 and 3
	holder := ring[5]
	c.pass(regularRound)
	c.mute(ring[4]) // so that its rounds fail
	c.pass(50 * time.Minute)
	rec := c.wantPut(ring[1], key, "value").Record
	c.lost = true
	holder.Step(c.now, Message{Kind: Write, From: ring[1].self.Peer, Records: []Record{rec}})
	c.pass(10 * time.Minute) // until its presence has ended
	ring[4].muted = false
	c.pass(time.Minute)
	c.lost = false
	c.remove(ring[1], key)
	c.lost = true
	if c.pass(away); holder.Len() == 0 {
		t.Fatal("want the hint to be there still")
	}
	c.lost = false
	c.wantForgotten(key)
}

// A peer may have missed a delete once it was away for 15/16 of the grace period, which is
// a day unless it is told otherwise.
func TestAwayTooLong(t *testing.T) {
	r, err := New(Config{Self: named(0), Reader: shelf{}})
	if err != nil {
		t.Fatal(err)
	}
	r.presence = Presence{Since: 1, Until: millis(startTime)}
	limit := startTime.Add(24 * time.Hour * 15 / 16)
	if r.standing(limit, chord.Arc{}).stale || !r.standing(limit.Add(time.Millisecond), chord.Arc{}).stale {
		t.Error("the limit is not 15/16 of 24 hours")
	}
}
