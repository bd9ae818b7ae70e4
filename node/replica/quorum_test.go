package replica

import (
	"slices"
	"testing"
	"time"

	"peal/chord"
)

// A replica that stands still costs a read a little more than a round trip, not a
// timeout.
func TestGetAsksAnotherWhenOneIsSilent(t *testing.T) {
	c := settledCluster(t, 6)
	client := c.outsider("key")
	c.wantPut(client, "key", "value")
	for range 50 {
		c.wantGet(client, "key", "value") // tells how long answers take: up to 18 ms
	}
	for _, p := range c.replicas("key") {
		c.mute(p)
		start := c.now
		c.wantGet(client, "key", "value")
		if took := c.now.Sub(start); took > 100*time.Millisecond {
			t.Errorf("with %v silent it takes %v, want less than 100 ms", p.self, took)
		}
		p.muted = false
	}
}

// As long as answers are not late, nobody but R replicas is asked.
func TestGetAsksNoMoreThanItNeeds(t *testing.T) {
	c := settledCluster(t, 6)
	client := c.outsider("key")
	c.wantPut(client, "key", "value")
	c.settle()
	for range 50 {
		c.wantGet(client, "key", "value")
	}
	before := c.sent[Read]
	for range 20 {
		c.wantGet(client, "key", "value")
	}
	if asked := c.sent[Read] - before; asked > 44 {
		t.Errorf("20 reads asked %d replicas, want 40, or a few more", asked)
	}
}

// An attempt in which nobody is left to ask is repeated, whichever answer comes last.
func TestGetGoesOnWhenTargetsRunOut(t *testing.T) {
	c := settledCluster(t, 6)
	client := c.outsider("key")
	c.wantPut(client, "key", "value")
	c.settle()
	replicas := c.replicas("key")
	for range 20 {
		for _, p := range replicas[1:] {
			p.place.complete = nil
			c.after(200*time.Millisecond, func() { p.round.at = c.time(p) })
		}
		c.wantGet(client, "key", "value")
	}
}

func TestQuorumsOfARequest(t *testing.T) {
	c := settledCluster(t, 6)
	client, replicas := c.outsider("key"), c.replicas("key")
	c.mute(replicas[1], replicas[2])
	for w, want := range map[int]Error{1: NoError, 2: QuorumNotMet, 3: QuorumNotMet} {
		c.wantError(c.change(client, Change{Key: "key", W: w}), want)
	}
	for r, want := range map[int]Error{1: NoError, 2: QuorumNotMet, 3: QuorumNotMet} {
		c.wantError(c.wait(client, client.Get(c.now, c.now.Add(soon), "key", r)), want)
	}
}

// While two of three replicas are silent a request waits, until others have their places.
func TestReadWaitsForOtherReplicas(t *testing.T) {
	c := settledCluster(t, 7)
	c.wantPut(c.peers[0], "key", "value")
	c.settle()
	o := c.waitsForOthers("key", func(p *peer) OpID { return p.Get(c.now, c.now.Add(soon), "key", 0) })
	if o.Error != NoError || string(o.Record.Value) != "value" {
		t.Errorf("the read finds %q, error %v", o.Record.Value, o.Error)
	}
}

func TestWriteWaitsForOtherReplicas(t *testing.T) {
	c := settledCluster(t, 7)
	write := Change{Key: "key", Value: []byte("value")}
	c.wantError(c.waitsForOthers("key", func(p *peer) OpID { return p.Put(c.now, c.now.Add(soon), write) }), NoError)
	c.settle()
	c.wantGet(c.peers[0], "key", "value")
}

// waitsForOthers begins something while two replicas of a key are silent, which then die.
func (c *cluster) waitsForOthers(key string, begin func(p *peer) OpID) Outcome {
	c.t.Helper()
	client, silent := c.outsider(key), c.replicas(key)[:2]
	c.mute(silent...)
	id := begin(client)
	c.pass(soon / 5)
	if o, done := c.outcomes[opAt{client, id}]; done {
		c.t.Errorf("it ends without a quorum, with %v", o.Replicas)
	}
	c.kill(silent[0])
	c.kill(silent[1])
	return c.wait(client, id)
}

// Who waits for silent replicas hears soon that others have taken their places, whether
// those were guessed or looked up: no request has to time out for it.
func TestOperationsFollowTheRing(t *testing.T) {
	for name, begin := range map[string]func(c *cluster, p *peer) OpID{
		"a read":  func(c *cluster, p *peer) OpID { return p.Get(c.now, c.now.Add(soon), "key", 0) },
		"a write": func(c *cluster, p *peer) OpID { return p.Put(c.now, c.now.Add(soon), Change{Key: "key"}) },
	} {
		for _, guessed := range []bool{true, false} {
			c := settledCluster(t, 9)
			if guessed {
				c.guess = slices.Clone[[]chord.Contact]
			}
			c.wantPut(c.peers[0], "key", "value")
			client, silent := c.outsider("key"), c.replicas("key")[:2]
			c.mute(silent...)
			id := begin(c, client)
			c.pass(400 * time.Millisecond)
			c.kill(silent[0])
			c.kill(silent[1])
			complete := func() bool {
				return !slices.ContainsFunc(c.replicas("key"), func(p *peer) bool { return !p.place.completeAt(position("key")) })
			}
			if !c.run(soon, complete) {
				t.Fatal("nobody takes the places of the dead")
			}
			from := c.now
			c.wantError(c.wait(client, id), NoError)
			if late := c.now.Sub(from); late > 300*time.Millisecond {
				t.Errorf("%s, guessed %v, ends %v after others have taken the places of the dead", name, guessed, late)
			}
		}
	}
}

// A lookup that names too few, while the ring is in flux, does not end an attempt whose
// answers may still come.
func TestLookupOfTooFewEndsNoAttempt(t *testing.T) {
	c := settledCluster(t, 9)
	client, replicas := c.outsider("key"), c.replicas("key")
	for _, p := range replicas {
		p.slow = 700 * time.Millisecond
	}
	id := client.Put(c.now, c.now.Add(soon), Change{Key: "key"})
	c.pass(20 * time.Millisecond)
	c.few, c.sent[Write] = 2, 0
	if c.wantError(c.wait(client, id), NoError); c.sent[Write] > 0 {
		t.Errorf("%d more writes were sent, want none", c.sent[Write])
	}
}

// While a lookup is under way there is no other.
func TestLooksAgainOnceAtATime(t *testing.T) {
	c := settledCluster(t, 9)
	c.guess, c.finding = slices.Clone[[]chord.Contact], soon
	client := c.outsider("key")
	c.mute(c.replicas("key")...)
	c.looked = 0
	client.Get(c.now, c.now.Add(soon), "key", 0)
	if c.pass(client.cfg.RequestTimeout - 100*time.Millisecond); c.looked != 1 {
		t.Errorf("%d lookups under way, want one", c.looked)
	}
}

// Once a write has been answered, nobody hurries those that do not have it yet.
func TestAnsweredWriteLooksNothingUp(t *testing.T) {
	c := settledCluster(t, 9)
	client := c.outsider("key")
	c.mute(c.replicas("key")[2])
	c.wantPut(client, "key", "value")
	c.looked = 0
	if c.pass(client.cfg.RequestTimeout - 200*time.Millisecond); c.looked > 0 {
		t.Errorf("%d lookups while the last replica is waited for, want none", c.looked)
	}
}

// That replicas which were looked up have died is no guess that was wrong.
func TestReplacedReplicasAreNoBadLuck(t *testing.T) {
	c := settledCluster(t, 7)
	c.wantPut(c.peers[0], "key", "value")
	c.settle()
	client := c.outsider("key")
	c.waitsForOthers("key", func(p *peer) OpID { return p.Get(c.now, c.now.Add(soon), "key", 0) })
	if client.luck.right != allRight {
		t.Errorf("%d of %d guesses were right, and none was made", client.luck.right, allRight)
	}
}

// The ring is told of the silent long before a request to them is given up.
func TestTheRingHearsOfTheLate(t *testing.T) {
	c := settledCluster(t, 9)
	c.wantPut(c.peers[0], "key", "value")
	client, silent := c.outsider("key"), c.replicas("key")[0]
	c.mute(silent)
	began := c.now
	client.Get(c.now, c.now.Add(soon), "key", 0)
	for _, want := range []struct {
		after        time.Duration
		late, silent []chord.PeerID
	}{
		{200 * time.Millisecond, nil, nil},
		{client.cfg.RequestTimeout - 10*time.Millisecond, []chord.PeerID{silent.self.Peer}, nil},
		{client.cfg.RequestTimeout + 10*time.Millisecond, []chord.PeerID{silent.self.Peer}, []chord.PeerID{silent.self.Peer}},
	} {
		c.pass(began.Add(want.after).Sub(c.now))
		if !slices.Equal(c.late, want.late) || !slices.Equal(c.silent, want.silent) {
			t.Errorf("after %v %v are late and %v silent, want %v and %v", want.after, c.late, c.silent, want.late, want.silent)
		}
	}
}

// onlyAt lets a change reach one replica alone.
func (c *cluster) onlyAt(p *peer, ch Change) {
	c.t.Helper()
	c.drop = func(m Message) bool { return m.Kind == Write && m.To != p.self.Peer }
	ch.W = 1
	c.wantError(c.change(p, ch), NoError)
	c.drop = nil
}

// What one has acknowledged a read of all finds, and one of one may not.
func TestOneAndAll(t *testing.T) {
	for r, want := range map[int]string{3: "new", 1: "old"} {
		c := settledCluster(t, 6)
		key, other := "key", Change{Key: "key", Value: []byte("new")}
		c.wantError(c.change(c.peers[0], Change{Key: key, Value: []byte("old"), W: 3}), NoError)
		replicas := c.replicas(key)
		c.onlyAt(replicas[2], other)
		reads, writes := 0, 0
		c.watch = func(m Message) {
			if m.Kind == Read {
				reads++
			} else if m.Kind == Write {
				writes++
			}
		}
		o := c.wait(replicas[0], replicas[0].Get(c.now, c.now.Add(soon), key, r))
		if o.Error != NoError || string(o.Record.Value) != want || r == 1 && reads+writes > 0 {
			t.Errorf("R = %d: %q, error %v, %d reads of others and %d writes; want %q", r, o.Record.Value, o.Error, reads, writes, want)
		}
	}
}

// A read of all waits for a single silent one.
func TestReadOfAllNeedsAll(t *testing.T) {
	c := settledCluster(t, 6)
	c.wantPut(c.peers[0], "key", "value")
	client := c.outsider("key")
	c.mute(c.replicas("key")[2])
	c.wantError(c.wait(client, client.Get(c.now, c.now.Add(soon), "key", 3)), QuorumNotMet)
}

// With W = 2 of 3 a write waits for two that have caught up, though all have it.
func TestWriteWaitsForEnoughWhoHaveCaughtUp(t *testing.T) {
	c := settledCluster(t, 9)
	for i := range 50 { // so that there is something to move
		c.wantPut(c.peers[0], keyBetween(chord.ID{}, chord.ID{}, i), "value")
	}
	owner := c.replicas("key")[0].self
	client := c.outsider("key")
	for _, self := range between(chord.Contact{ID: position("key")}, owner, 2) {
		p := c.newPeer(self, shelf{})
		p.Throttle(0, true)
		c.insert(p)
		c.introduce(p)
	}
	c.pass(soon)
	o := c.put(client, "key", "value")
	if o.Error != QuorumNotMet || len(o.Replicas) != 3 || o.Behind != 2 {
		t.Errorf("error %v, on %d replicas, %d of them behind; want an unmet quorum with 3, 2 of them behind", o.Error, len(o.Replicas), o.Behind)
	}
}
