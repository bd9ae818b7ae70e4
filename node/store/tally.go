package store

import (
	"crypto/sha256"
	"encoding/binary"
	"math/bits"

	"peal/chord"
)

// A sum of fingerprints, modulo 2^128: it can be kept up to date as records come
// and go, in any order.
type sum struct{ hi, lo uint64 }

func (s sum) plus(t sum) sum {
	lo, carry := bits.Add64(s.lo, t.lo, 0)
	hi, _ := bits.Add64(s.hi, t.hi, carry)
	return sum{hi, lo}
}

func (s sum) minus(t sum) sum {
	lo, borrow := bits.Sub64(s.lo, t.lo, 0)
	hi, _ := bits.Sub64(s.hi, t.hi, borrow)
	return sum{hi, lo}
}

// fingerprint stands for one record: the position of its key, and the checksum
// of its encoding.
func fingerprint(pos chord.ID, crc uint32) sum {
	h := sha256.Sum256(binary.BigEndian.AppendUint32(pos[:], crc))
	return sum{binary.BigEndian.Uint64(h[:8]), binary.BigEndian.Uint64(h[8:16])}
}

// A tally counts the records of a database as they are written. It keeps the
// checksum of each, since what is overwritten has to be taken from the sum.
type tally struct {
	held map[string]uint32 // by key
	sum  sum
}

// A mark is what a tally knows of one key.
type mark struct {
	key  string
	pos  chord.ID // of the key
	crc  uint32
	held bool
}

func newTally() tally { return tally{held: map[string]uint32{}} }

// set takes in what is known of a key now, and gives what was known before.
func (t *tally) set(m mark) (before mark) {
	crc, held := t.held[m.key]
	if held {
		t.sum = t.sum.minus(fingerprint(m.pos, crc))
	}
	if m.held {
		t.sum = t.sum.plus(fingerprint(m.pos, m.crc))
		t.held[m.key] = m.crc
	} else {
		delete(t.held, m.key)
	}
	return mark{m.key, m.pos, crc, held}
}

// undo sets back what was known before some changes, the last one first.
func (t *tally) undo(before []mark) {
	for i := len(before) - 1; i >= 0; i-- {
		t.set(before[i])
	}
}

// note of what is held, after a commit of that number.
func (t *tally) note(commit uint64) note {
	return note{commit: commit, records: uint64(len(t.held)), sum: t.sum}
}
