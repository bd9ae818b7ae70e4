package replica

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"peal/chord"
)

// While a ring begins, its peers hear of each other at different times, and so take
// different peers for the replicas of a key. What one has written by what it knows, another
// one reads by what it knows.
func TestNewsThatSpreadSlowly(t *testing.T) {
	for _, ring := range []struct{ peers, w int }{{6, 3}, {12, 2}} {
		for seed := range uint64(6) {
			c := newCluster(t, seed)
			c.lag, c.hearsay = 3*time.Second, true
			c.join(named(0))
			for i := range ring.peers - 1 {
				c.after(time.Duration(c.rand.Int64N(int64(c.lag))), func() { c.join(named(i + 1)) })
			}
			puts, gets := 0, 0
			for i := range 300 {
				put := Change{Key: fmt.Sprint("key ", i), W: ring.w}
				c.after(time.Duration(c.rand.Int64N(int64(3*c.lag))), func() { c.putThenGet(put, &puts, &gets) })
			}
			c.pass(3*c.lag + 2*soon)
			if puts < 280 || gets < 280 {
				t.Errorf("%d peers, seed %d: %d keys were put and %d of them found; want nearly all", ring.peers, seed, puts, gets)
			}
		}
	}
}

// putThenGet stores a key through some peer, and reads it through another as soon as that
// is acknowledged. It counts what was put and found.
func (c *cluster) putThenGet(change Change, puts, gets *int) {
	p := c.anybody()
	c.then[opAt{p, p.Put(c.now, c.now.Add(soon), change)}] = func(put Outcome) {
		if put.Error != NoError {
			return
		}
		*puts++
		p := c.anybody()
		c.then[opAt{p, p.Get(c.now, c.now.Add(soon), change.Key, 0)}] = func(got Outcome) {
			switch {
			case got.Found:
				*gets++
			case got.Error == NoError:
				c.t.Errorf("a read from %v finds nothing of what %v had", got.Wanted, put.Replicas)
			}
		}
	}
}

func (c *cluster) anybody() *peer { return c.peers[c.rand.IntN(len(c.peers))] }

// A newcomer waits for those whose place it takes or shares, but not for ever.
func TestNewcomerIsHeardOf(t *testing.T) {
	for behind := range 3 {
		c := settledCluster(t, 12)
		newcomer := at(0x44)
		deaf := c.live(c.owners(newcomer.ID)[behind].Peer)
		deaf.deaf = true
		p := c.join(newcomer)
		c.pass(soon / 2)
		if p.Repair().Complete || p.Repair().Reason != fmt.Sprintf("%v does not agree yet on who is beside this peer", deaf.self) {
			t.Errorf("%d behind it has not heard of it: %+v, want that it waits for this", behind, p.Repair())
		}
		if !c.run(2*soon, func() bool { return p.Repair().Complete }) {
			t.Errorf("%d behind it never hears of it: %+v, want that it counts in the end", behind, p.Repair())
		}
		deaf.deaf = false
		c.tell(deaf)
		c.settle()
	}
}

// Until then what it stores counts for nothing: the one whose place it takes may answer a read.
func TestWriteWaitsUntilTheNewcomerIsHeardOf(t *testing.T) {
	for cell := range 3 {
		c := settledCluster(t, 12)
		newcomer := at(0x44)
		displaced := c.live(c.owners(newcomer.ID)[2-cell].Peer)
		displaced.deaf = true
		p := c.join(newcomer)
		before := append([]chord.Contact{newcomer}, c.neighbours(p).Preds...)
		key := keyBetween(before[cell+1].ID, before[cell].ID, 1)
		c.wantPut(p, key, "before")
		id := p.Put(c.now, c.now.Add(soon), Change{Key: key, Value: []byte("value"), W: 3})
		c.pass(soon / 5)
		if o, done := c.outcomes[opAt{p, id}]; done {
			t.Errorf("cell %d: acknowledged by %v, and a read may ask %v; want it to wait", cell, o.Replicas, displaced.self)
		}
		displaced.deaf = false
		c.tell(displaced)
		c.wantError(c.wait(p, id), NoError)
		got := c.wait(displaced, displaced.Get(c.now, c.now.Add(soon), key, 1))
		if string(got.Record.Value) != "value" {
			t.Errorf("cell %d: a read of one replica shows %q, want the value", cell, got.Record.Value)
		}
	}
}

// Nor is it held up for ever by one that is silent, and that nobody gives up.
func TestNewcomerBesideASilentPeer(t *testing.T) {
	for behind := range 3 {
		c := settledCluster(t, 12)
		newcomer := at(0x44)
		c.mute(c.live(c.owners(newcomer.ID)[behind].Peer))
		p := c.join(newcomer)
		if !c.run(4*soon, func() bool { return p.Repair().Complete }) {
			t.Errorf("%d behind it is silent: %+v, want that it counts in the end", behind, p.Repair())
		}
	}
}

// Two may never be able to reach each other. They are there all the same, as far as all
// others go.
func TestTwoThatCannotReachEachOther(t *testing.T) {
	c, ring, _ := ringAt(t)
	c.pass(regularRound)
	without := func(p *peer) []chord.Contact {
		var rest []chord.Contact
		for _, q := range ring {
			if q != p {
				rest = append(rest, q.self)
			}
		}
		return rest
	}
	a, b := ring[1], ring[2]
	a.SetNeighbours(c.now, neighbourhood(without(b), a.self))
	b.SetNeighbours(c.now, neighbourhood(without(a), b.self))
	c.pass(soon)
	for i, p := range ring {
		c.wantPut(p, keyBetween(ring[0].self.ID, a.self.ID, i), "written meanwhile")
	}
	c.pass(2 * away)
	for _, p := range ring {
		if !p.lasts(p.presence, c.now) || !p.Replicated() {
			t.Errorf("%v counts as away, or has not settled: %+v", p.self, p.Repair())
		}
	}
	c.tell(a)
	c.tell(b)
	c.settle()
	for i, p := range ring {
		c.wantGet(p, keyBetween(ring[0].self.ID, a.self.ID, i), "written meanwhile")
	}
}

// Only those who are replicas of the same keys must know each other.
func TestOverlooks(t *testing.T) {
	place := place{
		self: tens[4], n: 3, known: true, arc: chord.Arc{From: tens[1].ID, To: tens[4].ID},
		preds: []chord.Contact{tens[3], tens[2]}, succ: []chord.Contact{tens[5], tens[6]},
	}
	stranger := at(0x35)
	for _, test := range []struct {
		name string
		peer chord.Contact
		arc  chord.Arc
		want bool
	}{
		{"a stranger on our arc", stranger, chord.Arc{From: tens[2].ID, To: stranger.ID}, true},
		{"one on all of it", stranger, chord.Arc{From: stranger.ID, To: stranger.ID}, true},
		{"one elsewhere", stranger, chord.Arc{From: tens[4].ID, To: tens[6].ID}, false},
		{"a predecessor", tens[2], chord.Arc{From: tens[1].ID, To: tens[2].ID}, false},
		{"a successor", tens[6], chord.Arc{From: tens[3].ID, To: tens[6].ID}, false},
	} {
		if got := place.overlooks(test.peer.Peer, test.arc); got != test.want {
			t.Errorf("%s: overlooked: %v, want %v", test.name, got, test.want)
		}
	}
	place.known = false
	if place.overlooks(stranger.Peer, chord.Arc{From: tens[2].ID, To: stranger.ID}) {
		t.Error("who does not know its own arc is a replica of nothing yet")
	}
}

// Whoever knows somebody between the positions that a newcomer knows says so.
func TestKnowsMore(t *testing.T) {
	ring := ats(0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70, 0x80, 0x90)
	seen := func(self chord.Contact, ring []chord.Contact) *place {
		p := &place{self: self, n: 3}
		p.set(neighbourhood(ring, self))
		return p
	}
	without := func(away ...chord.Contact) []chord.Contact {
		return slices.DeleteFunc(slices.Clone(ring), func(c chord.Contact) bool { return slices.Contains(away, c) })
	}
	newcomer := ring[4]
	for _, test := range []struct {
		name     string
		newcomer *place
		other    *place
		want     bool
	}{
		{"they know the same", seen(newcomer, ring), seen(ring[3], ring), false},
		{"a replica is missing", seen(newcomer, without(ring[3])), seen(ring[5], ring), true},
		{"the one who answers is missing", seen(newcomer, without(ring[5])), seen(ring[5], ring), true},
		{"somebody farther away than the replicas is missing", seen(newcomer, without(ring[0])), seen(ring[3], ring), false},
		{"the newcomer knows more", seen(newcomer, ring), seen(ring[3], without(ring[5])), false},
		{"a ring of three, of which one is missing", seen(newcomer, ring[3:5]), seen(ring[3], ring[3:6]), true},
		{"a ring of three", seen(newcomer, ring[3:6]), seen(ring[3], ring[3:6]), false},
		{"a ring of four", seen(newcomer, ring[3:7]), seen(ring[3], ring[3:7]), false},
		{"a ring of four, of which one is missing", seen(newcomer, ring[2:6]), seen(ring[3], ring[2:7]), true},
		{"one that has taken over from who answers is missing", seen(newcomer, without(ring[6])), seen(ring[7], ring), true},
		{"who answers does not know its own arc", seen(newcomer, without(ring[3])), &place{self: ring[5], n: 3}, false},
	} {
		if got := test.other.knowsMore(test.newcomer.beside()); got != test.want {
			t.Errorf("%s: it knows more: %v, want %v", test.name, got, test.want)
		}
	}
	if seen(ring[3], ring).knowsMore(nil) {
		t.Error("one that names nobody was found to miss somebody")
	}
}
