package replica

import (
	"fmt"
	"slices"
	"testing"
)

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
