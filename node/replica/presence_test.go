package replica

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"peal/chord"
)

// away is long enough to have missed a delete in a ring of short memory.
const away = 75 * time.Minute

// comeBack starts a peer again with what it holds and knew of its presence.
func (c *cluster) comeBack(p *peer, was Presence) *peer {
	c.t.Helper()
	back := c.newPeer(p.self, p.stored)
	back.presence.Since, back.presence.Until = was.Since, was.Until
	c.insert(back)
	back.SetNeighbours(c.now, c.neighbours(back))
	return back
}

// wantForgotten checks that a key does not come back.
func (c *cluster) wantForgotten(key string) {
	c.t.Helper()
	c.pass(regularRound)
	c.settle()
	for _, p := range c.peers {
		c.wantMissing(p, key)
	}
	c.wantPlaced()
}

// replicaAway is a ring that has a key, and a replica of it that is gone, with its presence
// then.
func replicaAway(t *testing.T, key string) (c *cluster, p *peer, was Presence) {
	t.Helper()
	c = shortMemory(t, 1)
	c.wantPut(c.peers[0], key, "value")
	c.settle()
	p = c.replicas(key)[1]
	was = p.Presence(c.now)
	c.kill(p)
	c.settle()
	return c, p, was
}

// strayAway is a ring that has forgotten that a key was deleted, while a peer was away
// that holds it for others; with its presence then, and the tombstone.
func strayAway(t *testing.T) (c *cluster, p *peer, was Presence, tombstone Record) {
	t.Helper()
	c = shortMemory(t, 1)
	old := c.wantPut(c.peers[0], "deleted", "value").Record
	c.settle()
	p = c.outsider("deleted")
	was = p.Presence(c.now)
	give(p, old)
	c.kill(p)
	c.settle()
	tombstone = c.remove(c.peers[0], "deleted").Record
	c.pass(away)
	return c, p, was, tombstone
}

// What a peer holds for others may have been deleted while it was away, too.
func TestStrayThatWasAwayDoesNotComeBack(t *testing.T) {
	c, p, was, _ := strayAway(t)
	c.comeBack(p, was)
	c.wantForgotten("deleted")
}

// One replica may still have the tombstone, and be the only one that was there in time.
func TestStrayMeetsTheLastTombstone(t *testing.T) {
	c, p, was, tombstone := strayAway(t)
	replicas := c.replicas("deleted")
	give(replicas[0], tombstone)
	for _, q := range replicas[1:] {
		q.presence.Since = millis(c.now)
	}
	c.comeBack(p, was)
	c.wantForgotten("deleted")
}

// The first replica that is asked may be new, and the last one know.
func TestStrayIsOfferedOnlyWhenAllWereAsked(t *testing.T) {
	c, p, was, _ := strayAway(t)
	for _, q := range c.replicas("deleted")[:2] {
		q.presence.Since = millis(c.now)
	}
	c.comeBack(p, was)
	c.wantForgotten("deleted")
}

// It is so even if its holder has caught up, with enough partners but not with all.
func TestStrayOfAPeerThatCaughtUpWithSome(t *testing.T) {
	c, p, was, _ := strayAway(t)
	back := c.comeBack(p, was)
	i := slices.IndexFunc(c.peers, func(q *peer) bool { return q != back && !slices.Contains(c.replicas("deleted"), q) })
	silent := c.peers[i]
	c.mute(silent)
	if !c.run(time.Minute, func() bool { return back.Len() == 0 }) || back.Replicated() {
		t.Fatal("want it to have handed over what it came with, and still to ask the silent one")
	}
	silent.muted = false
	c.wantForgotten("deleted")
}

// suspended is a ring that has forgotten that a key was deleted, while a replica of it stood
// still.
func suspended(t *testing.T, seed uint64) (c *cluster, p *peer) {
	t.Helper()
	c = shortMemory(t, seed)
	c.wantPut(c.peers[0], "deleted", "value")
	c.pass(regularRound)
	p = c.replicas("deleted")[1]
	c.kill(p)
	c.settle()
	c.remove(c.peers[0], "deleted")
	c.pass(away)
	return c, p
}

// A process that stood still for long, as on a suspended machine, is as ignorant as one
// that is started again.
func TestPeerThatWasSuspendedBringsNothingBack(t *testing.T) {
	for seed := range uint64(3) {
		c, p := suspended(t, seed)
		c.insert(p)
		c.wantMissing(p, "deleted")
		c.wantForgotten("deleted")
	}
}

// Nor is a write any news that was sent to it while it stood still.
func TestWriteThatWasOvertakenByTheDelete(t *testing.T) {
	for seed := range uint64(3) {
		c := shortMemory(t, seed)
		c.pass(regularRound) // so that all have been there since before it goes
		c.wakeWithOldNews(c.replicas("deleted")[1])
	}
}

// That is so, too, if it had only just arrived.
func TestNewcomerThatWasSuspendedBringsNothingBack(t *testing.T) {
	c := shortMemory(t, 1)
	c.wakeWithOldNews(c.join(chord.NewContact("new", 0)))
}

// wakeWithOldNews has a peer stand still while a key is written, deleted and forgotten, and
// receive the write when it goes on. The key must not come back.
func (c *cluster) wakeWithOldNews(p *peer) {
	c.t.Helper()
	c.kill(p)
	c.pass(10 * time.Minute)
	late := c.wantPut(c.peers[0], "deleted", "value").Record
	c.settle()
	c.remove(c.peers[0], "deleted")
	c.pass(away)
	c.insert(p)
	p.Step(c.time(p), Message{Kind: Write, From: c.peers[0].self.Peer, Records: []Record{late}})
	c.wantForgotten("deleted")
}

// A peer takes records after it has last heard of all deletes, and those may be deleted,
// too, after it has gone.
func TestWrittenLongAfterTheNote(t *testing.T) {
	for seed := range uint64(3) {
		c := shortMemory(t, seed)
		p := c.replicas("deleted")[1]
		was := p.Presence(c.now)
		c.pass(30 * time.Minute)
		c.wantPut(c.peers[0], "deleted", "value")
		c.settle()
		c.kill(p)
		c.settle()
		c.remove(c.peers[0], "deleted")
		c.pass(away)
		c.comeBack(p, was)
		c.wantForgotten("deleted")
	}
}

// A stray is as old after the second restart.
func TestStrayThatWasAwayTwice(t *testing.T) {
	c, back := strayBack(t)
	c.lost = false
	c.kill(back)
	c.comeBack(back, back.Presence(c.now))
	c.wantForgotten("deleted")
}

// strayBack is strayAway, where the stray's holder is back and has caught up, and finds
// nobody to hand over to.
func strayBack(t *testing.T) (c *cluster, back *peer) {
	t.Helper()
	c, p, was, _ := strayAway(t)
	back = c.comeBack(p, was)
	c.lost = true
	if !c.run(time.Minute, func() bool { return back.Repair().Complete }) || back.Len() == 0 {
		t.Fatal("want it to have caught up, and not yet handed over what it came with")
	}
	return c, back
}

// strayStays is strayBack, where the holder then becomes a replica itself, since others
// died.
func strayStays(t *testing.T) (c *cluster, back *peer, dead []*peer) {
	t.Helper()
	c, back = strayBack(t)
	for !slices.Contains(c.replicas("deleted"), back) {
		dead = append(dead, c.replicas("deleted")[1])
		c.kill(dead[len(dead)-1])
	}
	return c, back, dead
}

// A stray is as old once it is none any more.
func TestStrayOfAPeerThatBecomesAReplica(t *testing.T) {
	c, _, _ := strayStays(t)
	c.pass(5 * time.Second)
	c.lost = false
	c.wantForgotten("deleted")
}

// And no younger if it was none for a while, in which its holder caught up with nobody.
func TestStrayOfAPeerThatWasAReplicaMeanwhile(t *testing.T) {
	c, back, dead := strayStays(t)
	others := slices.DeleteFunc(slices.Clone(c.peers), func(p *peer) bool { return p == back })
	c.mute(others...)
	c.pass(5 * time.Second)
	for _, p := range others {
		p.muted = false
	}
	for _, p := range dead {
		c.insert(p)
	}
	c.lost = false
	c.wantForgotten("deleted")
}

// Of a newcomer, even one that has caught up, and a peer that was away neither knows what
// was deleted.
func TestNewcomersDoNotTakeWhatMayBeDeleted(t *testing.T) {
	for seed := range uint64(8) {
		c := shortMemory(t, seed)
		c.wantPut(c.peers[0], "deleted", "value")
		c.settle()
		p := c.replicas("deleted")[1]
		was := p.Presence(c.now)
		c.kill(p)
		c.settle()
		c.remove(c.peers[0], "deleted")
		newcomers := func() {
			for i := range 2 {
				c.join(chord.NewContact(chord.PeerID(fmt.Sprint("new ", seed, i)), 0))
			}
		}
		if seed%2 == 0 {
			newcomers()
			c.settle()
		}
		c.pass(away)
		c.comeBack(p, was)
		if seed%2 == 1 {
			newcomers()
		}
		c.wantForgotten("deleted")
	}
}

// Of two that were away the one that went first takes nothing from the other: to it that
// would look as if it had been written since. That is so, too, if it has an older version.
func TestThoseWhoWereAwayLearnNothingFromEachOther(t *testing.T) {
	for seed := range uint64(12) {
		c := shortMemory(t, seed)
		if seed%2 == 1 {
			c.wantPut(c.peers[0], "deleted", "older value")
		}
		c.pass(regularRound)
		replicas := c.replicas("deleted")
		first, second := replicas[2], replicas[1]
		before := first.Presence(c.now)
		c.kill(first)
		c.pass(10 * time.Minute)
		c.wantPut(replicas[0], "deleted", "value")
		c.settle()
		was := second.Presence(c.now)
		c.kill(second)
		c.settle()
		c.remove(replicas[0], "deleted")
		c.pass(away)
		c.comeBack(second, was)
		c.comeBack(first, before)
		c.wantForgotten("deleted")
	}
}

// What the clock of another peer stamped may be a little later than the time at which
// its holder went.
func TestWrittenJustBeforeThePeerWent(t *testing.T) {
	c := shortMemory(t, 1)
	client, p := c.replicas("deleted")[0], c.replicas("deleted")[1]
	client.skew = MaxSkew / 2
	c.wantPut(client, "deleted", "value")
	was := p.Presence(c.now)
	c.kill(p)
	c.settle()
	c.remove(client, "deleted")
	c.pass(away)
	c.comeBack(p, was)
	c.wantForgotten("deleted")
}

// Who took the place of all replicas of a key has nothing of it, and that is no sign that
// it was deleted.
func TestAllReplicasWereAway(t *testing.T) {
	for seed := range uint64(3) {
		c := shortMemory(t, seed)
		c.wantPut(c.peers[0], "key", "value")
		c.settle()
		replicas := c.replicas("key")
		was := replicas[1].Presence(c.now)
		for _, p := range replicas {
			c.kill(p)
		}
		c.pass(away)
		back := c.comeBack(replicas[1], was)
		c.settle()
		c.wantGet(back, "key", "value")
		c.wantPlaced()
	}
}

// Nor is that a record was damaged.
func TestDamageIsNoDelete(t *testing.T) {
	c := shortMemory(t, 1)
	c.wantPut(c.peers[0], "key", "value")
	c.settle()
	replicas := c.replicas("key")
	was := replicas[1].Presence(c.now)
	c.kill(replicas[1])
	c.kill(replicas[2])
	for _, p := range c.peers {
		if _, ok := p.stored["key"]; ok {
			p.stored["key"] = Record{}
		}
	}
	c.get(replicas[0], "key")
	c.pass(away)
	back := c.comeBack(replicas[1], was)
	c.settle()
	c.wantGet(back, "key", "value")
}

// Nor is what a peer does not know of an arc that it took over while one of its partners was
// silent.
func TestArcTakenOverInPartIsNotKnownFromBefore(t *testing.T) {
	c := settledCluster(t, 6)
	p := c.peers[0]
	p.presence = Presence{Since: 1, Until: millis(c.now)}
	p.place.complete = nil
	p.round.failed = true
	p.round.cells = []cell{{arc: p.place.arc, witnesses: []witness{{source: true, since: 1000}, {source: true, since: 2000}}}}
	p.caughtUp(c.now)
	if got := p.Presence(c.now); got.Since != 1000 {
		t.Errorf("is present since %d, want 1000, as the best informed source", got.Since)
	}
}

// Who was there all the time, and has yet to catch up after a restart, may soon know that a
// record was deleted: it is asked again, a few times.
func TestWhoMayKnowOfADeleteIsAskedAgain(t *testing.T) {
	for _, test := range []struct {
		caughtUp bool
		fails    int
		ok, held bool
	}{
		{false, 0, false, true},
		{false, patience, true, true},
		{true, 0, true, false},
	} {
		c := newCluster(t, 1)
		c.grace = time.Hour
		a, b := c.join(named(0)), c.join(named(1))
		c.settle()
		give(a, old("key", "value"))
		now := millis(c.now)
		a.place.coverage, a.presence = coverage{}, Presence{Since: 1, Until: now - 2*a.grace()}
		b.presence = Presence{Since: 1, Until: now}
		if !test.caughtUp {
			b.place.coverage = coverage{}
		}
		a.round.fails, a.round.at, b.round.at = test.fails, Never, Never
		end := c.reconcile(a, b, whole(), exchange)
		if _, held := a.index.Get("key"); end.ok != test.ok || held != test.held {
			t.Errorf("%+v: ends %v, and holds the record: %v", test, end.ok, held)
		}
	}
}

// Nor is it while those with the damage look for it, and somebody does not answer.
func TestDamageIsNoDeleteAfterAFailedRound(t *testing.T) {
	c, p, was := replicaAway(t, "key")
	c.pass(away)
	holders := c.replicas("key")
	c.mute(slices.DeleteFunc(slices.Clone(c.peers), func(q *peer) bool { return slices.Contains(holders, q) })...)
	for _, q := range holders {
		q.stored["key"] = Record{}
		q.load("key")
	}
	c.pass(5 * time.Second)
	back := c.comeBack(p, was)
	c.pass(5 * time.Second)
	for _, q := range c.peers {
		q.muted = false
	}
	c.settle()
	c.wantGet(back, "key", "value")
}

// keyOf is a key of which the peer is a replica.
func (c *cluster) keyOf(p *peer) string {
	for i := 0; ; i++ {
		if key := fmt.Sprint("key ", i); slices.Contains(c.replicas(key), p) {
			return key
		}
	}
}

// The peer comes back after a key was deleted, and its tombstone collected or not, with
// the note of its presence or without.
func TestPeerThatWasAwayBringsNothingBack(t *testing.T) {
	for seed := range uint64(20) {
		away := []time.Duration{30 * time.Minute, 3 * time.Hour}[seed%2]
		c := shortMemory(t, seed)
		c.wantPut(c.peers[0], "deleted", "value")
		c.settle()
		p := c.replicas("deleted")[1]
		key := c.keyOf(p)
		c.wantPut(c.peers[0], key, "stays")
		c.settle()
		was := p.Presence(c.now)
		c.kill(p)
		c.settle()
		c.remove(c.peers[0], "deleted")
		c.pass(away)
		back := c.newPeer(p.self, p.stored)
		if seed%4 < 2 {
			back.presence = was
		}
		c.insert(back)
		back.SetNeighbours(c.now, c.neighbours(back))
		for range 5 {
			for _, q := range c.peers {
				c.wantMissing(q, "deleted")
			}
		}
		c.pass(regularRound)
		c.settle()
		c.wantMissing(back, "deleted")
		c.wantGet(back, key, "stays")
		c.wantPlaced()
	}
}

// A peer that runs alone hears of no deletes, however often it is restarted.
func TestPeerThatWasAloneBringsNothingBack(t *testing.T) {
	c, p, was := replicaAway(t, "deleted")
	c.remove(c.peers[0], "deleted")
	for range 3 {
		c.pass(50 * time.Minute)
		alone := c.newPeer(p.self, p.stored)
		alone.presence = was
		alone.SetNeighbours(c.now, neighbourhood([]chord.Contact{p.self}, p.self))
		alone.Tick(c.now.Add(time.Second))
		was = alone.Presence(c.now)
	}
	back := c.newPeer(p.self, p.stored)
	back.presence = was
	c.insert(back)
	back.SetNeighbours(c.now, c.neighbours(back))
	c.pass(regularRound)
	c.settle()
	for _, q := range c.peers {
		c.wantMissing(q, "deleted")
	}
}

// A ring that was switched off for long has everything when it comes back.
func TestRingThatWasSwitchedOffKeepsItsRecords(t *testing.T) {
	for seed := range uint64(10) {
		switchOff(t, shortMemory(t, seed))
	}
}

func switchOff(t *testing.T, c *cluster) {
	t.Helper()
	keys := numbered("key", 20)
	for _, key := range keys {
		c.wantPut(c.peers[0], key, "value")
	}
	c.settle()
	off, was := slices.Clone(c.peers), map[*peer]Presence{}
	for _, p := range off {
		was[p] = p.Presence(c.now)
		c.kill(p)
	}
	c.pass(100 * time.Hour)
	var returned []*peer
	for _, p := range off {
		back := c.newPeer(p.self, p.stored)
		back.presence = was[p]
		c.insert(back)
		back.SetNeighbours(c.now, c.neighbours(back))
		c.pass(10 * time.Second)
		returned = append(returned, back)
	}
	c.join(chord.NewContact("a new one", 0))
	c.settle()
	for _, key := range keys {
		c.wantGet(returned[0], key, "value")
	}
	c.wantPlaced()
}

// A peer that was away shows what it came with to those as well whom its walk has only asked
// what they hold, and who hold nothing.
func TestWalkAsksWhatIsDeleted(t *testing.T) {
	all := chord.Arc{From: tens[0].ID, To: tens[0].ID}
	for _, away := range []bool{false, true} {
		p := newCluster(t, 1).newPeer(tens[0], shelf{})
		p.cfg.Grace = time.Hour
		p.place.known, p.place.arc = true, all
		give(p, old("key", "value"))
		p.presence = Presence{Since: 1, Until: millis(startTime)}
		if away {
			p.presence.Until = 2
		}
		p.probed(startTime, []probe{{
			share: share{with: tens[1], arc: all, way: onlyTake}, ok: true,
			answer: Message{Kind: Compared, Source: &all, Ranges: []Range{{Arc: all, Listed: true}}},
		}})
		if asked := p.session != nil; asked != away {
			t.Errorf("away: %v, asked again: %v", away, asked)
		}
	}
}

// If only newcomers are left to whom a peer that was away owes something, it has nobody to ask,
// and they have nobody else to catch up with.
func TestNewcomersGetWhatOnlyAPeerThatWasAwayHas(t *testing.T) {
	c := newCluster(t, 1)
	c.grace = time.Hour
	for _, self := range ats(0x10, 0x30, 0x50, 0x70, 0x90, 0xb0) {
		c.join(self)
	}
	c.settle()
	key := keyBetween(at(0x40).ID, at(0x42).ID, 1)
	rec := c.wantPut(c.peers[0], key, "value").Record
	holder := c.outsider(key)
	was := holder.Presence(c.now)
	give(holder, rec)
	c.kill(holder)
	c.pass(away)
	c.lost = true
	back := c.comeBack(holder, was)
	if !c.run(time.Minute, func() bool { return back.Repair().Complete }) || back.Len() == 0 {
		t.Fatal("want it to have caught up, and not yet handed over what it came with")
	}
	for _, p := range c.replicas(key) {
		c.kill(p)
	}
	for _, self := range ats(0x44, 0x46, 0x48) {
		c.join(self)
	}
	c.lost = false
	c.settle()
	c.wantGet(c.peers[0], key, "value")
	c.wantPlaced()
}
