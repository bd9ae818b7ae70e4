package backup

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"time"

	"peal/chord"
)

// A Record is a key and what there is to its value.
type Record struct {
	Key     string
	Version string
	Expires time.Time // zero: never
	Size    int64     // bytes of the value
}

// A state is how far a file was written or read: up to the end of a whole record.
type state struct {
	begun  time.Time
	sum    hash.Cloner // of all lines
	offset int64       // of what comes next
	keys   int
	bytes  int64
	last   *chord.ID // the position of the last key, nil before the first
}

// newSum begins a checksum of all lines.
func newSum() hash.Cloner { return sha256.New().(hash.Cloner) }

func cloned(sum hash.Cloner) hash.Cloner {
	c, err := sum.Clone()
	if err != nil {
		panic("SHA-256 cannot be cloned: " + err.Error()) // that of the standard library can
	}
	return c
}

func text(sum hash.Hash) string { return hex.EncodeToString(sum.Sum(nil)) }

func (s state) clone() state {
	s.sum = cloned(s.sum)
	return s
}

// took counts a line.
func (s *state) took(raw []byte) {
	s.sum.Write(raw)
	s.offset += int64(len(raw))
}

// follows reports whether a key is behind the last one.
func (s *state) follows(key string) bool {
	return s.last == nil || chord.KeyID([]byte(key)).Compare(*s.last) > 0
}

// holds counts a record.
func (s *state) holds(key string, size int64) {
	at := chord.KeyID([]byte(key))
	s.last, s.keys, s.bytes = &at, s.keys+1, s.bytes+size
}

// end is the last line of a file that ends here.
func (s *state) end() end {
	return end{Keys: s.keys, Bytes: s.bytes, Sum: text(s.sum)}
}

// Begun is when the backup began.
func (s *state) Begun() time.Time { return s.begun }

// Keys is how many whole records there are up to here.
func (s *state) Keys() int { return s.keys }

// Bytes is how many bytes their values have.
func (s *state) Bytes() int64 { return s.bytes }

// Offset is where the last of them ends in the file, 0 if not even the first line
// is whole.
func (s *state) Offset() int64 { return s.offset }

// Last is the position of the last of them, nil if there is none.
func (s *state) Last() *chord.ID { return s.last }
