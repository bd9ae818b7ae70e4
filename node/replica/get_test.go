package replica

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"peal/chord"
)

func old(key, value string) Record {
	return Record{Key: key, Value: []byte(value), Version: Version{Stamp: Stamp{Wall: 1, Writer: "w"}}}
}

func newer(key, value string) Record {
	return Record{Key: key, Value: []byte(value), Version: Version{Stamp: Stamp{Wall: 2, Writer: "w"}}}
}

func TestGetTakesTheNewestAndMendsTheStale(t *testing.T) {
	c := settledCluster(t, 6)
	replicas := c.replicas("key")
	give(replicas[0], old("key", "old"))
	give(replicas[1], newer("key", "new"))
	o := c.wantGet(replicas[0], "key", "new")
	if o.Asked != 2 || len(o.Replicas) != 1 || o.Repaired != 1 {
		t.Errorf("asked %d, agreed %d, repaired %d; want 2, 1, 1", o.Asked, len(o.Replicas), o.Repaired)
	}
	for _, r := range o.Replies {
		want := map[chord.Contact]Version{replicas[0].self: old("key", "").Version, replicas[1].self: newer("key", "").Version}
		if len(o.Replies) != 2 || !r.Has || r.Deleted || r.Version != want[r.From] {
			t.Errorf("it names what they had as %+v, want %v", o.Replies, want)
		}
	}
	c.pass(100 * time.Millisecond)
	if got := string(replicas[0].stored["key"].Value); got != "new" {
		t.Errorf("the stale replica has %q afterwards, want it mended", got)
	}
}

func TestGetMendsReplicasElsewhere(t *testing.T) {
	c := settledCluster(t, 6)
	replicas := c.replicas("key")
	give(replicas[0], newer("key", "new"))
	lacks := func(r Reply) bool { return !r.Has }
	if o := c.wantGet(c.outsider("key"), "key", "new"); o.Repaired != 1 || !slices.ContainsFunc(o.Replies, lacks) {
		t.Errorf("repaired %d after %+v, want the one that lacks the record", o.Repaired, o.Replies)
	}
	c.pass(100 * time.Millisecond)
	if got := string(replicas[1].stored["key"].Value); got != "new" {
		t.Errorf("the replica without the record has %q afterwards, want it mended", got)
	}
}

func TestGetMovesOneValueOnly(t *testing.T) {
	c := settledCluster(t, 6)
	client := c.outsider("key")
	c.wantPut(client, "key", "value")
	c.settle()
	values := 0
	c.watch = func(m Message) {
		if m.Kind == Answer {
			values += len(m.Records)
		}
	}
	if o := c.wantGet(client, "key", "value"); o.Asked != 2 || len(o.Replicas) != 2 {
		t.Errorf("asked %d, agreed %d; want 2 and 2", o.Asked, len(o.Replicas))
	}
	if values != 1 {
		t.Errorf("%d values travelled, want 1 and a digest", values)
	}
}

// Two of three replicas have just come and know nothing yet: the key is not
// missing, and they do not count.
func TestGetDoesNotCountIncompleteReplicas(t *testing.T) {
	c := settledCluster(t, 6)
	replicas := c.replicas("key")
	for _, p := range replicas[:2] {
		p.place.complete = nil
		p.round.at = Never
	}
	give(replicas[2], old("key", "value"))
	start := c.now
	if o := c.get(c.outsider("key"), "key"); o.Error != QuorumNotMet || o.Found {
		t.Errorf("error %v, found %v; want an unmet quorum", o.Error, o.Found)
	}
	if got := c.now.Sub(start); got != soon {
		t.Errorf("gave up after %v, want %v", got, soon)
	}
	replicas[1].place.caughtUp()
	c.wantGet(c.outsider("key"), "key", "value")
}

func TestGetGoesOnToTheThirdReplica(t *testing.T) {
	c := settledCluster(t, 6)
	client := c.outsider("key")
	c.wantPut(client, "key", "value")
	c.settle()
	c.mute(c.replicas("key")[0])
	c.wantGet(client, "key", "value")
	c.mute(c.replicas("key")[1])
	if o := c.get(client, "key"); o.Error != QuorumNotMet {
		t.Errorf("error %v with one replica left, want an unmet quorum", o.Error)
	}
}

// A digest names a version whose holder cannot give the record any more: the
// other that acknowledged it can.
func TestGetOfADamagedRecord(t *testing.T) {
	c := settledCluster(t, 6)
	client := c.outsider("key")
	replicas := c.replicas("key")
	give(replicas[0], old("key", "old"))
	give(replicas[1], newer("key", "new"))
	give(replicas[2], newer("key", "new"))
	replicas[1].stored["key"] = Record{} // reading it fails
	c.wantGet(client, "key", "new")
	if c.events[ReadFailed] == 0 {
		t.Error("no event tells of the damaged record")
	}
}

// A record that was on one replica only, never acknowledged, and became
// unreadable there does not stand in the way of the others for ever.
func TestDamagedAndNeverAcknowledged(t *testing.T) {
	c := settledCluster(t, 6)
	replicas := c.replicas("key")
	give(replicas[0], newer("key", "new"))
	give(replicas[1], old("key", "old"))
	give(replicas[2], old("key", "old"))
	replicas[0].stored["key"] = Record{}
	replicas[0].load("key")
	c.settle()
	c.wantGet(replicas[0], "key", "old")
	c.wantGet(c.outsider("key"), "key", "old")
}

func TestReadOfADamagedRecordIsIncomplete(t *testing.T) {
	c := settledCluster(t, 3)
	client := c.peers[2]
	c.wantPut(client, "key", "value")
	c.settle()
	c.peers[0].stored["key"] = Record{}
	c.wantGet(client, "key", "value")
	c.wantGet(c.peers[0], "key", "value")
}

// Versions order what replicas hold, so a tombstone wins over an older value.
func TestGetFindsTheTombstoneOfOneReplica(t *testing.T) {
	c := settledCluster(t, 5)
	replicas := c.replicas("key")
	give(replicas[0], old("key", "value"))
	rec := newer("key", "")
	rec.Deleted = true
	give(replicas[1], rec)
	c.wantMissing(replicas[0], "key")
	c.pass(100 * time.Millisecond)
	if it, _ := replicas[0].index.Get("key"); !it.Deleted {
		t.Error("the stale replica did not get the tombstone")
	}
}

// Answers of an attempt that is over, and answers that nobody asked for, change
// nothing.
func TestStrangeAnswersAreDropped(t *testing.T) {
	c := settledCluster(t, 5)
	p := c.outsider("key")
	id := p.Get(c.now, c.now.Add(soon), "key", 0)
	for seq := range uint64(100) {
		p.Step(c.now, Message{Kind: Answer, From: "stranger", Seq: p.lastID - seq, Complete: true, Records: []Record{old("key", "forged")}})
	}
	if o := c.wait(p, id); o.Found {
		t.Errorf("found %q, which a stranger made up", o.Record.Value)
	}
	p.Located(c.now, 12345, chord.Result{})
}

// A restarted peer does not take an answer to its earlier life's request for one to
// its own.
func TestRequestsOfAnotherLife(t *testing.T) {
	c := settledCluster(t, 5)
	earlier := map[uint64]bool{}
	for range 2 {
		asked := map[uint64]bool{}
		c.watch = func(m Message) {
			if request := m.Kind == Compare || m.Kind == Read; request && m.From == named(100).Peer {
				asked[m.Seq] = true
			}
		}
		p := c.join(named(100))
		c.settle()
		c.wantMissing(p, "key")
		c.kill(p)
		for seq := range asked {
			if earlier[seq] {
				t.Errorf("request %d was sent in the life before as well", seq)
			}
		}
		earlier = asked
	}
}

// A stale replica that does not take what a read found is no help against a later
// read of an older version: another one is given it.
func TestReadRepairOfARefusingReplica(t *testing.T) {
	for refusing, want := range map[int]Error{1: NoError, 2: QuorumNotMet} {
		c := settledCluster(t, 6)
		replicas := c.replicas("key")
		give(replicas[0], newer("key", "new"))
		for i, p := range replicas[1:] {
			give(p, old("key", "old"))
			p.refuses = i < refusing
		}
		c.wantError(c.get(c.outsider("key"), "key"), want)
		for _, p := range replicas[1+refusing:] {
			if it, _ := p.index.Get("key"); it.Version != newer("key", "new").Version {
				t.Errorf("%d refuse: the read was answered, and %v has version %v", refusing, p.self, it.Version)
			}
		}
	}
}

// A store may have forgotten what it held, as is found out when it refuses what was
// to take its place: then we do not know what the key has.
func TestForgottenRecordUnderARefusedWrite(t *testing.T) {
	for name, left := range map[string]shelf{"forgotten": {}, "unreadable": {"key": Record{}}, "an older one": {"key": old("key", "old")}} {
		c := settledCluster(t, 6)
		for _, p := range c.replicas("key") {
			give(p, newer("key", "new"))
		}
		p := c.replicas("key")[0]
		delete(p.stored, "key")
		maps.Copy(p.stored, left)
		p.refuses = true
		c.put(p, "key", "newest")
		if m := p.read(c.now, Message{Kind: Read, Key: "key"}); m.Complete {
			t.Errorf("%s: reads %v, as if that were all there is", name, m.Items)
		}
		p.refuses = false
		c.settle()
		c.wantGet(p, "key", "newest")
		c.wantPlaced()
	}
}

// A record that the store lost is fetched from the other replicas at once.
func TestDamagedRecordIsMended(t *testing.T) {
	c := settledCluster(t, 6)
	client := c.outsider("key")
	c.wantPut(client, "key", "value")
	c.settle()
	damaged := c.replicas("key")[0]
	damaged.stored["key"] = Record{} // reading it fails
	c.wantGet(damaged, "key", "value")
	c.settle()
	if rec, ok := damaged.load("key"); !ok || string(rec.Value) != "value" {
		t.Errorf("it holds %q, %v; want the record mended", rec.Value, ok)
	}
}

// The same if that is found out while a round is going on, which has compared the
// record's arc already.
func TestDamagedRecordIsMendedAfterTheRound(t *testing.T) {
	c := settledCluster(t, 6)
	c.wantPut(c.outsider("key"), "key", "value")
	c.settle()
	damaged := c.replicas("key")[0]
	damaged.round.at = c.now
	c.run(time.Second, func() bool { return damaged.round.at == Never && len(damaged.round.shares) == 0 })
	damaged.stored["key"] = Record{} // reading it fails
	damaged.load("key")
	c.pass(5 * time.Second)
	if rec, ok := damaged.load("key"); !ok || string(rec.Value) != "value" || !damaged.Replicated() {
		t.Errorf("it holds %q, %v, replicated %v; want the record mended", rec.Value, ok, damaged.Replicated())
	}
}

// A record from the future, on one replica whose clock was wrong, neither is read
// nor spoils the clock of another.
func TestGetIgnoresTheFuture(t *testing.T) {
	c := settledCluster(t, 6)
	replicas := c.replicas("key")
	c.wantPut(replicas[1], "key", "value")
	c.settle()
	future := old("key", "future")
	future.Version.Wall = millis(c.now.Add(2 * time.Hour))
	give(replicas[0], future)
	for _, p := range replicas[1:] {
		c.wantGet(p, "key", "value")
	}
	c.wantPut(replicas[1], "another", "value")
}

// That holds where the coordinator's own store refuses to be mended: another replica is.
func TestReadThatCannotMendItsOwnStore(t *testing.T) {
	found := 0
	for i := range 20 {
		c := settledCluster(t, 6)
		c.rand = rand.New(rand.NewPCG(uint64(i), 7))
		replicas := c.replicas("key")
		for _, p := range replicas {
			give(p, old("key", "old"))
		}
		give(replicas[1+i%2], newer("key", "new"))
		replicas[0].refuses = true
		for range 3 {
			o := c.get(replicas[0], "key")
			if o.Error != NoError || string(o.Record.Value) == "old" {
				continue
			}
			found++
			if one, two := replicas[1].stored["key"], replicas[2].stored["key"]; string(one.Value) != "new" || string(two.Value) != "new" {
				t.Errorf("run %d: the read shows %q, while the others have %q and %q", i, o.Record.Value, one.Value, two.Value)
			}
		}
	}
	if found < 20 {
		t.Errorf("%d of 60 reads show the newest version, want most of the second and third ones", found)
	}
}

// When a read of R = 2 has shown a version, two replicas have it durably, so that no
// later read shows an older one.
func TestReadsNeverGoBack(t *testing.T) {
	for i := range 20 {
		c := settledCluster(t, 6)
		key := fmt.Sprint("key ", i)
		replicas := c.replicas(key)
		for k, p := range replicas {
			p.slow = 20 * time.Millisecond
			give(p, old(key, "old"))
			if k == i%3 {
				give(p, newer(key, "new"))
			}
		}
		if o := c.get(c.peers[i%6], key); !o.Found || string(o.Record.Value) == "old" {
			continue
		}
		have := 0
		for _, p := range replicas {
			if string(p.stored[key].Value) == "new" {
				have++
			}
		}
		if have < 2 {
			t.Errorf("a read of %q has shown what %d replica has", key, have)
		}
		c.mute(replicas[i%3])
		c.wantGet(c.peers[(i+3)%6], key, "new")
	}
}
