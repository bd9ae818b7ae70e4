package replica

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"peal/chord"
)

// pages lists everything with a prefix, page by page.
func (c *cluster) pages(p *peer, prefix string, limit int) [][]string {
	c.t.Helper()
	var pages [][]string
	var after *chord.ID
	for range 1000 {
		o := c.wait(p, p.List(c.time(p), c.time(p).Add(soon), prefix, after, limit))
		if o.Error != NoError {
			c.t.Fatalf("list ended with error %v", o.Error)
		}
		var page []string
		for _, it := range o.Items {
			page = append(page, it.Key)
		}
		pages = append(pages, page)
		if after = o.Next; after == nil {
			return pages
		}
	}
	c.t.Fatal("the listing has no end")
	return nil
}

func byPosition(keys []string) []string {
	return slices.SortedFunc(slices.Values(keys), func(a, b string) int { return position(a).Compare(position(b)) })
}

// fill gives records to all their replicas at once.
func (c *cluster) fill(keys ...string) {
	for _, key := range keys {
		for _, p := range c.replicas(key) {
			give(p, old(key, "value of "+key))
		}
	}
}

func numbered(prefix string, n int) []string {
	var keys []string
	for i := range n {
		keys = append(keys, fmt.Sprint(prefix, i))
	}
	return keys
}

func TestListAllInOrder(t *testing.T) {
	for _, peers := range []int{1, 2, 3, 4, 9} {
		for _, limit := range []int{1, 7, 100, 1000} {
			c := settledCluster(t, peers)
			keys := numbered("key", 60)
			c.fill(keys...)
			pages := c.pages(c.peers[0], "", limit)
			if got, want := slices.Concat(pages...), byPosition(keys); !slices.Equal(got, want) {
				t.Errorf("%d peers, pages of %d: %d keys %v, want %d", peers, limit, len(got), got, len(want))
			}
			for _, page := range pages[:len(pages)-1] {
				if len(page) != limit {
					t.Errorf("%d peers: a page of %d, want %d", peers, len(page), limit)
				}
			}
		}
	}
}

func TestListByPrefix(t *testing.T) {
	c := settledCluster(t, 5)
	c.fill("a", "ab", "abc", "b", "\x00\xff", "\x00\xff/x", "\xff")
	for prefix, want := range map[string][]string{
		"":         {"a", "ab", "abc", "b", "\x00\xff", "\x00\xff/x", "\xff"},
		"ab":       {"ab", "abc"},
		"\x00\xff": {"\x00\xff", "\x00\xff/x"},
		"nothing":  {},
	} {
		if got := slices.Concat(c.pages(c.peers[1], prefix, 2)...); !slices.Equal(got, byPosition(want)) {
			t.Errorf("prefix %q: %q, want %q", prefix, got, byPosition(want))
		}
	}
}

// What is part of something else is nobody's key.
func TestInternalKeysAreNotListed(t *testing.T) {
	c := settledCluster(t, 3)
	inner := InternalPrefix + "part"
	c.fill("key", "\x00pea", inner)
	if got, want := slices.Concat(c.pages(c.peers[0], "\x00", 2)...), []string{"\x00pea"}; !slices.Equal(got, want) {
		t.Errorf("listed %q, want %q", got, want)
	}
	if got, want := slices.Concat(c.pages(c.peers[0], InternalPrefix, 2)...), []string{inner}; !slices.Equal(got, want) {
		t.Errorf("asked for by their prefix: listed %q, want %q", got, want)
	}
	if got := c.peers[0].Live(chord.Arc{}); got != 2 {
		t.Errorf("%d live keys, want 2", got)
	}
}

func TestListHidesTombstonesAndStaleReplicas(t *testing.T) {
	c := settledCluster(t, 6)
	c.fill("kept", "removed")
	c.remove(c.peers[0], "removed")
	if got := slices.Concat(c.pages(c.peers[2], "", 10)...); !slices.Equal(got, []string{"kept"}) {
		t.Errorf("listed %q, want only the kept key", got)
	}
}

// A replica's answer holds 1000 items at most.
func TestListOfTruncatedAnswers(t *testing.T) {
	c := settledCluster(t, 2)
	keys := numbered("key", 2600)
	c.fill(keys...)
	if got := slices.Concat(c.pages(c.peers[0], "", 1000)...); !slices.Equal(got, byPosition(keys)) {
		t.Errorf("listed %d keys, want %d", len(got), len(keys))
	}
}

func TestListWhileReplicasAreMissing(t *testing.T) {
	c := settledCluster(t, 7)
	keys := numbered("key", 50)
	c.fill(keys...)
	c.mute(c.peers[3])
	if got := slices.Concat(c.pages(c.peers[0], "", 20)...); !slices.Equal(got, byPosition(keys)) {
		t.Errorf("listed %d keys with one silent peer, want %d", len(got), len(keys))
	}
	c.mute(c.peers[4])
	p := c.peers[0]
	if o := c.wait(p, p.List(c.now, c.now.Add(soon), "", nil, 1000)); o.Error != QuorumNotMet {
		t.Errorf("error %v with two silent neighbours, want an unmet quorum", o.Error)
	}
}

func TestListBehindTheLastPosition(t *testing.T) {
	c := settledCluster(t, 3)
	p := c.peers[0]
	last := lastPos
	if o := c.wait(p, p.List(c.now, c.now.Add(soon), "", &last, 10)); o.Error != NoError || len(o.Items) > 0 || o.Next != nil {
		t.Errorf("%v, want an empty last page", o)
	}
}

// The limits also hold for what a stranger asks.
func TestListedStaysInItsLimit(t *testing.T) {
	c := settledCluster(t, 1)
	c.fill(numbered(strings.Repeat("x", 20), 1500)...)
	p := c.peers[0]
	for limit, want := range map[int]int{-5: 1, 0: 1, 5: 5, 1 << 30: maxItems} {
		got := p.list(c.now, Message{Kind: List, Limit: limit, Arc: chord.Arc{}})
		if more := !got.Arc.Whole(); len(got.Items) != want || !more {
			t.Errorf("limit %d: %d items, more %v; want %d and more", limit, len(got.Items), more, want)
		}
	}
}
