package replica

import (
	"time"

	"peal/chord"
)

// A Change is what a Put does to a key.
type Change struct {
	Key     string
	Value   []byte
	Total   uint64 // set where Value, or what a Touch keeps, is a manifest; see [Record]
	Deleted bool   // a tombstone is written
	Touch   bool   // the value that is there is kept, and only its expiry written

	// TTL is how long the record lives; 0: for ever.
	TTL time.Duration

	// W is how many replicas must have stored it; 0: as many as the ring's
	// default says. It is cut to the number of replicas that there are.
	W int

	// If must hold of what R replicas know, or nothing is written. Another
	// writer may still come in between: it is no compare-and-swap.
	If Condition
}

// A Condition of a Change. The zero Condition always holds.
type Condition struct {
	Absent  bool   // there is no such key
	Version string // the key has this version, as [Version.String] shows it
}

func (c Condition) empty() bool { return c == Condition{} }

// once reports whether the change must not be stamped anew where a replica holds
// something newer. Who wrote that may have thrown away what a manifest names.
func (c Change) once() bool { return !c.If.empty() || c.Total != 0 }

// holds judges what the replicas have: it, if there is a live record.
func (c Condition) holds(it Item, found bool) bool {
	switch {
	case c.Absent:
		return !found
	case c.Version != "":
		return found && it.Version.String() == c.Version
	}
	return true
}

// gone reports whether the item is a tombstone, or has expired.
func (it Item) gone(now chord.Time) bool { return it.Deleted || expired(it.Expires, now) }

func (r Record) gone(now chord.Time) bool { return r.Deleted || expired(r.Expires, now) }

func expired(at uint64, now chord.Time) bool { return at != 0 && millis(now) >= at }

// expiry of a change that is stamped now.
func (c Change) expiry(now chord.Time) uint64 {
	if c.TTL == 0 {
		return 0
	}
	return millis(now.Add(c.TTL))
}
