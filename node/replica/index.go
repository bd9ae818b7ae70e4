package replica

import (
	"encoding/binary"

	"peal/chord"
)

// An Item is a record without its value.
type Item struct {
	Key     string  `cbor:"1,keyasint"`
	Version Version `cbor:"2,keyasint"`
	Size    int     `cbor:"3,keyasint,omitempty"` // bytes of the value
	Deleted bool    `cbor:"4,keyasint,omitempty"`
	Expires uint64  `cbor:"5,keyasint,omitempty"` // milliseconds since 1970; 0: never
	Total   uint64  `cbor:"6,keyasint,omitempty"` // bytes of the larger value that a manifest is of
}

func (r *Record) item() Item {
	return Item{Key: r.Key, Version: r.Version, Size: len(r.Value), Deleted: r.Deleted, Expires: r.Expires, Total: r.Total}
}

// An Index holds the items of all records of a peer, ordered by position. It is
// a treap whose nodes sum up their subtrees, so that the count and fingerprint
// of any arc take O(log n). Positions are hashes, so their last bits serve as
// the treap's priorities. The zero Index is empty.
type Index struct{ root *entry }

type entry struct {
	pos         chord.ID
	item        Item
	own         Summary
	left, right *entry
	total       Summary // of the subtree
}

// A Summary stands for a set of items.
type Summary struct {
	Count int         // items
	Live  int         // those that are no tombstones, and not internal
	Bytes int64       // of their values
	Sum   Fingerprint // equal sets have equal sums, and different ones hardly ever
}

func (s Summary) plus(t Summary) Summary {
	return Summary{s.Count + t.Count, s.Live + t.Live, s.Bytes + t.Bytes, s.Sum.plus(t.Sum)}
}

func (s Summary) minus(t Summary) Summary {
	return Summary{s.Count - t.Count, s.Live - t.Live, s.Bytes - t.Bytes, s.Sum.minus(t.Sum)}
}

func summary(it Item) Summary {
	s := Summary{Count: 1, Bytes: int64(it.Size), Sum: fingerprint(it)}
	if !it.Deleted && !Internal(it.Key) {
		s.Live = 1
	}
	return s
}

func (e *entry) priority() uint64 { return binary.BigEndian.Uint64(e.pos[len(e.pos)-8:]) }

func (e *entry) update() {
	e.total = e.own.plus(e.left.summary()).plus(e.right.summary())
}

// summary of a subtree, empty for none.
func (e *entry) summary() Summary {
	if e == nil {
		return Summary{}
	}
	return e.total
}

// Len is the number of items.
func (x *Index) Len() int { return x.root.summary().Count }

// Get finds the item of a key.
func (x *Index) Get(key string) (Item, bool) {
	pos := chord.KeyID([]byte(key))
	for e := x.root; e != nil; {
		switch pos.Compare(e.pos) {
		case 0:
			return e.item, true
		case -1:
			e = e.left
		default:
			e = e.right
		}
	}
	return Item{}, false
}

// Set adds an item, or replaces the one of the same key.
func (x *Index) Set(it Item) {
	x.Remove(it.Key)
	e := &entry{pos: chord.KeyID([]byte(it.Key)), item: it, own: summary(it)}
	e.update()
	low, high := split(x.root, e.pos)
	x.root = join(join(low, e), high)
}

// Remove takes out the item of a key.
func (x *Index) Remove(key string) {
	x.root = remove(x.root, chord.KeyID([]byte(key)))
}

func remove(e *entry, pos chord.ID) *entry {
	if e == nil {
		return nil
	}
	switch pos.Compare(e.pos) {
	case 0:
		return join(e.left, e.right)
	case -1:
		e.left = remove(e.left, pos)
	default:
		e.right = remove(e.right, pos)
	}
	e.update()
	return e
}

// split divides a subtree into positions up to pos and those behind it.
func split(e *entry, pos chord.ID) (low, high *entry) {
	if e == nil {
		return nil, nil
	}
	if e.pos.Compare(pos) <= 0 {
		e.right, high = split(e.right, pos)
		low = e
	} else {
		low, e.left = split(e.left, pos)
		high = e
	}
	e.update()
	return low, high
}

// join puts two subtrees together; all of a lies before all of b.
func join(a, b *entry) *entry {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	case a.priority() > b.priority():
		a.right = join(a.right, b)
		a.update()
		return a
	}
	b.left = join(a, b.left)
	b.update()
	return b
}

// upTo sums up the positions from zero to pos.
func (x *Index) upTo(pos chord.ID) Summary {
	var s Summary
	for e := x.root; e != nil; {
		if e.pos.Compare(pos) > 0 {
			e = e.left
			continue
		}
		s = s.plus(e.own).plus(e.left.summary())
		e = e.right
	}
	return s
}

// at is the entry with i smaller ones before it.
func (x *Index) at(i int) *entry {
	for e := x.root; ; {
		before := e.left.summary().Count
		switch {
		case i == before:
			return e
		case i < before:
			e = e.left
		default:
			i -= before + 1
			e = e.right
		}
	}
}

// Summary sums up the items on an arc.
func (x *Index) Summary(arc chord.Arc) Summary {
	all := x.root.summary()
	switch {
	case arc.Whole():
		return all
	case arc.From.Compare(arc.To) < 0:
		return x.upTo(arc.To).minus(x.upTo(arc.From))
	}
	return all.minus(x.upTo(arc.From)).plus(x.upTo(arc.To))
}

// Items lists up to limit items of an arc in the order of a clockwise walk.
func (x *Index) Items(arc chord.Arc, limit int) []Item {
	count, start := x.Summary(arc).Count, x.upTo(arc.From).Count
	items := make([]Item, 0, min(count, limit))
	for i := range min(count, limit) {
		items = append(items, x.at((start+i)%x.Len()).item)
	}
	return items
}

// Split divides an arc into parts, at most, that hold about equally many items.
func (x *Index) Split(arc chord.Arc, parts int) []chord.Arc {
	count, start := x.Summary(arc).Count, x.upTo(arc.From).Count
	var arcs []chord.Arc
	from := arc.From
	for k := 1; k < parts; k++ {
		i := count * k / parts
		if i == 0 {
			continue
		}
		if to := separator(x.at((start+i-1)%x.Len()).pos, x.at((start+i)%x.Len()).pos); to != from && to != arc.To {
			arcs = append(arcs, chord.Arc{From: from, To: to})
			from = to
		}
	}
	return append(arcs, chord.Arc{From: from, To: arc.To})
}

// separator is a bound behind a and before b, short on the wire if it can be.
func separator(a, b chord.ID) chord.ID {
	if a.Compare(b) >= 0 {
		return a
	}
	differ := 0
	for a[differ] == b[differ] {
		differ++
	}
	short := b
	clear(short[differ+1:])
	if short == b {
		return a
	}
	return short
}
