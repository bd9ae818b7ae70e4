package replica

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"peal/chord"
)

// change makes a Put from a peer and waits for its end.
func (c *cluster) change(p *peer, ch Change) Outcome {
	c.t.Helper()
	return c.wait(p, p.Put(c.time(p), c.time(p).Add(soon), ch))
}

func (c *cluster) wantError(o Outcome, want Error) {
	c.t.Helper()
	if o.Error != want {
		c.t.Errorf("ended with error %v, want %v", o.Error, want)
	}
}

func TestConditions(t *testing.T) {
	c := settledCluster(t, 6)
	p, q := c.peers[0], c.peers[3]
	absent := Change{Key: "key", Value: []byte("first"), If: Condition{Absent: true}}
	first := c.change(p, absent)
	c.wantError(first, NoError)
	again := c.change(q, absent)
	c.wantError(again, Conflict)
	if again.Record.Version != first.Record.Version || !again.Found {
		t.Errorf("the conflict is with %v, found %v; want %v", again.Record.Version, again.Found, first.Record.Version)
	}
	same := Condition{Version: first.Record.Version.String()}
	c.wantError(c.change(q, Change{Key: "key", Value: []byte("second"), If: same}), NoError)
	c.wantError(c.change(p, Change{Key: "key", Value: []byte("third"), If: same}), Conflict)
	c.wantError(c.change(p, Change{Key: "key", Deleted: true, If: same}), Conflict)
	c.wantGet(p, "key", "second")
	c.remove(p, "key")
	c.wantError(c.change(p, Change{Key: "key", If: same}), Conflict)
	c.wantError(c.change(p, absent), NoError)
}

// A condition is judged by the replicas too: who wrote in between wins, and the
// loser is told.
func TestConditionSeesAWriteInBetween(t *testing.T) {
	c := settledCluster(t, 6)
	p, q := c.outsider("key"), c.replicas("key")[0]
	won := 0
	ids := map[*peer]OpID{}
	for _, k := range []*peer{p, q} {
		ids[k] = k.Put(c.now, c.now.Add(soon), Change{Key: "key", Value: []byte(k.self.Peer), If: Condition{Absent: true}})
	}
	for k, id := range ids {
		switch o := c.wait(k, id); o.Error {
		case NoError:
			won++
		case Conflict:
		default:
			t.Errorf("ended with error %v", o.Error)
		}
	}
	if won == 0 {
		t.Error("both lost")
	}
}

// Who touches a record that is still being written is not in its way.
func TestWriteThatIsTouchedMeanwhile(t *testing.T) {
	c := settledCluster(t, 6)
	p, slow := c.outsider("key"), c.replicas("key")[2]
	slow.muted = true
	all := Change{Key: "key", Value: []byte("value"), W: 3, If: Condition{Absent: true}}
	id := p.Put(c.now, c.now.Add(soon), all)
	c.pass(100 * time.Millisecond)
	c.wantError(c.change(c.replicas("key")[0], Change{Key: "key", Touch: true, TTL: time.Hour}), NoError)
	slow.muted = false
	o := c.wait(p, id)
	c.wantError(o, NoError)
	if got := c.wantGet(p, "key", "value").Record; got.Version.Stamp != o.Record.Version.Stamp || got.Expires == 0 {
		t.Errorf("read version %v, expires %d; want what was written, touched", got.Version, got.Expires)
	}
}

// A coordinator that is a replica itself may have something newer when it writes for the
// second time. It then declines, and sends nobody its value as that version.
func TestDeclinedWriteGoesNowhere(t *testing.T) {
	c := settledCluster(t, 6)
	p := c.replicas("key")[0]
	p.refuses = true
	id := p.Put(c.now, c.now.Add(soon), Change{Key: "key", Value: []byte("declined"), If: Condition{Absent: true}})
	c.run(soon, func() bool { return c.sent[Write] > 0 })
	c.mute(c.replicas("key")[1:]...)
	c.pass(time.Millisecond * 100)
	p.refuses = false
	newer := Version{Stamp: Stamp{Wall: millis(c.now.Add(MaxSkew / 2)), Writer: "w"}}
	c.watch = func(m Message) {
		if m.Kind == Write && m.From == p.self.Peer && m.Records[0].Version == newer {
			t.Errorf("%v sends %v %q as version %v", p.self, m.To, m.Records[0].Value, newer)
		}
	}
	p.Step(c.time(p), Message{Kind: Write, From: "w", Records: []Record{{Key: "key", Version: newer}}})
	c.wantError(c.wait(p, id), Conflict)
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

func TestRecordsExpire(t *testing.T) {
	c := settledCluster(t, 6)
	p := c.peers[0]
	c.wantError(c.change(p, Change{Key: "key", Value: []byte("value"), TTL: 30 * time.Second}), NoError)
	c.pass(29 * time.Second)
	c.wantGet(c.peers[4], "key", "value")
	c.pass(time.Second)
	for _, q := range c.peers {
		c.wantMissing(q, "key")
	}
	c.pass(MaxSkew + time.Second)
	for _, q := range c.replicas("key") {
		if rec := q.stored["key"]; !rec.Deleted || len(rec.Value) > 0 {
			t.Errorf("%v holds %v, want a tombstone", q.self, rec)
		}
	}
	c.settle()
	c.wantPlaced()
	c.wantPut(p, "key", "again")
	c.wantGet(p, "key", "again")
}

// The value stays for the clocks that are late by a minute. Where a replica has dropped
// it, it is gone, however late the clock of the reader is, or of the other replica.
func TestLateClocksSeeNothingThatWasDropped(t *testing.T) {
	c := settledCluster(t, 6)
	late := c.replicas("key")[0]
	o := c.change(late, Change{Key: "key", Value: []byte("value"), TTL: time.Hour})
	c.wantError(o, NoError)
	c.pass(time.Hour)
	late.skew = -10 * time.Minute
	c.pass(50 * time.Second)
	c.wantGet(late, "key", "value")
	c.pass(5 * time.Minute)
	if rec := late.stored["key"]; rec.Deleted {
		t.Fatalf("%v holds %v, though it is not expired by its clock", late.self, rec)
	}
	c.wantMissing(late, "key")
	c.wantError(c.change(late, Change{Key: "key", Touch: true}), Missing)
	c.wantError(c.change(late, Change{Key: "key", If: Condition{Version: o.Record.Version.String()}}), Conflict)
}

func TestTouchRenewsWithoutTheValue(t *testing.T) {
	c := settledCluster(t, 6)
	client := c.outsider("key")
	c.wantError(c.change(client, Change{Key: "key", Value: []byte("value"), TTL: 30 * time.Second}), NoError)
	c.settle()
	c.watch = func(m Message) {
		if m.Kind == Write && len(m.Records[0].Value) > 0 || m.Kind == Read && !m.Digest {
			t.Errorf("a %v with the value, or for it, was sent", m.Kind)
		}
	}
	o := c.change(client, Change{Key: "key", Touch: true, TTL: time.Hour})
	c.wantError(o, NoError)
	if want := millis(c.now.Add(time.Hour)) - 1000; o.Record.Expires < want {
		t.Errorf("expires at %d, want at %d or later", o.Record.Expires, want)
	}
	c.watch = nil
	c.pass(time.Minute)
	c.wantGet(client, "key", "value")
	c.wantError(c.change(client, Change{Key: "key", Touch: true}), NoError)
	c.pass(2 * time.Hour)
	c.wantGet(client, "key", "value")
	c.wantError(c.change(client, Change{Key: "missing", Touch: true}), Missing)
}

// A replica that lacks the value gets it with the Touch.
func TestTouchReachesAReplicaWithoutTheValue(t *testing.T) {
	c := settledCluster(t, 6)
	client, replicas := c.outsider("key"), c.replicas("key")
	c.wantPut(client, "key", "value")
	c.settle()
	replicas[1].discard(Item{Key: "key"})
	if o := c.change(client, Change{Key: "key", Touch: true, W: 3}); o.Error != NoError || len(o.Replicas) != 3 {
		t.Errorf("error %v, stored on %v; want all three", o.Error, o.Replicas)
	}
	if rec := replicas[1].stored["key"]; string(rec.Value) != "value" {
		t.Errorf("the replica that had lost it holds %v", rec)
	}
}

// A replica whose clock is fast has buried the expired record already: what it holds
// is no value to keep.
func TestTouchOfABuriedRecord(t *testing.T) {
	c := settledCluster(t, 6)
	client, replicas := c.outsider("key"), c.replicas("key")
	o := c.change(client, Change{Key: "key", Value: []byte("value"), TTL: 5 * time.Second})
	c.settle()
	replicas[2].keep(Record{Key: "key", Version: o.Record.Version, Expires: o.Record.Expires, Deleted: true})
	c.wantError(c.change(client, Change{Key: "key", Touch: true, W: 3}), NoError)
	c.settle()
	for _, p := range replicas {
		if rec := p.stored["key"]; string(rec.Value) != "value" || rec.Deleted {
			t.Errorf("%v holds %v, want the value", p.self, rec)
		}
	}
}

// A touch that began before another writer wrote does not bring the old value back.
func TestTouchDoesNotUndoAWrite(t *testing.T) {
	c := settledCluster(t, 6)
	client, replicas := c.outsider("key"), c.replicas("key")
	c.wantPut(client, "key", "first")
	c.settle()
	second := Record{Key: "key", Value: []byte("second"), Version: Version{Stamp: Stamp{Wall: millis(c.now) + 1, Writer: "another"}}}
	c.watch = func(m Message) {
		if m.Kind == Write && m.Bare {
			c.watch = nil
			for _, p := range replicas[1:] {
				p.store(second)
			}
		}
	}
	c.wantError(c.change(client, Change{Key: "key", Touch: true, TTL: time.Hour}), NoError)
	c.settle()
	for _, p := range c.peers {
		if o := c.wantGet(p, "key", "second"); o.Record.Expires == 0 {
			t.Errorf("%v: the key never expires, want the touch to hold for the new value", p.self)
		}
	}
}

// What a silent replica is owed waits at the next peer, and comes to it.
func TestHints(t *testing.T) {
	c := settledCluster(t, 7)
	client, replicas := c.replicas("key")[0], c.replicas("key")
	silent := replicas[2]
	c.mute(silent)
	id := client.Put(c.now, c.now.Add(soon), Change{Key: "key", Value: []byte("value"), W: 3})
	holder := func() *peer {
		for _, p := range c.peers {
			if _, held := p.stored["key"]; held && !slices.Contains(replicas, p) {
				return p
			}
		}
		return nil
	}
	if !c.run(soon, func() bool { return holder() != nil }) {
		t.Fatal("nobody holds what the silent replica is owed")
	}
	o := c.wait(client, id)
	if want := []Hint{{silent.self, holder().self}}; o.Error != QuorumNotMet || !slices.Equal(o.Hints, want) {
		t.Errorf("error %v, hints %v; want an unmet quorum and %v", o.Error, o.Hints, want)
	}
	delete(silent.stored, "key")
	silent.index.Remove("key")
	silent.muted = false
	c.pass(regularRound)
	c.settle()
	c.wantPlaced()
	c.wantGet(silent, "key", "value")
}

// A touch carries no value, so nobody can hold it for a silent replica.
func TestTouchIsNotHeld(t *testing.T) {
	c := settledCluster(t, 7)
	replicas := c.replicas("key")
	c.wantPut(replicas[0], "key", "value")
	c.settle()
	c.mute(replicas[2])
	c.watch = func(m Message) {
		if m.Kind == Write && !slices.Contains(replicas, c.live(m.To)) {
			t.Errorf("%v was asked to hold it", m.To)
		}
	}
	if o := c.change(replicas[0], Change{Key: "key", Touch: true, W: 3}); o.Error != QuorumNotMet || len(o.Replicas) != 2 || len(o.Hints) > 0 {
		t.Errorf("error %v, stored on %v, hints %v; want it on two replicas", o.Error, o.Replicas, o.Hints)
	}
	for _, p := range c.peers {
		if _, held := p.stored["key"]; held != slices.Contains(replicas, p) {
			t.Errorf("%v holds it: %v", p.self, held)
		}
	}
}

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
	c.wantError(c.change(c.peers[0], Change{Key: "short", TTL: time.Minute}), NoError)
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
	if got := [2]int{holds("key"), holds("short")}; got != [2]int{} {
		t.Errorf("%v peers hold the tombstones after it, want none", got)
	}
	c.settle()
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
	c := shortMemory(t, 1)
	c.wantPut(c.peers[0], "deleted", "value")
	c.settle()
	p := c.replicas("deleted")[1]
	was := p.Presence(c.now)
	c.kill(p)
	c.settle()
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

// A manifest stays one, whichever way a Touch reaches a replica. Nobody touches one
// without knowing.
func TestTouchKeepsTheTotal(t *testing.T) {
	c := settledCluster(t, 6)
	client, replicas := c.outsider("key"), c.replicas("key")
	c.wantError(c.change(client, Change{Key: "key", Value: []byte("manifest"), Total: 5 << 20}), NoError)
	c.settle()
	replicas[1].discard(Item{Key: "key"})
	for _, total := range []uint64{0, 4 << 20} {
		c.wantError(c.change(client, Change{Key: "key", Touch: true, Total: total}), IsManifest)
	}
	c.wantError(c.change(client, Change{Key: "key", Touch: true, Total: 5 << 20, TTL: time.Hour, W: 3}), NoError)
	for _, p := range replicas {
		if rec := p.stored["key"]; rec.Total != 5<<20 || string(rec.Value) != "manifest" {
			t.Errorf("%v holds %v, want the manifest of 5 MiB", p.self, rec)
		}
	}
	o := c.wait(client, client.List(c.now, c.now.Add(soon), "", nil, 10))
	if len(o.Items) != 1 || o.Items[0].Total != 5<<20 {
		t.Errorf("listed %v, want the total", o.Items)
	}
}

func manifest(value string) Change { return Change{Key: "key", Value: []byte(value), Total: 5 << 20} }

// wantReplaced checks which manifests a write says that it took the place of.
func (c *cluster) wantReplaced(o Outcome, want ...string) {
	c.t.Helper()
	var got []string
	for _, rec := range o.Replaced {
		got = append(got, string(rec.Value))
	}
	if !slices.Equal(got, want) {
		c.t.Errorf("replaced %q, want %q", got, want)
	}
}

// Whoever takes a manifest's place is handed it, to remove what it names.
func TestReplacedManifestsAreHandedOver(t *testing.T) {
	c := settledCluster(t, 6)
	client, own := c.outsider("key"), c.replicas("key")[0]
	c.wantReplaced(c.put(client, "key", "small"))
	c.wantReplaced(c.change(client, manifest("one")))
	c.wantReplaced(c.change(client, Change{Key: "key", Touch: true, Total: 5 << 20}))
	c.wantReplaced(c.change(own, manifest("two")), "one")
	c.wantReplaced(c.put(client, "key", "small"), "two")
	c.wantReplaced(c.change(own, manifest("three")))
	c.wantReplaced(c.remove(client, "key"), "three")
	c.wantReplaced(c.remove(client, "key"))
}

// Replicas that differ hand over what each had.
func TestReplacedManifestsOfAllReplicas(t *testing.T) {
	c := settledCluster(t, 6)
	for i, p := range c.replicas("key")[:2] {
		rec := old("key", fmt.Sprint(i))
		rec.Total, rec.Version.Count = 5<<20, uint32(i)
		give(p, rec)
	}
	c.wantReplaced(c.put(c.replicas("key")[0], "key", "small"), "0", "1")
}

// A message with many records asks for no manifests: the answer could be far larger.
func TestManifestsAreHandedOverOneByOne(t *testing.T) {
	_, a, b := pair(t, 1)
	var records []Record
	for i := range 2 {
		rec := old(fmt.Sprint(i), "manifest")
		rec.Total = 5 << 20
		give(b, rec)
		records = append(records, newer(rec.Key, ""))
	}
	if m := b.merge(startTime, Message{Kind: Write, From: a.self.Peer, Records: records, Replaced: true}); len(m.Records) > 0 {
		t.Errorf("answered with %v", m.Records)
	}
}

// The store's refusal takes nobody's place.
func TestNothingIsReplacedWhereTheStoreRefuses(t *testing.T) {
	c := settledCluster(t, 6)
	client := c.outsider("key")
	c.wantError(c.change(client, manifest("one")), NoError)
	c.settle()
	for _, p := range c.replicas("key") {
		p.refuses = true
	}
	o := c.put(client, "key", "small")
	if o.Error == NoError {
		t.Error("a write that no store took succeeded")
	}
	c.wantReplaced(o)
}

// Of two manifests at once one may lose; the loser is told, and is not stamped anew
// to win: the other writer may have removed what it names.
func TestManifestsAreStampedOnce(t *testing.T) {
	c := settledCluster(t, 6)
	stamps := map[string]Version{}
	c.watch = func(m Message) {
		if m.Kind != Write {
			return
		}
		rec := m.Records[0]
		if v, ok := stamps[string(rec.Value)]; ok && v != rec.Version {
			t.Errorf("the manifest %s got the versions %v and %v", rec.Value, v, rec.Version)
		}
		stamps[string(rec.Value)] = rec.Version
	}
	lost := 0
	for round := range 5 {
		ids := map[*peer]OpID{}
		for i, p := range []*peer{c.replicas("key")[0], c.replicas("key")[1], c.outsider("key")} {
			ids[p] = p.Put(c.now, c.now.Add(soon), manifest(fmt.Sprint(round, ".", i)))
		}
		for p, id := range ids {
			if o := c.wait(p, id); o.Error == Conflict {
				lost++
			} else {
				c.wantError(o, NoError)
			}
		}
		c.pass(soon)
	}
	if lost == 0 {
		t.Error("nobody lost, so that nothing was tested")
	}
}

// A fast clock of the writer before is no other writer.
func TestManifestBeatsANewerVersion(t *testing.T) {
	c := settledCluster(t, 6)
	client := c.outsider("key")
	for _, p := range c.replicas("key") {
		give(p, Record{Key: "key", Version: Version{Stamp: Stamp{Wall: millis(c.now.Add(MaxSkew / 2)), Writer: "w"}}})
	}
	c.wantError(c.change(client, manifest("one")), NoError)
	c.wantGet(client, "key", "one")
}
