package replica

import (
	"testing"
	"time"
)

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
	for _, r := range c.get(p, "key").Replies {
		if !r.Has || !r.Deleted {
			t.Errorf("%v had %+v, want what has expired", r.From, r)
		}
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

func TestPutWithoutTTLEndsIt(t *testing.T) {
	c := settledCluster(t, 6)
	c.wantError(c.change(c.peers[0], Change{Key: "key", Value: []byte("short"), TTL: time.Minute}), NoError)
	c.wantPut(c.peers[1], "key", "for ever")
	c.pass(2*time.Minute + MaxSkew)
	c.wantGet(c.peers[2], "key", "for ever")
}

// What was there before does not come back when a key expires, be it on a replica that
// never heard of the later value.
func TestValueBeforeTheExpiredStaysAway(t *testing.T) {
	c := settledCluster(t, 6)
	c.wantError(c.change(c.peers[0], Change{Key: "key", Value: []byte("before"), W: 3}), NoError)
	stale := c.replicas("key")[0]
	c.drop = func(m Message) bool { return m.To == stale.self.Peer || m.From == stale.self.Peer }
	c.wantError(c.change(c.outsider("key"), Change{Key: "key", Value: []byte("short"), TTL: time.Second}), NoError)
	c.pass(2 * time.Second)
	c.drop = nil
	if rec := stale.stored["key"]; string(rec.Value) != "before" {
		t.Fatalf("%v has %q: a bad test", stale.self, rec.Value)
	}
	for _, p := range c.peers {
		c.wantMissing(p, "key")
	}
}
