package replica

import (
	"crypto/sha256"
	"encoding/binary"
	"math/bits"
)

// A Fingerprint stands for a set of items: the sum, modulo 2^128, of their
// hashes. Sets can be added and subtracted.
type Fingerprint struct {
	Hi uint64 `cbor:"1,keyasint,omitempty"`
	Lo uint64 `cbor:"2,keyasint,omitempty"`
}

func (f Fingerprint) plus(g Fingerprint) Fingerprint {
	lo, carry := bits.Add64(f.Lo, g.Lo, 0)
	hi, _ := bits.Add64(f.Hi, g.Hi, carry)
	return Fingerprint{hi, lo}
}

func (f Fingerprint) minus(g Fingerprint) Fingerprint {
	lo, borrow := bits.Sub64(f.Lo, g.Lo, 0)
	hi, _ := bits.Sub64(f.Hi, g.Hi, borrow)
	return Fingerprint{hi, lo}
}

// fingerprint of one item: its key and version. Equal versions of a key have
// equal contents.
func fingerprint(it Item) Fingerprint {
	b := make([]byte, 0, 256) // enough for most, and on the stack
	b = append(b, it.Version.Writer...)
	b = binary.BigEndian.AppendUint64(b, it.Version.Wall)
	b = binary.BigEndian.AppendUint32(b, it.Version.Count)
	if t := it.Version.Touched; t != (Stamp{}) {
		b = append(b, t.Writer...)
		b = binary.BigEndian.AppendUint64(b, t.Wall)
		b = binary.BigEndian.AppendUint32(b, t.Count)
	}
	b = append(b, it.Key...)
	sum := sha256.Sum256(b)
	return Fingerprint{binary.BigEndian.Uint64(sum[:8]), binary.BigEndian.Uint64(sum[8:16])}
}
