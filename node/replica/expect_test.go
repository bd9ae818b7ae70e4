package replica

import (
	"slices"
	"time"

	"peal/chord"
)

// wait runs until an operation has ended.
func (c *cluster) wait(p *peer, id OpID) Outcome {
	c.t.Helper()
	at := opAt{p, id}
	if !c.run(time.Minute, func() bool { _, ok := c.outcomes[at]; return ok }) {
		c.t.Fatalf("operation %d at %v has no outcome after a minute", id, p.self)
	}
	return c.outcomes[at]
}

func (c *cluster) put(p *peer, key, value string) Outcome {
	c.t.Helper()
	return c.wait(p, p.Put(c.time(p), c.time(p).Add(soon), Change{Key: key, Value: []byte(value)}))
}

func (c *cluster) remove(p *peer, key string) Outcome {
	c.t.Helper()
	return c.wait(p, p.Put(c.time(p), c.time(p).Add(soon), Change{Key: key, Deleted: true}))
}

func (c *cluster) get(p *peer, key string) Outcome {
	c.t.Helper()
	return c.wait(p, p.Get(c.time(p), c.time(p).Add(soon), key, 0))
}

func (c *cluster) wantPut(p *peer, key, value string) Outcome {
	c.t.Helper()
	o := c.put(p, key, value)
	if o.Error != NoError {
		c.t.Fatalf("put %q ended with error %v", key, o.Error)
	}
	return o
}

func (c *cluster) wantGet(p *peer, key, want string) Outcome {
	c.t.Helper()
	o := c.get(p, key)
	if o.Error != NoError || !o.Found || string(o.Record.Value) != want {
		c.t.Errorf("get %q: %q, found %v, error %v; want %q", key, o.Record.Value, o.Found, o.Error, want)
	}
	return o
}

func (c *cluster) wantMissing(p *peer, key string) {
	c.t.Helper()
	if o := c.get(p, key); o.Error != NoError || o.Found {
		c.t.Errorf("get %q: %q, found %v, error %v; want a missing key", key, o.Record.Value, o.Found, o.Error)
	}
}

// replicas are the live replicas of a key, in order.
func (c *cluster) replicas(key string) []*peer {
	var list []*peer
	for _, k := range Distinct(c.owners(chord.KeyID([]byte(key))), 3) {
		list = append(list, c.live(k.Peer))
	}
	return list
}

// give lets a peer hold a record, durably, as if it had been there all the time.
func give(p *peer, rec Record) {
	was := p.presence
	p.stored[rec.Key] = rec
	p.Load(rec.Item())
	p.presence = was
}

// wantPlaced checks that every record is on exactly its replicas, the same on
// each, and that stores and indexes agree.
func (c *cluster) wantPlaced() {
	c.t.Helper()
	holders := map[string][]chord.Contact{}
	versions := map[string]Version{}
	for _, p := range c.peers {
		if p.Len() != len(p.stored) {
			c.t.Errorf("%v has %d records in its index, and %d in its store", p.self, p.Len(), len(p.stored))
		}
		for key, rec := range p.stored {
			holders[key] = append(holders[key], p.self)
			if v, ok := versions[key]; ok && v != rec.Version {
				c.t.Errorf("%q has the versions %v and %v", key, v, rec.Version)
			}
			versions[key] = rec.Version
		}
	}
	for key, got := range holders {
		want := Distinct(c.owners(chord.KeyID([]byte(key))), 3)
		byID := func(a, b chord.Contact) int { return a.ID.Compare(b.ID) }
		if slices.SortFunc(want, byID); !slices.Equal(got, want) {
			c.t.Errorf("%q is on %v, want it on %v", key, got, want)
		}
	}
}

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
