package store

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Schema is the version of what a store writes. It grows when an older Peal
// could not read it any more.
const Schema = 1

// ErrNewer: the schema is one that this Peal does not know.
var ErrNewer = errors.New("written by a newer Peal: update this one, or name another directory")

// A note says what a database holds after a commit. It is part of each commit's
// batch, so that it is written with it or not at all.
type note struct {
	commit  uint64 // the number of the commit; 0 before the first
	records uint64
	sum     sum // of the fingerprints of all records
}

const noteLen = 4 + 4 + 8 + 8 + 16

// encode gives the note sealed, the schema first. Every later schema must keep
// that much, so that an older Peal knows what it has before it.
func (n note) encode() []byte {
	b := make([]byte, 0, noteLen)
	b = binary.BigEndian.AppendUint32(b, Schema)
	b = binary.BigEndian.AppendUint64(b, n.commit)
	b = binary.BigEndian.AppendUint64(b, n.records)
	b = binary.BigEndian.AppendUint64(b, n.sum.hi)
	b = binary.BigEndian.AppendUint64(b, n.sum.lo)
	return seal(b)
}

func decodeNote(b []byte) (note, error) {
	body, err := unseal(b)
	if err != nil {
		return note{}, err
	}
	if len(body) >= 4 && binary.BigEndian.Uint32(body) > Schema {
		return note{}, fmt.Errorf("%w (schema %d, this one knows %d)", ErrNewer, binary.BigEndian.Uint32(body), Schema)
	}
	if len(b) != noteLen || binary.BigEndian.Uint32(body) != Schema {
		return note{}, ErrDamaged
	}
	u64 := func(at int) uint64 { return binary.BigEndian.Uint64(body[at:]) }
	return note{commit: u64(4), records: u64(12), sum: sum{u64(20), u64(28)}}, nil
}
