package replica

import (
	"fmt"
	"testing"
	"time"

	"peal/chord"
)

// While a ring begins, its peers hear of each other at different times, and so take
// different peers for the replicas of a key. What one has written by what it knows, another
// one reads by what it knows.
func TestNewsThatSpreadSlowly(t *testing.T) {
	for seed := range uint64(8) {
		c := newCluster(t, seed)
		c.lag, c.hearsay = 3*time.Second, true
		c.join(named(0))
		for i := range 5 {
			c.after(time.Duration(c.rand.Int64N(int64(c.lag))), func() { c.join(named(i + 1)) })
		}
		for i := range 300 {
			c.after(time.Duration(c.rand.Int64N(int64(3*c.lag))), func() { c.putThenGet(fmt.Sprint("key ", i)) })
		}
		c.pass(3*c.lag + 2*soon)
		c.wantFound()
	}
}

// putThenGet stores a key through some peer, and reads it through another as soon as all
// replicas have it.
func (c *cluster) putThenGet(key string) {
	p := c.peers[c.rand.IntN(len(c.peers))]
	put := opAt{p, p.Put(c.now, c.now.Add(soon), Change{Key: key, W: 3})}
	var look func()
	look = func() {
		o, ended := c.outcomes[put]
		switch {
		case !ended:
			c.after(time.Millisecond, look)
		case o.Error == NoError:
			p := c.peers[c.rand.IntN(len(c.peers))]
			p.Get(c.now, c.now.Add(soon), key, 0)
		}
	}
	look()
}

// wantFound checks that every read has found what it looked for.
func (c *cluster) wantFound() {
	c.t.Helper()
	puts, gets := 0, 0
	for at, o := range c.outcomes {
		switch {
		case o.Replies == nil: // of a put
			puts++
		case !o.Found:
			c.t.Errorf("%v reads %v, and finds nothing of what all its replicas had", at.at.self, o.Wanted)
		default:
			gets++
		}
	}
	if puts < 300 || gets < 250 {
		c.t.Errorf("%d puts and %d gets ended well, want more", puts, gets)
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
