package chord

import "slices"

// A fingerTable holds, for every k, the known contact that follows self + 2^k
// most closely and lies before self + 2^(k+1). These are exactly the distinct
// entries of the paper's table (section IV.D), about log2 N of them.
type fingerTable struct {
	self      ID
	contacts  []Contact // by distance from self
	intervals []uint16  // k + 1 of each
}

func (t *fingerTable) interval(c Contact) uint16 { return uint16(t.self.Distance(c.ID).BitLen()) }

// find gives the place of the contact in interval k, or where it would be.
func (t *fingerTable) find(k uint16) (int, bool) { return slices.BinarySearch(t.intervals, k) }

// add takes in a contact, if it is the closest of its interval, and reports whether
// that changed anything. It may be hearsay:
// a finger that is silent costs a lookup one timeout.
func (t *fingerTable) add(c Contact) (news bool) {
	k := t.interval(c)
	i, taken := t.find(k)
	switch {
	case c.ID == t.self:
		return false
	case !taken:
		t.contacts = slices.Insert(t.contacts, i, c)
		t.intervals = slices.Insert(t.intervals, i, k)
		return true
	case Between(t.self, c.ID, t.contacts[i].ID):
		t.contacts[i] = c
		return true
	}
	return false
}

func (t *fingerTable) remove(c Contact) {
	if i, ok := t.find(t.interval(c)); ok && t.contacts[i] == c {
		t.removeAt(i)
	}
}

func (t *fingerTable) removeAt(i int) {
	t.contacts = slices.Delete(t.contacts, i, i+1)
	t.intervals = slices.Delete(t.intervals, i, i+1)
}

// passed is the contact of the table that lies between self + 2^bit and c, or
// nobody.
func (t *fingerTable) passed(bit int, c Contact) Contact {
	if i, ok := t.find(uint16(bit + 1)); ok && Between(t.self, t.contacts[i].ID, c.ID) {
		return t.contacts[i]
	}
	return Contact{}
}

// fixFinger refreshes one finger by a lookup, round after round from the
// farthest to the nearest that is not simply our successor.
func (n *Node) fixFinger(now Time) {
	n.fingerAt = now.Add(n.refreshes.next())
	if len(n.succ) == 0 || n.looking(fingerLookup) {
		return
	}
	n.fingerBit--
	if n.fingerBit < n.cfg.Self.ID.Distance(n.succ[0].ID).BitLen() {
		n.fingerBit = Bits - 1
		n.fingersFilled = true
	}
	n.startLookup(now, fingerLookup, n.cfg.Self.ID.AddPowerOfTwo(n.fingerBit), nil)
}

// fingerFound ends the lookup of a finger. One that the lookup passed is gone, or
// in a part of the ring that we are cut off from: it is asked whether it lives, so
// that it is not just forgotten. The first round goes without pauses.
func (n *Node) fingerFound(now Time, owner Contact) {
	if owner.IsZero() {
		return
	}
	if old := n.fingers.passed(n.fingerBit, owner); !old.IsZero() {
		n.query(now, old)
		n.fingers.remove(old)
	}
	if n.fingers.add(owner) {
		n.refreshes.pause = n.refreshes.least
	}
	if !n.fingersFilled {
		n.fingerAt = now
	}
}
