package replica

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"peal/chord"
)

func TestReceiptsOfSmallRings(t *testing.T) {
	for _, test := range []struct{ peers, stored, wanted int }{{1, 1, 1}, {2, 2, 2}, {3, 2, 3}, {5, 2, 3}} {
		c := settledCluster(t, test.peers)
		o := c.wantPut(c.peers[0], "key", "value")
		if len(o.Replicas) < test.stored || len(o.Wanted) != test.wanted {
			t.Errorf("ring of %d: stored on %d of %d, want %d of %d", test.peers, len(o.Replicas), len(o.Wanted), test.stored, test.wanted)
		}
		c.settle()
		c.wantPlaced()
	}
}

func TestPutThenGetFromEverywhere(t *testing.T) {
	c := settledCluster(t, 7)
	for _, p := range c.peers {
		c.wantPut(p, "key", p.self.String())
		for _, q := range c.peers {
			c.wantGet(q, "key", p.self.String())
		}
	}
}

func TestEmptyValueIsNoMissingKey(t *testing.T) {
	c := settledCluster(t, 4)
	c.wantPut(c.peers[0], "empty", "")
	c.wantGet(c.peers[1], "empty", "")
	c.wantMissing(c.peers[1], "missing")
}

func TestTombstoneHidesTheKey(t *testing.T) {
	c := settledCluster(t, 5)
	c.wantPut(c.peers[0], "key", "value")
	if o := c.remove(c.peers[3], "key"); o.Error != NoError {
		t.Fatalf("delete ended with error %v", o.Error)
	}
	for _, p := range c.peers {
		c.wantMissing(p, "key")
	}
	c.wantPut(c.peers[2], "key", "again")
	c.wantGet(c.peers[0], "key", "again")
}

// All waits for whoever takes the place of one that has died, and a peer alone is all.
func TestPutToAll(t *testing.T) {
	c := settledCluster(t, 6)
	replicas := c.replicas("key")
	c.mute(replicas[1])
	id := replicas[0].Put(c.now, c.now.Add(soon), Change{Key: "key", Value: []byte("value"), W: 3})
	c.pass(soon / 5)
	if o, done := c.outcomes[opAt{replicas[0], id}]; done {
		t.Errorf("acknowledged by %v while one is silent", o.Replicas)
	}
	c.kill(replicas[1])
	o := c.wait(replicas[0], id)
	c.wantError(o, NoError)
	if len(o.Replicas) != 3 || slices.Contains(o.Replicas, replicas[1].self) {
		t.Errorf("acknowledged by %v, want three that live", o.Replicas)
	}
	alone := settledCluster(t, 1)
	c.wantError(alone.change(alone.peers[0], Change{Key: "key", W: 3}), NoError)
}

// A replica that nobody acknowledges is no replica: W = 2 needs two live ones.
func TestPutNeedsItsQuorum(t *testing.T) {
	c := settledCluster(t, 5)
	replicas := c.replicas("key")
	c.mute(replicas[1], replicas[2])
	o := c.put(replicas[0], "key", "value")
	if o.Error != QuorumNotMet || !slices.Equal(o.Replicas, []chord.Contact{replicas[0].self}) {
		t.Errorf("error %v, stored on %v; want an unmet quorum, stored on %v", o.Error, o.Replicas, replicas[0].self)
	}
}

func TestPutOfUnknownOutcome(t *testing.T) {
	c := settledCluster(t, 6)
	client := c.outsider("key")
	c.mute(c.replicas("key")...)
	if o := c.put(client, "key", "value"); o.Error != OutcomeUnknown || len(o.Replicas) != 0 {
		t.Errorf("error %v, stored on %v; want an unknown outcome", o.Error, o.Replicas)
	}
}

func TestPutWithoutAnyOwner(t *testing.T) {
	c := settledCluster(t, 3)
	c.lost = true
	p := c.peers[0]
	start := c.now
	if o := c.put(p, "key", "value"); o.Error != NoPeer {
		t.Errorf("put: error %v, want no peer", o.Error)
	}
	if got := c.now.Sub(start); got != soon {
		t.Errorf("gave up after %v, want the deadline of %v", got, soon)
	}
	if o := c.get(p, "key"); o.Error != NoPeer {
		t.Errorf("get: error %v, want no peer", o.Error)
	}
}

// A lookup that ended at a peer with an old, short successor list does not make
// a quorum smaller.
func TestPutWaitsForAllOwners(t *testing.T) {
	for few := 1; few <= 2; few++ {
		c := settledCluster(t, 6)
		c.few = few
		p := c.outsider("key")
		if o := c.put(p, "key", "value"); o.Error != NoPeer {
			t.Errorf("%d owners found: error %v, stored on %v; want no peer", few, o.Error, o.Replicas)
		}
		if o := c.get(p, "key"); o.Error != NoPeer {
			t.Errorf("%d owners found: get ended with error %v, want no peer", few, o.Error)
		}
		c.after(time.Second, func() { c.few = 0 })
		c.wantPut(p, "key", "value")
	}
}

// The attempt is repeated until the deadline.
func TestPutOutlivesAnOutage(t *testing.T) {
	c := settledCluster(t, 6)
	client := c.outsider("key")
	c.loss = 1
	c.after(5*time.Second, func() { c.loss = 0 })
	c.wantPut(client, "key", "value")
	c.wantGet(client, "key", "value")
}

// Clocks that differ do not make a later write lose.
func TestPutBeatsANewerVersion(t *testing.T) {
	c := settledCluster(t, 6)
	fast, slow := c.peers[0], c.peers[3]
	fast.skew, slow.skew = 20*time.Second, -20*time.Second
	first := c.wantPut(fast, "key", "first")
	second := c.wantPut(slow, "key", "second")
	if second.Record.Version.Compare(first.Record.Version) <= 0 {
		t.Errorf("the later write has version %v, the earlier %v", second.Record.Version, first.Record.Version)
	}
	c.settle()
	for _, p := range c.peers {
		c.wantGet(p, "key", "second")
	}
}

// Stamped anew in the middle of an attempt, a write counts no acknowledgement
// of the version that it had before.
func TestRestampedPutForgetsAcknowledgements(t *testing.T) {
	c := settledCluster(t, 5)
	replicas := c.replicas("key")
	p := replicas[0]
	id := p.Put(c.now, c.now.Add(soon), Change{Key: "key", Value: []byte("late")})
	o := p.ops[0]
	o.outcome.Replicas = []chord.Contact{replicas[1].self} // of an earlier attempt
	newer := Version{Stamp: Stamp{Wall: millis(c.now.Add(time.Second)), Writer: "another"}}
	p.store(Record{Key: "key", Value: []byte("newer"), Version: newer})
	c.mute(replicas[1:]...)
	if got := c.wait(p, id); got.Error != QuorumNotMet || len(got.Replicas) != 1 {
		t.Errorf("error %v, stored on %v; want an unmet quorum, stored here only", got.Error, got.Replicas)
	}
}

func TestPutByAClockThatIsFarAhead(t *testing.T) {
	c := settledCluster(t, 6)
	client := c.outsider("key")
	client.skew = MaxSkew + time.Second
	if o := c.put(client, "key", "value"); o.Error != ClockRefused {
		t.Errorf("error %v, want a refusal", o.Error)
	}
	client.skew = 0
	c.wantMissing(client, "key")
}

// Two replicas refuse the version, and the third stores it, or a holder does: that no
// W can be met does not say that it is nowhere.
func TestPutByAWrongClockThatSomebodyStored(t *testing.T) {
	for name, silent := range map[string]bool{"a replica": true, "a replica that says so": false} {
		c := settledCluster(t, 6)
		client, third := c.outsider("key"), c.replicas("key")[2]
		client.skew, third.skew = MaxSkew+time.Second, MaxSkew+time.Second
		want := QuorumNotMet
		if third.muted = silent; silent {
			want = OutcomeUnknown
		}
		c.wantError(c.put(client, "key", "value"), want)
		if _, held := third.stored["key"]; !held {
			t.Errorf("%s: the third replica has not stored it: a bad test", name)
		}
	}
}

// What our own store refused to hold for another is held by nobody.
func TestPutThatNobodyHolds(t *testing.T) {
	c := settledCluster(t, 6)
	for _, p := range c.peers {
		p.refuses = true
	}
	if o := c.put(c.outsider("key"), "key", "value"); o.Error != QuorumNotMet || len(o.Hints) > 0 {
		t.Errorf("error %v, hints %v; want an unmet quorum, and nothing held", o.Error, o.Hints)
	}
}

func TestPutByAWrongClockThatAHolderHas(t *testing.T) {
	c := settledCluster(t, 7)
	replicas := c.replicas("key")
	client := c.outsider("key")
	client.skew, replicas[2].refuses = MaxSkew+time.Second, true
	for _, p := range c.peers {
		if !slices.Contains(replicas[:2], p) {
			p.skew = client.skew
		}
	}
	c.wantError(c.put(client, "key", "value"), OutcomeUnknown)
}

// A write that the store refuses is not acknowledged, neither at once nor when
// it is repeated.
func TestPutIntoAStoreThatRefuses(t *testing.T) {
	c := settledCluster(t, 6)
	client := c.outsider("key")
	replicas := c.replicas("key")
	replicas[0].refuses, replicas[1].refuses = true, true
	if o := c.put(client, "key", "value"); o.Error != QuorumNotMet || len(o.Replicas) != 1 {
		t.Errorf("error %v, stored on %v; want an unmet quorum, stored on one", o.Error, o.Replicas)
	}
	replicas[0].refuses = false
	c.wantPut(client, "key", "value")
}

// The same holds for the coordinator's own store.
func TestPutAtAPeerWhoseStoreRefuses(t *testing.T) {
	c := settledCluster(t, 6)
	replicas := c.replicas("key")
	p := replicas[0]
	p.refuses = true
	c.mute(replicas[2])
	if o := c.put(p, "key", "value"); o.Error == NoError {
		t.Errorf("stored on %v, want an error: only %v can store it", o.Replicas, replicas[1].self)
	}
	p.refuses, replicas[2].muted = false, false
	c.settle()
	if _, held := p.index.Get("key"); held != (p.stored["key"].Key != "") {
		t.Errorf("the index says %v, the store has %q", held, p.stored["key"].Key)
	}
}

// A write that W have without our own store is acknowledged though that refuses.
// Where all the others may have it and do not say so, its outcome is unknown.
func TestPutThatOnlyTheOthersStore(t *testing.T) {
	for i := range 20 {
		muted := i%2 == 0
		for w := 1; w <= 2; w++ {
			c := settledCluster(t, 6)
			c.rand = rand.New(rand.NewPCG(uint64(i), 7))
			replicas := c.replicas("key")
			p := replicas[0]
			p.refuses, p.slow = true, 200*time.Millisecond
			want := NoError
			if muted {
				c.mute(replicas[1:]...)
				want = OutcomeUnknown
			}
			o := c.change(p, Change{Key: "key", Value: []byte("value"), W: w})
			if o.Error != want || hasPeer(o.Replicas, p.self.Peer) {
				t.Errorf("W = %d, others muted %v: error %v, stored on %v; want error %v", w, muted, o.Error, o.Replicas, want)
			}
		}
	}
}

// What our own store has, of a key that went to other replicas meanwhile, may come to
// them yet, though all of them refuse it.
func TestPutOfAReplicaThatIsNoneAnyMore(t *testing.T) {
	c := settledCluster(t, 7)
	p := c.outsider("key")
	for _, q := range c.peers {
		q.refuses = true
	}
	id := p.Put(c.now, c.now.Add(soon), Change{Key: "key", Value: []byte("value")})
	p.ops[0].outcome.Replicas = []chord.Contact{p.self} // in an earlier attempt
	c.wantError(c.wait(p, id), OutcomeUnknown)
}

// A receipt does not name those who turned out to hold something newer, be it while the
// outcome waits for the own disk.
func TestReceiptNamesNobodyWithSomethingNewer(t *testing.T) {
	o, _ := overtakenPut(t, 2, false)
	if o.Error != NoError || len(o.Replicas) != 1 {
		t.Errorf("error %v, stored on %v; want it on its coordinator alone", o.Error, o.Replicas)
	}
}

// Should that disk refuse, the write begins anew, and wins.
func TestOvertakenPutThatIsRefused(t *testing.T) {
	o, ahead := overtakenPut(t, 1, true)
	if o.Error != NoError || o.Record.Version.Compare(ahead) <= 0 {
		t.Errorf("error %v, version %v; want one newer than %v", o.Error, o.Record.Version, ahead)
	}
}

// overtakenPut writes with W = 1 through a replica whose disk is slow, while others get
// something newer.
func overtakenPut(t *testing.T, others int, refuses bool) (o Outcome, ahead Version) {
	t.Helper()
	c := settledCluster(t, 6)
	replicas := c.replicas("key")
	p := replicas[0]
	p.slow, p.refuses = 2*time.Second, refuses
	c.mute(replicas[1:]...)
	id := p.Put(c.now, c.now.Add(soon), Change{Key: "key", Value: []byte("value"), W: 1})
	c.pass(100 * time.Millisecond)
	rec := newer("key", "other")
	rec.Version.Wall = millis(c.now)
	for _, q := range replicas[1 : 1+others] {
		give(q, rec)
		q.muted = false
	}
	return c.wait(p, id), rec.Version
}

// A coordinator that is a replica does not wait for its own disk to ask the others.
func TestSlowStoreDelaysNothingElse(t *testing.T) {
	c := settledCluster(t, 6)
	replicas := c.replicas("key")
	p := replicas[0]
	p.slow = time.Hour
	p.Put(c.now, c.now.Add(soon), Change{Key: "key", Value: []byte("value")})
	c.pass(100 * time.Millisecond)
	for _, q := range replicas[1:] {
		if _, held := q.stored["key"]; !held {
			t.Errorf("%v lacks the record while %v is busy storing it", q.self, p.self)
		}
	}
}

func TestCancelledOperationHasNoOutcome(t *testing.T) {
	c := settledCluster(t, 5)
	p := c.peers[0]
	id := p.Get(c.now, c.now.Add(soon), "key", 0)
	p.Cancel(id)
	c.pass(2 * soon)
	if o, ok := c.outcomes[opAt{p, id}]; ok {
		t.Errorf("the outcome is %v, want none", o)
	}
}

// A stranger's version with the highest possible count stops nobody from writing.
func TestPutAfterTheHighestCount(t *testing.T) {
	c := settledCluster(t, 6)
	evil := Record{Key: "key", Version: Version{Stamp: Stamp{Wall: millis(c.now.Add(50 * time.Second)), Count: math.MaxUint32, Writer: "evil"}}}
	for _, p := range c.replicas("key") {
		p.Step(c.time(p), Message{Kind: Write, From: "evil", Seq: 1, Records: []Record{evil}})
	}
	c.settle()
	c.wantPut(c.replicas("key")[0], "key", "value")
	c.wantPut(c.outsider("key"), "key", "value 2")
	c.wantGet(c.outsider("key"), "key", "value 2")
}

// One replica with a wrong clock does not stop the others from making up W.
func TestPutDespiteOneWrongClock(t *testing.T) {
	c := settledCluster(t, 6)
	c.replicas("key")[1].skew = -2 * time.Minute
	c.wantPut(c.outsider("key"), "key", "value")
	c.wantGet(c.outsider("key"), "key", "value")
}

// An outcome that is out stays as it is, though the store then refuses something
// else and the write, which goes on, counts its replicas anew.
func TestOutcomeStaysAsItIs(t *testing.T) {
	c := settledCluster(t, 3)
	p := c.peers[0]
	o := p.newOperation(chord.ID{}, Never)
	o.outcome.Replicas = []chord.Contact{p.self}
	p.report(o)
	out := p.Early().Outcomes[0]
	p.NotStored(c.now, Ready{})
	if got := out.Replicas[0]; got != p.self {
		t.Errorf("the outcome names %v now, want %v", got, p.self)
	}
}

// A newcomer that has not caught up knows of nothing newer. It is no voice on whether
// a write with a slow clock wins.
func TestNewcomerAloneDoesNotAcknowledge(t *testing.T) {
	c := settledCluster(t, 9)
	replicas := c.replicas("key")
	first := c.change(c.outsider("key"), Change{Key: "key", Value: []byte("first"), W: 3})
	c.wantError(first, NoError)
	c.mute(replicas...)
	p := c.join(between(chord.Contact{ID: position("key")}, replicas[0].self, 1)[0])
	p.skew = -MaxSkew / 2
	id := p.Put(c.time(p), c.time(p).Add(soon), Change{Key: "key", Value: []byte("second"), W: 1})
	c.pass(2 * time.Second)
	for _, q := range replicas {
		q.muted = false
	}
	o := c.wait(p, id)
	c.wantError(o, NoError)
	if o.Record.Version.Compare(first.Record.Version) <= 0 {
		t.Errorf("acknowledged with version %v, which is older than %v", o.Record.Version, first.Record.Version)
	}
	c.wantGet(replicas[0], "key", "second")
}
