package replica

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"math/bits"

	"peal/chord"
)

// An entry is a node of an [Index]'s treap. A peer may have millions, so it takes 96 bytes,
// and shares with others what it can.
type entry struct {
	head        uint64 // of the position: its first bits
	key         string
	wall        uint64
	count, size uint32
	rest        *rest
	left, right *entry
	total       Summary // of the subtree
}

// A rest is an item's writer, and what most items have none of.
type rest struct {
	writer         chord.PeerID
	touched        Stamp
	deleted        bool
	expires, total uint64
}

// pack makes an entry of an item at a position.
func (x *Index) pack(it Item, pos chord.ID) *entry {
	v := it.Version
	return &entry{
		head: head(pos), key: it.Key, wall: v.Wall, count: v.Count, size: uint32(it.Size),
		rest: x.rest(it), total: summary(it),
	}
}

func (e *entry) item() Item {
	r := e.rest
	return Item{
		Key: e.key, Version: Version{Stamp{e.wall, e.count, r.writer}, r.touched}, Size: int(e.size),
		Deleted: r.deleted, Expires: r.expires, Total: r.total,
	}
}

// rest gives the one that others share, if it can.
func (x *Index) rest(it Item) *rest {
	v := it.Version
	shared := x.writer(v.Writer)
	r := rest{shared.writer, v.Touched, it.Deleted, it.Expires, it.Total}
	if r == *shared {
		return shared
	}
	r.touched.Writer = x.writer(r.touched.Writer).writer
	return new(r)
}

// maxWriters bounds the writers that are remembered, which strangers may make up.
const maxWriters = 1 << 12

// writer gives the rest of those items of a writer that have nothing else in it.
func (x *Index) writer(id chord.PeerID) *rest {
	if known, ok := x.writers[id]; ok {
		return known
	}
	if x.writers == nil || len(x.writers) == maxWriters {
		x.writers = map[chord.PeerID]*rest{}
	}
	r := &rest{writer: id}
	x.writers[id] = r
	return r
}

// headLen is how many bytes the head of a position has.
const headLen = 8

func head(pos chord.ID) uint64 { return binary.BigEndian.Uint64(pos[:]) }

// compare orders an entry and a position: -1, 0 or +1. The rest of the entry's position
// is only wanted where the heads are the same.
func (e *entry) compare(pos chord.ID) int {
	if c := cmp.Compare(e.head, head(pos)); c != 0 {
		return c
	}
	own := e.pos()
	return bytes.Compare(own[headLen:], pos[headLen:])
}

func (e *entry) pos() chord.ID { return chord.KeyID([]byte(e.key)) }

// priority in the treap. Positions are hashes, so their last bits serve as well as any,
// and of those that are kept, the last ones have the least to do with the order.
func (e *entry) priority() uint64 { return bits.Reverse64(e.head) }
