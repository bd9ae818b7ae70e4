package chord

import (
	"slices"
	"time"
)

// A fingerTable holds, for every k, one of the contacts from self + 2^k to before
// self + 2^(k+1): the first, which gives exactly the distinct entries of the paper's
// table (section IV.D), about log2 N of them; or the one with the shortest round trip
// that was measured, so that hops are short where many contacts would do (Dabek et
// al., "Designing a DHT for low latency and high throughput", NSDI 2004).
type fingerTable struct {
	self      ID
	near      bool            // the shortest round trip counts
	contacts  []Contact       // by distance from self
	intervals []uint16        // k + 1 of each
	trips     []time.Duration // 0: not measured
}

func (t *fingerTable) interval(c Contact) uint16 { return uint16(t.self.Distance(c.ID).BitLen()) }

// find gives the place of the contact in interval k, or where it would be.
func (t *fingerTable) find(k uint16) (int, bool) { return slices.BinarySearch(t.intervals, k) }

// add takes in a contact, if it is the first of its interval, or the only one, and
// reports whether that changed anything. It may be hearsay: a finger that is silent
// costs a lookup one timeout.
func (t *fingerTable) add(c Contact) (news bool) {
	k := t.interval(c)
	i, taken := t.find(k)
	switch {
	case c.ID == t.self:
		return false
	case !taken:
		t.contacts = slices.Insert(t.contacts, i, c)
		t.intervals = slices.Insert(t.intervals, i, k)
		t.trips = slices.Insert(t.trips, i, 0)
		return true
	case !t.near && Between(t.self, c.ID, t.contacts[i].ID):
		t.contacts[i] = c
		return true
	}
	return false
}

// measured takes in a round trip, and the contact with it if it is clearly nearer
// than the one that is there.
func (t *fingerTable) measured(c Contact, trip time.Duration) {
	i, ok := t.find(t.interval(c))
	if !t.near || !ok {
		return
	}
	if now := t.trips[i]; t.contacts[i] == c || now == 0 || trip < now-now/8 {
		t.contacts[i], t.trips[i] = c, trip
	}
}

func (t *fingerTable) remove(c Contact) {
	if i, ok := t.find(t.interval(c)); ok && t.contacts[i] == c {
		t.removeAt(i)
	}
}

func (t *fingerTable) removeAt(i int) {
	t.contacts = slices.Delete(t.contacts, i, i+1)
	t.intervals = slices.Delete(t.intervals, i, i+1)
	t.trips = slices.Delete(t.trips, i, i+1)
}

// of is the contact in the interval that begins at self + 2^bit, or nobody.
func (t *fingerTable) of(bit int) Contact {
	if i, ok := t.find(uint16(bit + 1)); ok {
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
	n.startLookup(now, fingerLookup, n.fingerTarget(), nil)
}

// fingerTarget is where the interval of the finger begins. Where it has a contact
// already, and any would do, it is one of 16 points in there.
func (n *Node) fingerTarget() ID {
	target := n.cfg.Self.ID.AddPowerOfTwo(n.fingerBit)
	if !n.fingers.near || n.fingers.of(n.fingerBit).IsZero() {
		return target
	}
	for bit := n.fingerBit - 1; bit >= max(0, n.fingerBit-4); bit-- {
		if n.rand.IntN(2) == 0 {
			target = target.AddPowerOfTwo(bit)
		}
	}
	return target
}

// fingerFound ends the lookup of a finger. One that the lookup passed is gone, or
// in a part of the ring that we are cut off from: it is asked whether it lives, so
// that it is not just forgotten. The first round goes without pauses.
func (n *Node) fingerFound(now Time, target ID, owners []Contact) {
	if len(owners) == 0 {
		return
	}
	owner := owners[0]
	if old := n.fingers.of(n.fingerBit); !old.IsZero() && Between(target, old.ID, owner.ID) {
		n.query(now, old)
		n.fingers.remove(old)
	}
	if n.fingers.add(owner) {
		n.refreshes.pause = n.refreshes.least
	}
	n.sample(now, owners)
	if !n.fingersFilled {
		n.fingerAt = now
	}
}

// sample measures the round trips to some contacts of the finger's interval, unless
// they are known, and again to the finger that there is.
func (n *Node) sample(now Time, owners []Contact) {
	finger := n.fingers.of(n.fingerBit)
	if !n.fingers.near || !n.fingersFilled || finger.IsZero() {
		return
	}
	n.query(now, finger)
	for _, c := range owners[:min(len(owners), n.cfg.FingerSamples)] {
		if n.fingers.interval(c) != n.fingers.interval(finger) || n.isLost(c) {
			continue
		}
		if trip, ok := n.cache.roundTrip(c); ok {
			n.fingers.measured(c, trip.Mean)
		} else {
			n.measure(now, c, 2)
		}
	}
}

// measure asks a contact so many times. Twice, since before the first answer there may
// be a connection to be made, which takes its time.
func (n *Node) measure(now Time, c Contact, times uint8) {
	if times > 0 {
		n.queryAgain(now, call{to: c, try: 1, measures: times, asAFavor: true})
	}
}
