package replica

import (
	"testing"
	"time"
)

// A put is answered ten milliseconds after W replicas have it, if the others are silent.
func TestPutLingers(t *testing.T) {
	c := settledCluster(t, 6)
	client := c.outsider("key")
	c.mute(c.replicas("key")[2])
	id := client.Put(c.now, c.now.Add(soon), Change{Key: "key"})
	if !c.run(soon, func() bool { return len(client.ops) == 1 && len(client.ops[0].outcome.Replicas) == 2 }) {
		t.Fatal("W replicas never have it")
	}
	enough := c.now
	if o := c.wait(client, id); o.Error != NoError || c.now.Sub(enough) != 10*time.Millisecond {
		t.Errorf("answered with error %v after %v, want 10ms", o.Error, c.now.Sub(enough))
	}
}

// The coordinator goes on until its deadline, so that a replica has the write before any
// round or holder brings it.
func TestCoordinatorGoesOn(t *testing.T) {
	for _, heals := range []bool{true, false} {
		c := settledCluster(t, 6)
		client, third := c.outsider("key"), c.replicas("key")[2]
		tries := map[bool]int{} // by whether the deadline is over
		start := c.now
		c.drop = func(m Message) bool {
			if m.Kind == Write && m.From == client.self.Peer && m.To == third.self.Peer {
				tries[c.now.Sub(start) > soon]++
				return !heals || c.now.Sub(start) < soon/2
			}
			return m.To == third.self.Peer || m.From == third.self.Peer && m.Kind != Written
		}
		c.wantPut(client, "key", "value")
		c.pass(2 * soon)
		if _, held := third.stored["key"]; held != heals || tries[true] > 0 || !heals && tries[false] < 3 {
			t.Errorf("heals %v: the third has it: %v; %d tries before the deadline, %d after it", heals, held, tries[false], tries[true])
		}
	}
}

// withoutAnswer makes a change of which no answer arrives, and then lets them again.
func (c *cluster) withoutAnswer(p *peer, ch Change) Outcome {
	c.t.Helper()
	c.drop = func(m Message) bool { return m.Kind == Written && m.To == p.self.Peer }
	o := c.change(p, ch)
	c.drop = nil
	c.wantError(o, OutcomeUnknown)
	c.settle()
	return o
}

func TestRepeatedPutDoesNoHarm(t *testing.T) {
	c := settledCluster(t, 6)
	client := c.outsider("key")
	first := c.withoutAnswer(client, Change{Key: "key", Value: []byte("value")})
	second := c.wantPut(client, "key", "value")
	if second.Record.Version.Compare(first.Record.Version) <= 0 {
		t.Errorf("version %v after %v", second.Record.Version, first.Record.Version)
	}
	c.settle()
	c.wantPlaced()
	c.wantGet(c.peers[0], "key", "value")
}
