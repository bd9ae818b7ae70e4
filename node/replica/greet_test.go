package replica

import (
	"slices"
	"testing"
	"time"

	"peal/chord"
)

// newcomerWith is a ring that a peer has just entered, whose repair is paused; with a key on
// its nearest cell, and whose place it takes there.
func newcomerWith(t *testing.T, prepare func(c *cluster, displaced *peer)) (c *cluster, p, displaced *peer, key string) {
	t.Helper()
	c = settledCluster(t, 12)
	self := at(0x44)
	displaced = c.live(c.owners(self.ID)[2].Peer)
	for i := range 50 { // so that there is something to move
		c.wantPut(c.peers[0], keyBetween(chord.ID{}, chord.ID{}, i), "value")
	}
	prepare(c, displaced)
	p = c.newPeer(self, shelf{})
	p.Throttle(0, true)
	c.insert(p)
	c.introduce(p)
	return c, p, displaced, keyBetween(c.neighbours(p).Preds[0].ID, self.ID, 1)
}

// A newcomer's copies count once it is heard of, however long it takes to catch up.
func TestGreetingsAreRepeated(t *testing.T) {
	for name, prepare := range map[string]func(c *cluster, displaced *peer){
		"it hears late": func(c *cluster, displaced *peer) {
			displaced.deaf = true
			c.after(time.Second, func() { displaced.deaf = false; c.tell(displaced) })
		},
		"greetings are lost": func(c *cluster, displaced *peer) {
			until := c.now.Add(3 * time.Second)
			c.drop = func(m Message) bool { return m.Kind == Compare && m.To == displaced.self.Peer && c.now < until }
		},
	} {
		c, p, _, key := newcomerWith(t, prepare)
		c.pass(time.Minute)
		o := c.change(p, Change{Key: key, Value: []byte("value"), W: 3})
		if o.Error != NoError || p.Repair().Complete {
			t.Errorf("%s: error %v, %d replicas, caught up: %v; want it stored on all, and not caught up", name, o.Error, len(o.Replicas), p.Repair().Complete)
		}
	}
}

// Whoever has heard of a newcomer only as one of those far ahead still answers in its place.
func TestKnownOnlyFarAhead(t *testing.T) {
	c, p, displaced, key := newcomerWith(t, func(_ *cluster, displaced *peer) { displaced.deaf = true })
	v := c.neighbours(displaced)
	v.Preds, v.Whole = displaced.view.Preds, false
	if !hasPeer(v.Succ, p.self.Peer) {
		v.Succ = append(slices.Clone(v.Succ[:len(v.Succ)-1]), p.self)
	}
	displaced.SetNeighbours(c.now, v)
	c.pass(time.Second)
	if o := c.change(p, Change{Key: key, Value: []byte("value"), W: 3}); o.Error != QuorumNotMet {
		t.Errorf("error %v with %d replicas, want that it waits for %v", o.Error, len(o.Replicas), displaced.self)
	}
}

// The one whose place it takes may change, or our store lose a record, while it catches up.
func TestHeardOfWhileItCatchesUp(t *testing.T) {
	for name, happen := range map[string]func(c *cluster, p, displaced *peer){
		"it dies": func(c *cluster, p, displaced *peer) { c.kill(displaced) },
		"another is next": func(c *cluster, p, displaced *peer) {
			c.join(between(c.owners(p.self.ID.Next())[1], displaced.self, 1)[0])
		},
		"a record is lost": func(_ *cluster, p, _ *peer) {
			p.lose("lost", Item{Key: "lost"}, true)
		},
	} {
		c, p, displaced, key := newcomerWith(t, func(*cluster, *peer) {})
		c.pass(soon)
		happen(c, p, displaced)
		c.pass(time.Minute)
		o := c.change(p, Change{Key: key, Value: []byte("value"), W: 3})
		if o.Error != NoError || p.Repair().Complete {
			t.Errorf("%s: error %v, %d replicas, caught up: %v; want it stored on all, and not caught up", name, o.Error, len(o.Replicas), p.Repair().Complete)
		}
	}
}

// A complete replica stays one for writes, though its store loses a record.
func TestHeardOfThoughItLostARecord(t *testing.T) {
	c := settledCluster(t, 8)
	p := c.replicas("key")[1]
	p.lose("lost", Item{Key: "lost"}, true)
	if pos := chord.KeyID([]byte("key")); p.place.completeAt(pos) || !p.place.heardAt(pos) {
		t.Errorf("complete %v, heard of %v; want it heard of alone", p.place.completeAt(pos), p.place.heardAt(pos))
	}
}

// One that is silent holds a round up for the time of one request, however often rounds
// and greetings come.
func TestSilentDisplacedPeer(t *testing.T) {
	for _, every := range []time.Duration{500 * time.Millisecond, 30 * time.Second} {
		c := settledCluster(t, 12)
		self := at(0x44)
		p := c.newPeer(self, shelf{})
		p.cfg.RoundEvery = every
		displaced := c.live(c.owners(self.ID)[2].Peer)
		c.drop = func(m Message) bool { return m.From == displaced.self.Peer && m.To == self.Peer }
		c.insert(p)
		c.introduce(p)
		if joined := c.now; !c.run(time.Minute, func() bool { return p.Repair().Complete }) || c.now.Sub(joined) > 2*time.Second {
			t.Errorf("rounds every %v: after %v it is complete: %v, %+v", every, c.now.Sub(joined), p.Repair().Complete, p.Repair())
		}
	}
}

// Where too few successors are known, nobody can be asked.
func TestGreetsNobodyItDoesNotKnow(t *testing.T) {
	p := place{self: tens[4], n: 3, known: true, arc: chord.Arc{From: tens[1].ID, To: tens[4].ID}, preds: []chord.Contact{tens[3], tens[2]}, succ: tens[5:7]}
	if p.heardAt(tens[4].ID) {
		t.Error("it counts as heard of without having asked anybody")
	}
}

// A partner that does not agree, and fails to give what it has, is a failure all the same.
func TestStrangerThatFails(t *testing.T) {
	c, ring, key := ringAt(t)
	a, b, giver := ring[1], ring[2], ring[3]
	c.wantPut(ring[0], key, "value")
	c.pass(regularRound)
	var rest []chord.Contact
	for _, p := range ring {
		if p != b {
			rest = append(rest, p.self)
		}
	}
	c.drop = func(m Message) bool {
		return m.To == a.self.Peer && (m.From == b.self.Peer || m.Kind == Pulled && m.From == giver.self.Peer)
	}
	back := c.newPeer(a.self, shelf{}) // its disk is new, and it never hears of b
	back.deaf = true
	c.peers[slices.Index(c.peers, a)] = back
	back.view = neighbourhood(rest, back.self)
	back.SetNeighbours(c.now, back.view)
	lacks := func() bool {
		_, has := back.index.Get(key)
		return !has && back.place.completeAt(chord.KeyID([]byte(key)))
	}
	if c.run(5*time.Minute, lacks) {
		t.Errorf("it counts without the key: %+v", back.Repair())
	}
}

// Who has once waited in vain for somebody to agree waits again when it has to begin anew.
func TestNewsIsAwaitedAgain(t *testing.T) {
	c := settledCluster(t, 12)
	newcomer := at(0x44)
	deaf := c.live(c.owners(newcomer.ID)[2].Peer)
	deaf.deaf = true
	p, joined := c.join(newcomer), c.now
	if !c.run(3*soon, func() bool { return p.Repair().Complete }) {
		t.Fatal("want that it counts in the end")
	}
	if tried := c.now.Sub(joined); tried < 6*time.Second || tried > 8*time.Second {
		t.Errorf("it counts after %v, want about 6 s", tried)
	}
	deaf.deaf = false
	c.tell(deaf)
	c.settle()
	c.pass(2 * regularRound)
	if !p.round.hopes() {
		t.Errorf("after %d rounds that waited it waits no more", p.round.newsRounds)
	}
}
