package chord

import (
	"slices"
	"time"
)

// A locationCache remembers contacts heard from, ordered by position. When it
// is full, the interval [2^k, 2^(k+1)) of distances with the most contacts
// gives up the one that was silent longest; so it is densest near self.
type locationCache struct {
	self    ID
	limit   int // 0: remembers nothing
	entries []cacheEntry
	heads   []uint64 // the first digits of the entries' positions, to search fast
}

type cacheEntry struct {
	Contact
	heard Time
	rtt   RoundTrip
}

// Heard notes that a member of the ring has served a request that the driver made
// elsewhere: lookups and guesses may go there.
func (n *Node) Heard(now Time, c Contact) {
	if !n.isLost(c) {
		n.cache.add(now, c)
	}
}

// find gives the place of a position, or where it would be.
func (c *locationCache) find(id ID) (int, bool) {
	i, ok := slices.BinarySearch(c.heads, id.head())
	for ok && i < len(c.heads) && c.heads[i] == id.head() {
		if order := c.entries[i].ID.Compare(id); order >= 0 {
			return i, order == 0
		}
		i++
	}
	return i, false
}

func (c *locationCache) interval(id ID) int { return c.self.Distance(id).BitLen() }

// add notes that a contact lives.
func (c *locationCache) add(now Time, k Contact) {
	i, ok := c.find(k.ID)
	if ok {
		c.entries[i].heard = now
		return
	}
	if c.limit == 0 || k.ID == c.self {
		return
	}
	if len(c.entries) >= c.limit {
		c.evict()
		i, _ = c.find(k.ID)
	}
	c.entries = slices.Insert(c.entries, i, cacheEntry{Contact: k, heard: now})
	c.heads = slices.Insert(c.heads, i, k.ID.head())
}

func (c *locationCache) evict() {
	var counts [Bits + 1]int // entries by the bit length of their distance
	crowded := 0
	for i := range c.entries {
		k := c.interval(c.entries[i].ID)
		counts[k]++
		if counts[k] > counts[crowded] || counts[k] == counts[crowded] && k > crowded {
			crowded = k
		}
	}
	victim := -1
	for i := range c.entries {
		if c.interval(c.entries[i].ID) == crowded && (victim < 0 || c.entries[i].heard < c.entries[victim].heard) {
			victim = i
		}
	}
	c.removeAt(victim)
}

func (c *locationCache) remove(k Contact) {
	if i, ok := c.find(k.ID); ok {
		c.removeAt(i)
	}
}

func (c *locationCache) removeAt(i int) {
	c.entries = slices.Delete(c.entries, i, i+1)
	c.heads = slices.Delete(c.heads, i, i+1)
}

func (c *locationCache) has(k Contact) bool {
	_, ok := c.find(k.ID)
	return ok
}

// observe notes a round trip to a contact.
func (c *locationCache) observe(k Contact, d time.Duration) {
	if i, ok := c.find(k.ID); ok {
		c.entries[i].rtt.Observe(d)
	}
}

// roundTrip is the estimate for a contact, if one was ever measured.
func (c *locationCache) roundTrip(k Contact) (RoundTrip, bool) {
	i, ok := c.find(k.ID)
	if !ok || c.entries[i].rtt == (RoundTrip{}) {
		return RoundTrip{}, false
	}
	return c.entries[i].rtt, true
}

// before lists up to max contacts that precede the target, nearest first, none
// of them at or before self.
func (c *locationCache) before(target ID, max int) []Contact {
	list := slices.Grow([]Contact(nil), min(max, len(c.entries)))
	i, _ := c.find(target)
	for range min(max, len(c.entries)) {
		i--
		if i < 0 {
			i = len(c.entries) - 1
		}
		if !Between(c.self, c.entries[i].ID, target) {
			break
		}
		list = append(list, c.entries[i].Contact)
	}
	return list
}

// after lists up to max contacts that follow a position, nearest first.
func (c *locationCache) after(id ID, max int) []Contact {
	list := slices.Grow([]Contact(nil), min(max, len(c.entries)))
	i, _ := c.find(id)
	for range min(max, len(c.entries)) {
		list = append(list, c.entries[i%len(c.entries)].Contact)
		i++
	}
	return list
}
