package replica

import (
	"testing"
	"time"
)

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

// A key that has expired is absent, and a touch leaves its version as it was.
func TestConditionsOnWhatExpires(t *testing.T) {
	c := settledCluster(t, 6)
	p := c.peers[0]
	first := c.change(p, Change{Key: "key", Value: []byte("first"), TTL: time.Minute})
	c.wantError(first, NoError)
	c.wantError(c.change(p, Change{Key: "key", Touch: true, TTL: 10 * time.Second}), NoError)
	c.wantError(c.change(p, Change{Key: "key", Touch: true, TTL: 10 * time.Second, If: Condition{Version: first.Record.Version.String()}}), NoError)
	c.pass(11 * time.Second)
	c.wantError(c.change(p, Change{Key: "key", Value: []byte("second"), If: Condition{Absent: true}}), NoError)
	c.wantGet(p, "key", "second")
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

// A write on condition that is refused because of its own first attempt can be told by
// the version.
func TestConflictWithItself(t *testing.T) {
	c := settledCluster(t, 6)
	client := c.outsider("key")
	once := Change{Key: "key", Value: []byte("value"), If: Condition{Absent: true}}
	first := c.withoutAnswer(client, once)
	if o := c.change(client, once); o.Error != Conflict || o.Record.Version != first.Record.Version || first.Record.Version == (Version{}) {
		t.Errorf("error %v, version %v; want a conflict with %v", o.Error, o.Record.Version, first.Record.Version)
	}
}
