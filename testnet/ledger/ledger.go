// Package ledger judges what a ring answers to a client that remembers what it was
// told. A client that is the only one to change a key, one operation after the other,
// notes in a [Key] how each ended, and then knows what a read may find there, whatever
// peers have died or were cut off meanwhile: that is the promise that nothing
// acknowledged is lost.
//
// It takes the clocks of all peers for equal, as they are on one machine: a write
// that begins after another has ended gets the higher version. Only where both fall into
// one millisecond, on two sides of a cut, nothing tells their order, and either may win.
package ledger

import (
	"fmt"
	"slices"
	"strings"
)

// A Key is what its only client did to it, and how that ended. Where a value is
// asked for, "" stands for no key at all, and so no value that is written may be
// empty. Versions are in the form of replica.Version.String.
type Key struct {
	version, value string   // of the newest acknowledged write
	rivals         []string // values acknowledged before it, within the same millisecond, in no older version
	ever           []string // all values that were ever asked to be written
	maybe          []string // what writes of unknown fate may have left, now or later
}

// Begin notes that a value is about to be written.
func (k *Key) Begin(value string) { k.ever = append(k.ever, value) }

// Acknowledged notes that a write has left the value in that version.
func (k *Key) Acknowledged(version, value string) {
	switch {
	case timeOf(version).wall != timeOf(k.version).wall:
		k.rivals = nil
	case !older(k.version, version):
		k.rivals = append(k.rivals, k.value)
	}
	k.version, k.value = version, value
}

// Unknown notes that a write may have left the value, or still will: a peer that
// stood still goes on with it.
func (k *Key) Unknown(value string) { k.maybe = append(k.maybe, value) }

// Value is that of the newest acknowledged write.
func (k *Key) Value() string { return k.value }

// Lost says what is wrong with what a read found on a ring that is whole: "" if
// that is the newest acknowledged write, or a newer one of unknown fate.
func (k *Key) Lost(version, value string) string {
	switch {
	case value == "" && (k.value == "" || k.mayHold("")):
		return ""
	case value == "":
		return "is gone, it should have version " + k.version
	case older(version, k.version):
		return fmt.Sprintf("has version %s, which is older than %s", version, k.version)
	case value != k.value && !k.mayHold(value):
		return fmt.Sprintf("has in version %s a value that version %s replaced", version, k.version)
	case version != k.version && len(k.maybe)+len(k.rivals) == 0:
		return fmt.Sprintf("has version %s, which nobody wrote", version)
	}
	return ""
}

// mayHold reports whether the key may have a value other than the newest acknowledged.
func (k *Key) mayHold(value string) bool {
	return slices.Contains(k.maybe, value) || slices.Contains(k.rivals, value)
}

// Foreign reports whether a read found what was never written there. Anything else
// it may find while the ring changes.
func (k *Key) Foreign(value string) bool { return value != "" && !slices.Contains(k.ever, value) }

// older reports whether version a is from an earlier time than b.
func older(a, b string) bool {
	x, y := timeOf(a), timeOf(b)
	return x.wall < y.wall || x.wall == y.wall && x.count < y.count
}

// A moment is the time in a version.
type moment struct{ wall, count int64 }

func timeOf(version string) (m moment) {
	_, _ = fmt.Sscanf(strings.Split(version, "-")[0], "%d.%d", &m.wall, &m.count) // no version is of no time
	return m
}
