package chord

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/bits"
)

// Bits is m of the paper: the number of bits in an identifier.
const Bits = 256

// An ID is a point of the identifier circle: a 256-bit number, big-endian,
// modulo 2^256.
type ID [Bits / 8]byte

// KeyID is the position of a key: its SHA-256.
func KeyID(key []byte) ID { return sha256.Sum256(key) }

// String gives the first 32 bits in hexadecimal, enough to tell peers apart
// by eye.
func (id ID) String() string { return hex.EncodeToString(id[:4]) }

// MarshalText gives all 64 hexadecimal digits.
func (id ID) MarshalText() ([]byte, error) {
	return hex.AppendEncode(nil, id[:]), nil
}

// UnmarshalText reads 64 hexadecimal digits.
func (id *ID) UnmarshalText(text []byte) error {
	if hex.DecodedLen(len(text)) != len(id) {
		return fmt.Errorf("position %q: want %d hexadecimal digits", text, 2*len(id))
	}
	_, err := hex.Decode(id[:], text)
	return err
}

// Compare orders IDs as numbers: -1, 0 or +1.
func (id ID) Compare(other ID) int {
	for i := 0; i < len(id); i += 8 {
		if a, b := binary.BigEndian.Uint64(id[i:]), binary.BigEndian.Uint64(other[i:]); a != b {
			return cmp.Compare(a, b)
		}
	}
	return 0
}

// head is the first 64 bits.
func (id ID) head() uint64 { return binary.BigEndian.Uint64(id[:]) }

// Distance is the length of the clockwise walk from id to other.
func (id ID) Distance(other ID) (d ID) {
	var borrow, v uint64
	for i := len(id) - 8; i >= 0; i -= 8 {
		v, borrow = bits.Sub64(binary.BigEndian.Uint64(other[i:]), binary.BigEndian.Uint64(id[i:]), borrow)
		binary.BigEndian.PutUint64(d[i:], v)
	}
	return d
}

// AddPowerOfTwo is id + 2^bit, the start of the finger interval number bit
// (section IV.D of the paper, which counts from 1).
func (id ID) AddPowerOfTwo(bit int) ID {
	sum := id
	carry := 1 << (bit % 8)
	for i := len(id) - 1 - bit/8; i >= 0 && carry > 0; i-- {
		carry += int(sum[i])
		sum[i] = byte(carry)
		carry >>= 8
	}
	return sum
}

// Next is id + 1.
func (id ID) Next() ID { return id.AddPowerOfTwo(0) }

// Prev is id - 1.
func (id ID) Prev() ID { return ID{}.Next().Distance(id) }

// BitLen is the number of bits needed for id as a number; 0 for zero.
func (id ID) BitLen() int {
	for i := 0; i < len(id); i += 8 {
		if v := binary.BigEndian.Uint64(id[i:]); v != 0 {
			return Bits - 8*i - 64 + bits.Len64(v)
		}
	}
	return 0
}

// Between reports whether x lies in the open interval (a, b), walking
// clockwise. With a == b the interval is the whole circle except a.
func Between(a, x, b ID) bool {
	switch a.Compare(b) {
	case -1:
		return a.Compare(x) < 0 && x.Compare(b) < 0
	case +1:
		return a.Compare(x) < 0 || x.Compare(b) < 0
	}
	return x != a
}
