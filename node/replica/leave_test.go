package replica

import (
	"fmt"
	"testing"
	"time"
)

func TestLeaveGivesEverythingAway(t *testing.T) {
	for _, peers := range []int{2, 3, 4, 5, 9} {
		keys := numbered("key", 100)
		c := filled(t, peers, keys)
		c.leave(c.peers[peers/2])
		for _, key := range keys {
			for _, p := range c.replicas(key) {
				if _, held := p.index.Get(key); !held {
					t.Errorf("%d peers: %v lacks %q when the other has left", peers, p.self, key)
				}
			}
		}
		c.settle()
		c.wantPlaced()
	}
}

// Whoever sees nobody else hands nothing over, and says so at once.
func TestLastPeerLeaves(t *testing.T) {
	c := filled(t, 1, numbered("key", 10))
	p, began := c.peers[0], c.now
	if o := c.wait(p, p.Leave(c.now, c.now.Add(soon))); o.Error != NoPeer || o.Left != 10 || c.now.Sub(began) > time.Second {
		t.Errorf("error %v with %d records left after %v, want no peer to take 10, at once", o.Error, o.Left, c.now.Sub(began))
	}
	c = settledCluster(t, 1)
	c.leave(c.peers[0])
}

// So does one that loses sight of all others while it leaves.
func TestLeaveWhileEverybodyVanishes(t *testing.T) {
	c := filled(t, 5, numbered("key", 10))
	p := c.peers[0]
	c.mute(c.peers[1:]...)
	id := p.Leave(c.now, c.now.Add(soon))
	c.pass(time.Second)
	c.peers = []*peer{p}
	c.noticed()
	if o := c.wait(p, id); o.Error != NoPeer || o.Left != p.Len() {
		t.Errorf("error %v with %d records left, want no peer to take %d", o.Error, o.Left, p.Len())
	}
}

// The others may all leave, one after another.
func TestLeaveOneByOne(t *testing.T) {
	keys := numbered("key", 50)
	c := filled(t, 8, keys)
	for len(c.peers) > 1 {
		c.leave(c.peers[c.rand.IntN(len(c.peers))])
		for _, key := range keys {
			c.wantGet(c.peers[0], key, "value of "+key)
		}
	}
}

// Records that are not ours to keep, and perhaps nobody else's yet, go to
// their replicas too.
func TestLeaveGivesStraysAway(t *testing.T) {
	c := settledCluster(t, 9)
	p := c.peers[4]
	var keys []string
	for i := range 40 {
		keys = append(keys, fmt.Sprint("stray ", i))
		give(p, old(keys[i], "value"))
	}
	c.leave(p)
	for _, key := range keys {
		c.wantGet(c.peers[0], key, "value")
	}
	c.settle()
	c.wantPlaced()
}

// What was a stray when the leave began may be ours by the time that strays are given away.
func TestLeaveWhileTheArcGrows(t *testing.T) {
	c := settledCluster(t, 9)
	p, bound := c.peers[4], c.peers[1]
	key := keyBetween(c.peers[0].self.ID, bound.self.ID, 0)
	give(p, old(key, "value"))
	for _, p := range c.peers {
		p.round.at = Never
	}
	clear(c.sent)
	id := p.Leave(c.now, c.now.Add(soon))
	c.run(soon, func() bool { return c.sent[Compare] > 0 })
	c.kill(bound)
	p.SetNeighbours(c.now, c.neighbours(p))
	if o := c.wait(p, id); o.Error != NoError {
		t.Errorf("error %v, want success", o.Error)
	}
	c.kill(p)
	c.settle()
	c.wantGet(c.peers[0], key, "value")
}

func TestLeaveWithASilentReceiver(t *testing.T) {
	c := filled(t, 6, numbered("key", 20))
	p, receiver := c.peers[0], c.peers[1]
	c.mute(receiver)
	o := c.wait(p, p.Leave(c.now, c.now.Add(10*time.Second)))
	if o.Error != QuorumNotMet {
		t.Errorf("error %v, want an unmet quorum", o.Error)
	}
	if p.Replicated() {
		t.Error("a peer that leaves calls its records replicated")
	}
}

func TestLeaveWhileAReceiverDies(t *testing.T) {
	c := filled(t, 7, numbered("key", 20))
	p, receiver := c.peers[0], c.peers[1]
	c.kill(receiver)
	if o := c.wait(p, p.Leave(c.now, c.now.Add(30*time.Second))); o.Error != NoError {
		t.Errorf("error %v, want success with the next receiver", o.Error)
	}
}

// What a leaving peer has is no reason to drop what its receivers were given.
func TestStraysOfALeavingReplicaAreKept(t *testing.T) {
	c := settledCluster(t, 6)
	rec := c.wantPut(c.peers[0], "key", "value").Record
	c.settle()
	receiver := c.outsider("key")
	c.replicas("key")[1].leaving = true
	give(receiver, rec)
	c.pass(regularRound)
	if _, held := receiver.stored["key"]; !held {
		t.Error("the receiver drops the record, since the peer that leaves still has it")
	}
}

// A peer that leaves takes no writes. Once it has turned one down, the others know better, and
// once it has given all away, those who came in its place.
func TestReadFromAPeerThatLeaves(t *testing.T) {
	c := settledCluster(t, 6)
	c.wantPut(c.peers[0], "key", "old value")
	p := c.replicas("key")[0]
	counts := func() bool { return p.read(c.now, Message{Kind: Read, Key: "key"}).Complete }
	p.leaving = true
	if !counts() {
		t.Error("its answer does not count, though it knows all that was written")
	}
	c.wantPut(c.peers[0], "key", "value")
	if counts() {
		t.Error("its answer counts, though it has turned a write down")
	}
	p.leaving, p.outdated = false, false
	c.settle()
	c.wait(p, p.Leave(c.now, c.now.Add(soon)))
	if counts() {
		t.Error("its answer counts, though it has handed all over")
	}
}

// Who has handed over everything vouches for nothing any more: others take the writes now.
func TestLeaverVouchesForNobody(t *testing.T) {
	c, ring, _ := ringAt(t)
	c.pass(regularRound)
	leaver := ring[1]
	c.wantError(c.wait(leaver, leaver.Leave(c.now, c.now.Add(soon))), NoError)
	leaver.Step(c.now, Message{Kind: Compare, From: ring[2].self.Peer, Seq: 7, Ranges: []Range{ring[2].rangeOf(ring[2].place.arc)}})
	for _, m := range leaver.Ready().Messages {
		if m.Kind == Compared && m.Seq == 7 && m.Source != nil {
			t.Errorf("it calls itself a source on %v", m.Source)
		}
	}
}
