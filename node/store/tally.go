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
	b := append(make([]byte, 0, len(pos)+4), pos[:]...)
	h := sha256.Sum256(binary.BigEndian.AppendUint32(b, crc))
	return sum{binary.BigEndian.Uint64(h[:8]), binary.BigEndian.Uint64(h[8:16])}
}

// A tally counts the records of a database as they are written. It keeps the
// checksum of each, since what is overwritten has to be taken from the sum.
type tally struct {
	held map[halfID]uint32
	sum  sum
}

// A halfID is the first half of a position: 128 bits, like a sum, tell keys apart. With the
// keys themselves a tally would be larger and slower.
type halfID [len(chord.ID{}) / 2]byte

// A mark is what a tally knows of one key.
type mark struct {
	pos  chord.ID // of the key
	crc  uint32
	held bool
}

func newTally() tally { return tally{held: map[halfID]uint32{}} }

// set takes in what is known of a key now, and gives what was known before.
func (t *tally) set(m mark) (before mark) {
	key := halfID(m.pos[:])
	crc, held := t.held[key]
	if held {
		t.sum = t.sum.minus(fingerprint(m.pos, crc))
	}
	if m.held {
		t.sum = t.sum.plus(fingerprint(m.pos, m.crc))
		t.held[key] = m.crc
	} else {
		delete(t.held, key)
	}
	return mark{m.pos, crc, held}
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
