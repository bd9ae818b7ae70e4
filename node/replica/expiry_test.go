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
