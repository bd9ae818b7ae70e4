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
	counts  [Bits + 1]uint16 // entries by the bit length of their distance
}

type cacheEntry struct {
	Contact
	heard Time
	rtt   roundTrip
}

func (c *locationCache) find(id ID) (int, bool) {
	return slices.BinarySearchFunc(c.entries, id, func(e cacheEntry, id ID) int { return e.ID.Compare(id) })
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
	c.counts[c.interval(k.ID)]++
}

func (c *locationCache) evict() {
	crowded := 0
	for k, count := range c.counts {
		if count >= c.counts[crowded] {
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
	c.counts[c.interval(c.entries[i].ID)]--
	c.entries = slices.Delete(c.entries, i, i+1)
}

func (c *locationCache) has(k Contact) bool {
	_, ok := c.find(k.ID)
	return ok
}

// observe notes a round trip to a contact.
func (c *locationCache) observe(k Contact, d time.Duration) {
	if i, ok := c.find(k.ID); ok {
		c.entries[i].rtt.observe(d)
	}
}

// roundTrip is the estimate for a contact, if one was ever measured.
func (c *locationCache) roundTrip(k Contact) (roundTrip, bool) {
	i, ok := c.find(k.ID)
	if !ok || c.entries[i].rtt == (roundTrip{}) {
		return roundTrip{}, false
	}
	return c.entries[i].rtt, true
}

// before lists up to max contacts that precede the target, nearest first, none
// of them at or before self.
func (c *locationCache) before(target ID, max int) []Contact {
	var list []Contact
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
	var list []Contact
	i, _ := c.find(id)
	for range min(max, len(c.entries)) {
		list = append(list, c.entries[i%len(c.entries)].Contact)
		i++
	}
	return list
}
