package replica

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"peal/chord"
)

// Limits of a record, in bytes.
const (
	MaxKeyLen   = 1 << 10
	MaxValueLen = 1 << 20
)

// MaxTTL bounds how long a record with an expiry lives from the moment it is stamped.
const MaxTTL = 100 * 365 * 24 * time.Hour

// A Stamp is a hybrid logical time and who took it. It is unique as long as no peer
// stamps twice with the same time, which [Clock] sees to. The zero Stamp is older than
// any other.
type Stamp struct {
	Wall   uint64       `cbor:"1,keyasint"`           // milliseconds since 1970
	Count  uint32       `cbor:"2,keyasint,omitempty"` // tells apart stamps of one millisecond
	Writer chord.PeerID `cbor:"3,keyasint"`
}

// Compare orders stamps: -1, 0 or +1.
func (s Stamp) Compare(t Stamp) int {
	return cmp.Or(cmp.Compare(s.Wall, t.Wall), cmp.Compare(s.Count, t.Count), cmp.Compare(s.Writer, t.Writer))
}

// A Version orders the writes of a key: by the stamp of what was written, and then by
// that of the last touch, which is later but keeps the value. So a touch never wins
// over a write that it did not know of. The zero Version is older than any other.
type Version struct {
	Stamp
	Touched Stamp `cbor:"4,keyasint,omitzero"`
}

// Compare orders versions: -1, 0 or +1.
func (v Version) Compare(w Version) int {
	return cmp.Or(v.Stamp.Compare(w.Stamp), v.Touched.Compare(w.Touched))
}

// String shows wall time, count and the end of the writer's peer ID of what was
// written; a touch does not change it.
func (v Version) String() string {
	writer := v.Writer.String()
	return fmt.Sprintf("%d.%d-%s", v.Wall, v.Count, writer[max(0, len(writer)-6):])
}

// MarshalText is String.
func (v Version) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// A Record is one version of one key. A deleted record is a tombstone: it has
// no value, and wins over every older version. One that has expired is as good as
// deleted. One with a Total is a manifest: its value says where the parts of a
// larger value are. Nothing here depends on what it says.
type Record struct {
	Key     string  `cbor:"1,keyasint"`
	Value   []byte  `cbor:"2,keyasint,omitempty"`
	Version Version `cbor:"3,keyasint"`
	Deleted bool    `cbor:"4,keyasint,omitempty"`
	Expires uint64  `cbor:"5,keyasint,omitempty"` // milliseconds since 1970; 0: never
	Total   uint64  `cbor:"6,keyasint,omitempty"` // bytes of the larger value; 0: this is no manifest
}

// InternalPrefix begins the keys of records that are part of something else, such
// as the parts of a larger value. They are stored like others, but neither listed,
// unless asked for by this prefix, nor counted as live keys.
const InternalPrefix = "\x00peal/"

// Internal reports whether a key begins with [InternalPrefix].
func Internal(key string) bool { return strings.HasPrefix(key, InternalPrefix) }

// Merge keeps the record with the higher version. It is commutative,
// associative and idempotent, so records may arrive in any order and repeatedly.
func Merge(a, b Record) Record {
	if a.Version.Compare(b.Version) >= 0 {
		return a
	}
	return b
}

// Valid says what is wrong with a record's sizes or its expiry, nil if nothing is.
func (r Record) Valid() error {
	stamped := max(r.Version.Wall, r.Version.Touched.Wall)
	switch {
	case r.Key == "":
		return fmt.Errorf("the key is empty: give a key of 1 to %d bytes", MaxKeyLen)
	case len(r.Key) > MaxKeyLen:
		return fmt.Errorf("the key has %d bytes: at most %d are allowed", len(r.Key), MaxKeyLen)
	case len(r.Value) > MaxValueLen:
		return fmt.Errorf("the value has %d bytes: at most %d are allowed", len(r.Value), MaxValueLen)
	case r.Expires > stamped && r.Expires-stamped > uint64(MaxTTL.Milliseconds()):
		return fmt.Errorf("the record expires later than %v after it was written", MaxTTL)
	}
	return nil
}
