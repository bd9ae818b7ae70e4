package replica

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"peal/chord"
)

// watchCompleteness settles the cluster, and checks all the while that a peer
// which counts as complete for a key has it.
func (c *cluster) watchCompleteness(keys []string) {
	c.t.Helper()
	c.run(5*time.Minute, func() bool {
		settled := true
		for _, p := range c.peers {
			settled = settled && p.Replicated()
			for _, key := range keys {
				if _, held := p.index.Get(key); !held && p.place.completeAt(position(key)) {
					c.t.Fatalf("%v counts as complete for %q, and does not have it", p.self, key)
				}
			}
		}
		return settled && len(c.due) == 0
	})
	c.settle()
	c.wantPlaced()
}

// filled is a settled cluster with records everywhere.
func filled(t testing.TB, peers int, keys []string) *cluster {
	t.Helper()
	c := settledCluster(t, peers)
	c.fill(keys...)
	return c
}

func TestJoinerCatchesUpBeforeItCounts(t *testing.T) {
	for _, peers := range []int{1, 2, 3, 4, 8} {
		keys := numbered("key", 60)
		c := filled(t, peers, keys)
		p := c.join(named(100))
		if p.place.complete != nil {
			t.Errorf("complete on %v at once", *p.place.complete)
		}
		c.watchCompleteness(keys)
	}
}

// between are n contacts between two neighbours on the ring.
func between(from, to chord.Contact, n int) []chord.Contact {
	var list []chord.Contact
	for i := 0; len(list) < n; i++ {
		if c := named(1000 + i); chord.Between(from.ID, c.ID, to.ID) {
			list = append(list, c)
		}
	}
	return list
}

// N and more neighbours join at once: nobody among a key's new replicas had it
// before, so they have to ask farther along.
func TestAdjacentJoinersNeverMakeAKeyLookMissing(t *testing.T) {
	for _, joiners := range []int{2, 3, 5} {
		keys := numbered("key", 60)
		c := filled(t, 12, keys)
		for _, contact := range between(c.peers[4].self, c.peers[5].self, joiners) {
			c.join(contact)
		}
		c.watchCompleteness(keys)
	}
}

// A newcomer whose round fails can vouch for nothing to the next one.
func TestFailedRoundMakesNoSource(t *testing.T) {
	c := settledCluster(t, 12)
	before, behind := c.peers[4].self, c.peers[5].self
	joiners := between(before, behind, 3)
	slices.SortFunc(joiners, func(a, b chord.Contact) int { return a.ID.Compare(b.ID) })
	key := keyBetween(before.ID, joiners[0].ID, 1)
	c.fill(key)
	others := slices.Clone(c.peers)
	c.mute(others...)
	for _, contact := range joiners[:2] {
		p := c.join(contact)
		c.pass(20 * time.Second)
		p.round.at = Never
	}
	for _, p := range others {
		p.muted = false
	}
	last := c.join(joiners[2])
	if !c.run(soon, func() bool { return last.place.completeAt(position(key)) }) {
		t.Fatal("it does not catch up")
	}
	if _, held := last.index.Get(key); !held {
		t.Errorf("%v counts as complete for %q, and does not have it", last.self, key)
	}
}

// So many that none of the old replicas is in sight.
func TestJoinersBeyondReachOfTheOldReplicas(t *testing.T) {
	for _, peers := range []int{1, 12} {
		c := settledCluster(t, peers)
		before, behind := c.peers[peers/2].self, c.peers[(peers/2+1)%peers].self
		var keys []string
		for i := range 60 {
			keys = append(keys, keyBetween(before.ID, behind.ID, i))
		}
		c.fill(keys...)
		c.lag = 5 * time.Second // the old replicas do not hand over so soon
		for _, contact := range between(before, behind, successors+8) {
			c.join(contact)
		}
		c.seeNewcomers()
		c.watchCompleteness(keys)
	}
}

// A ring that is restarted as a whole has nobody who could vouch for anything. Not
// all replicas have everything.
func TestWholeRingRestarts(t *testing.T) {
	keys := numbered("key", 60)
	c := filled(t, successors+6, keys)
	for i, key := range keys {
		delete(c.replicas(key)[i%3].stored, key)
	}
	stored := slices.Clone(c.peers)
	c.peers = nil
	for _, p := range stored {
		c.restart(p.self, p.stored)
	}
	c.watchCompleteness(keys)
	for _, p := range c.peers {
		if p.place.complete == nil {
			t.Errorf("%v is not complete", p.self)
		}
	}
	c.wantGet(c.peers[0], keys[0], "value of "+keys[0])
}

// Whoever restarts in a large ring does not ask all of it.
func TestRestartOfALargeRingIsCheap(t *testing.T) {
	const peers = 60
	c := settledCluster(t, peers)
	stored := slices.Clone(c.peers)
	c.peers, c.due = nil, nil
	for _, p := range stored {
		c.restart(p.self, p.stored)
	}
	clear(c.sent)
	complete := func(p *peer) bool { return p.place.complete != nil }
	c.run(time.Minute, func() bool { return !slices.ContainsFunc(c.peers, func(p *peer) bool { return !complete(p) }) })
	if most := 40 * peers; c.sent[Compare] > most {
		t.Errorf("%d comparisons until all of %d peers are complete, want at most %d", c.sent[Compare], peers, most)
	}
}

// Now one of the old replicas lacks the record, as it may after a write that
// two of three acknowledged. The joiners must not take its word alone.
func TestAdjacentJoinersAskASecondSource(t *testing.T) {
	for _, joining := range []int{3, 4} {
		for lacking := range 3 {
			c := settledCluster(t, 12)
			first, second := c.peers[4].self, c.peers[5].self
			joiners := between(first, second, joining)
			slices.SortFunc(joiners, func(a, b chord.Contact) int { return first.ID.Distance(a.ID).Compare(first.ID.Distance(b.ID)) })
			keys := []string{keyBetween(first.ID, joiners[0].ID, 1)}
			for i, p := range c.replicas(keys[0]) {
				if i != lacking {
					give(p, old(keys[0], "value"))
				}
			}
			c.lag = 5 * time.Second // the old replicas do not reconcile with each other so soon
			for _, contact := range joiners {
				c.join(contact)
			}
			c.seeNewcomers()
			c.wantReadable(keys[0], joiners)
		}
	}
}

// seeNewcomers tells those that hold nothing yet of their neighbours, at once.
func (c *cluster) seeNewcomers() {
	for _, p := range c.peers {
		if p.Len() == 0 {
			p.SetNeighbours(c.now, c.neighbours(p))
		}
	}
}

// wantReadable reads a key again and again until the cluster has settled.
func (c *cluster) wantReadable(key string, at []chord.Contact) {
	c.t.Helper()
	for range 50 {
		for _, contact := range at {
			c.wantGet(c.live(contact.Peer), key, "value")
		}
		c.pass(10 * time.Millisecond)
	}
	c.settle()
	c.wantPlaced()
}

// A peer that found nobody at first, and is a ring of its own, knows nothing
// of what the others wrote: it has to catch up like any joiner.
func TestEmptyRingsOfOneVouchForNothing(t *testing.T) {
	keys := numbered("key", 100)
	c := filled(t, 6, keys)
	for _, contact := range between(c.peers[2].self, c.peers[3].self, 3) {
		c.merge(contact)
	}
	c.watchCompleteness(keys)
}

// One that has records of its own brings them along.
func TestRingsOfOneMerge(t *testing.T) {
	c := filled(t, 5, numbered("ours", 50))
	c.merge(named(100), old("theirs", "value"), old("ours1", "stale"))
	c.settle()
	c.wantPlaced()
	c.wantGet(c.peers[0], "theirs", "value")
	c.wantGet(c.peers[0], "ours2", "value of ours2")
}

func TestFounderKeepsItsRecordsWhenManyJoinAtOnce(t *testing.T) {
	keys := numbered("key", 100)
	c := filled(t, 1, keys)
	for i := range 20 {
		c.join(named(100 + i))
	}
	c.settle()
	c.wantPlaced()
	for _, key := range keys {
		c.wantGet(c.peers[7], key, "value of "+key)
	}
}

func TestCrashOfTwoReplicas(t *testing.T) {
	keys := numbered("key", 200)
	c := filled(t, 9, keys)
	victims := slices.Clone(c.peers[3:5])
	for _, p := range victims {
		c.kill(p)
	}
	c.watchCompleteness(keys)
	for _, key := range keys {
		c.wantGet(c.peers[0], key, "value of "+key)
	}
}

// After a loss the keys have all their replicas again within seconds, so that the next one
// does no harm.
func TestMendsWithinSeconds(t *testing.T) {
	c := settledCluster(t, 9)
	for i := range 100 {
		c.wantPut(c.peers[0], keyBetween(chord.ID{}, chord.ID{}, i), "value")
	}
	c.settle()
	for len(c.peers) > 3 {
		c.kill(c.peers[1])
		began := c.now
		c.settle()
		if took := c.now.Sub(began); took > 3*time.Second {
			t.Errorf("%d peers: mended after %v", len(c.peers), took)
		}
		c.wantPlaced()
	}
}

func TestRestartAfterAnAbsence(t *testing.T) {
	keys := numbered("key", 100)
	c := filled(t, 5, keys)
	p := c.peers[2]
	c.kill(p)
	c.settle()
	c.remove(c.peers[0], keys[0])
	c.wantPut(c.peers[0], keys[1], "later")
	c.wantPut(c.peers[0], "new", "value")
	p = c.restart(p.self, p.stored)
	c.settle()
	c.wantPlaced()
	c.wantMissing(p, keys[0])
	c.wantGet(p, keys[1], "later")
	c.wantGet(p, "new", "value")
}

// Whoever finds records outside its arc gives them to all their replicas, and
// then drops them.
func TestStraysAreHandedOver(t *testing.T) {
	c := settledCluster(t, 9)
	for i := range 30 {
		give(c.peers[i%9], old(fmt.Sprint("stray ", i), "value"))
	}
	c.pass(time.Minute)
	c.settle()
	c.wantPlaced()
	if c.events[HandedOff] == 0 {
		t.Error("nothing was handed over")
	}
}

// A record that a coordinator with an old view sent here does not wait for the
// regular round.
func TestStrayIsHandedOverSoon(t *testing.T) {
	c := settledCluster(t, 9)
	holder := c.outsider("stray")
	holder.Step(c.now, Message{Kind: Write, From: c.peers[0].self.Peer, Records: []Record{old("stray", "value")}})
	if holder.Replicated() {
		t.Error("a peer with a stray calls its records replicated")
	}
	c.pass(2 * time.Second)
	if _, held := holder.index.Get("stray"); held {
		t.Error("the stray is still here after 2s")
	}
	c.settle()
	c.wantPlaced()
}

// A record that comes while the others are handed over is not dropped with them.
func TestStrayThatComesDuringAHandOver(t *testing.T) {
	c := settledCluster(t, 9)
	holder := c.outsider("stray")
	give(holder, old("stray", "old"))
	given := 0
	c.watch = func(m Message) {
		if m.Kind == Written && m.To == holder.self.Peer {
			if given++; given == 3 {
				holder.store(newer("stray", "new"))
			}
		}
	}
	holder.round.at = c.now
	c.settle()
	c.pass(time.Minute)
	c.wantGet(c.peers[0], "stray", "new")
	c.wantPlaced()
}

// What a peer holds for others and cannot read is not damage for ever.
func TestDamagedStrayIsGivenUp(t *testing.T) {
	c := settledCluster(t, 7)
	rec := c.wantPut(c.peers[0], "key", "value").Record
	p := c.outsider("key")
	c.settle()
	rec.Version.Wall++ // so that the replicas want it
	give(p, rec)
	p.stored["key"] = Record{} // unreadable
	c.pass(3 * regularRound)
	if said := p.Repair(); said.Damaged > 0 || !said.Settled {
		t.Errorf("it says %+v, want nothing damaged", said)
	}
	c.wantGet(p, "key", "value")
}

func TestStraysAreKeptUntilAllReplicasHaveThem(t *testing.T) {
	c := settledCluster(t, 9)
	replicas := c.replicas("stray")
	i := slices.Index(c.peers, replicas[0])
	holder := c.peers[(i+5)%9]
	give(holder, old("stray", "value"))
	c.mute(replicas[2])
	c.pass(3 * time.Minute)
	if _, held := holder.index.Get("stray"); !held {
		t.Errorf("dropped, though %v did not say that it has it", replicas[2].self)
	}
	replicas[2].muted = false
	c.settle()
	c.wantPlaced()
}

// A lookup that finds fewer than N owners, though we are not among them, comes
// from a ring that is mending.
func TestStraysAreKeptWhileOwnersAreUnknown(t *testing.T) {
	c := settledCluster(t, 9)
	key := "stray"
	i := slices.Index(c.peers, c.replicas(key)[0])
	holder := c.peers[(i+5)%9]
	give(holder, old(key, "value"))
	c.few = 1
	c.pass(time.Minute)
	if _, held := holder.index.Get(key); !held {
		t.Error("dropped after it was given to one replica")
	}
	c.few = 0
	c.settle()
	c.wantPlaced()
}

func TestRoundWithADeadPartnerIsRepeated(t *testing.T) {
	c := settledCluster(t, 5)
	p, partner := c.peers[0], c.peers[1]
	c.mute(partner)
	c.pass(time.Minute)
	if p.Replicated() || c.events[RoundFell] < 2 {
		t.Errorf("replicated %v after %d failed rounds, want not, after several", p.Replicated(), c.events[RoundFell])
	}
	partner.muted = false
	c.settle()
}

// A failing partner is not asked ever more often.
func TestFailedRoundsPause(t *testing.T) {
	c := settledCluster(t, 5)
	c.mute(c.peers[1])
	c.pass(time.Minute)
	clear(c.sent)
	c.pass(10 * time.Minute)
	if most := 5 * 8 * 10 * 60 / 25; c.sent[Compare] > most {
		t.Errorf("%d comparisons in ten minutes, want at most %d", c.sent[Compare], most)
	}
}

// Changes of neighbours in the middle of a round begin it anew.
func TestRoundsOverlap(t *testing.T) {
	keys := numbered("key", 60)
	c := filled(t, 6, keys)
	for i := range 6 {
		c.join(named(100 + i))
		c.pass(time.Duration(c.rand.IntN(150)) * time.Millisecond)
	}
	c.watchCompleteness(keys)
}

// What is dropped and comes back at once stays.
func TestDropThenStoreInOneStep(t *testing.T) {
	c := settledCluster(t, 3)
	p := c.peers[0]
	rec := old("key", "value")
	give(p, rec)
	p.drop(whole())
	p.store(rec)
	c.drain(p)
	if _, held := p.stored["key"]; !held {
		t.Error("the index has the record, and the store does not")
	}
}

// A round whose records the store refused does not make a peer complete.
func TestRefusingStoreIsNotComplete(t *testing.T) {
	for _, peers := range []int{1, 5} {
		keys := numbered("key", 50)
		c := filled(t, peers, keys)
		p := c.join(named(100))
		p.refuses = true
		c.pass(time.Minute)
		if p.place.complete != nil {
			t.Errorf("complete on %v without having stored anything", *p.place.complete)
		}
		p.refuses = false
		c.watchCompleteness(keys)
	}
}

// A joiner whom nobody answers never takes itself for complete.
func TestUnansweredJoinerIsNotComplete(t *testing.T) {
	c := filled(t, 12, numbered("key", 50))
	established := slices.Clone(c.peers)
	p := c.join(named(100))
	c.mute(established...)
	c.pass(2 * time.Minute)
	if p.place.complete != nil {
		t.Errorf("complete on %v, without an answer from anybody", *p.place.complete)
	}
}

// A partner that refuses writes does not keep strays from going to others.
func TestStraysPassARefusingPartner(t *testing.T) {
	c := filled(t, 12, numbered("key", 50))
	holder := c.outsider("stray")
	for _, p := range c.peers {
		next := c.replicas("stray")
		if p != holder && !slices.Contains(next, p) && slices.Contains(holder.place.succ[:2], p.self) {
			p.refuses = true
			give(holder, old("shared by "+p.self.String(), "value"))
		}
	}
	give(holder, old("stray", "value"))
	holder.round.at = c.time(holder)
	c.pass(time.Minute)
	for _, p := range c.replicas("stray") {
		if _, held := p.index.Get("stray"); !held {
			t.Errorf("%v has not got the stray", p.self)
		}
	}
}

// A search for sources asks those, too, who come in where it has passed.
func TestWalkMeetsWhoComesIn(t *testing.T) {
	self, behind := tens[0], tens[6]
	ring := slices.Concat(tens[:3], tens[4:])
	p := newCluster(t, 1).newPeer(self, shelf{})
	p.SetNeighbours(startTime, neighbourhood(ring, self))
	p.round.walk = walk{at: behind.ID}
	p.SetNeighbours(startTime, neighbourhood(tens, self))
	if got := p.round.walk.ahead; !slices.Equal(got, tens[3:4]) {
		t.Errorf("goes on with %v, want %v", got, tens[3:4])
	}
}

// heirBeforeASilentPeer is a cluster in which two replicas of "key" have just died. The heir
// to one has a single source, and looks for others among its successors, of which one does
// not answer: the one so far behind it.
func heirBeforeASilentPeer(t *testing.T, behind int) (c *cluster, heir, silent *peer) {
	t.Helper()
	c = settledCluster(t, 20)
	c.lag = 0
	c.wantPut(c.peers[0], "key", "value")
	c.settle()
	replicas := c.replicas("key")
	i := slices.Index(c.peers, replicas[2])
	heir, silent = c.peers[(i+1)%len(c.peers)], c.peers[(i+1+behind)%len(c.peers)]
	c.mute(silent)
	c.kill(replicas[0])
	c.kill(replicas[1])
	return c, heir, silent
}

// One that comes and goes on the list of successors keeps nobody from ending a round.
func TestRoundsEndBesideOneThatComesAndGoes(t *testing.T) {
	c, heir, _ := heirBeforeASilentPeer(t, 4)
	var goes func()
	goes = func() {
		v := heir.view
		v.Succ = slices.Delete(slices.Clone(v.Succ), 3, 4)
		heir.SetNeighbours(c.now, v)
		c.after(20*time.Millisecond, func() { heir.SetNeighbours(c.now, heir.view) })
		c.after(200*time.Millisecond, goes)
	}
	c.after(200*time.Millisecond, goes)
	began, isHeir := heir.round.number, func() bool { return heir.place.completeAt(position("key")) }
	c.run(5*time.Second, isHeir)
	if rounds := heir.round.number - began; rounds > 30 {
		t.Errorf("%d rounds in 5 s, want them to be left alone after %d", rounds, maxAnew)
	}
	if !c.run(30*time.Second, isHeir) {
		t.Error("it does not catch up")
	}
}

// A newcomer that waits for a silent peer farther along, to see whether it is a source, does
// so no longer than that one is on its list.
func TestRoundForgetsTheDead(t *testing.T) {
	for _, behind := range []int{4, successors} { // the heir: somewhere on its list, and the last
		roundForgetsTheDead(t, behind)
	}
}

func roundForgetsTheDead(t *testing.T, behind int) {
	t.Helper()
	c, heir, silent := heirBeforeASilentPeer(t, behind)
	isHeir := func() bool { return heir.place.completeAt(position("key")) }
	if c.run(300*time.Millisecond, isHeir) {
		t.Fatalf("with one that is silent %d behind it, it asks nobody but the one source", behind)
	}
	c.kill(silent)
	if !c.run(300*time.Millisecond, isHeir) {
		t.Errorf("it goes on waiting for one that is gone, %d behind it", behind)
	}
}
