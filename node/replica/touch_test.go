package replica

import (
	"testing"
	"time"
)

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

// A replica whose clock is fast has made a tombstone of the expired record already: what
// it holds is no value to keep.
func TestTouchOfATombstone(t *testing.T) {
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
