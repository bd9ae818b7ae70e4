package replica

import (
	"slices"
	"testing"
	"time"

	"peal/chord"
)

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
	if next := c.owners(chord.KeyID([]byte("key")))[3]; holder().self != next {
		t.Errorf("%v holds it, want the next peer clockwise, %v", holder().self, next)
	}
	c.watch = func(m Message) {
		if m.Kind == Read && m.To == holder().self.Peer {
			t.Error("a read asks the holder")
		}
	}
	c.wantGet(client, "key", "value")
	c.watch = nil
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

// A hint is no news because its holder has yet to hand over what it came back with.
func TestHintBesideStraysOfAnAbsence(t *testing.T) {
	c, holder := strayBack(t)
	c.lost = false
	key := keyBetween(holder.self.ID, c.owners(holder.self.ID.Next())[0].ID, 1)
	writer := c.replicas(key)[0]
	holder.Throttle(0, true)
	rec := c.wantPut(writer, key, "value").Record
	holder.Step(c.now, Message{Kind: Write, From: writer.self.Peer, Records: []Record{rec}})
	c.lost = true
	c.pass(time.Minute)
	c.lost = false
	c.remove(writer, key)
	c.lost = true
	holder.Throttle(0, false)
	c.pass(away)
	if _, holds := holder.index.Get(key); !holds {
		t.Fatal("want the hint to be there still")
	}
	c.lost = false
	c.wantForgotten(key)
}

// A replica that is silent for a second is owed a write, which its holder offers half a second
// after it came.
func TestHoldersAreQuick(t *testing.T) {
	c := settledCluster(t, 7)
	client, silent := c.replicas("key")[0], c.replicas("key")[2]
	holder := c.live(c.owners(position("key"))[3].Peer)
	began, held, offered := c.now, time.Duration(0), time.Duration(0)
	c.watch = func(m Message) {
		switch {
		case m.Kind == Write && m.To == holder.self.Peer && held == 0:
			held = c.now.Sub(began)
		case m.Kind == Compare && m.From == holder.self.Peer && offered == 0 && held > 0:
			offered = c.now.Sub(began) - held
		}
	}
	c.drop = func(m Message) bool { return m.From == client.self.Peer && m.To == silent.self.Peer }
	c.wantPut(client, "key", "value")
	c.pass(soon / 2)
	if held < 900*time.Millisecond || held > 1100*time.Millisecond || offered < 400*time.Millisecond || offered > 700*time.Millisecond {
		t.Errorf("held after %v, want 1 s; offered %v later, want 0.5 s", held, offered)
	}
}
