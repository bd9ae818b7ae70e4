package replica

import "peal/chord"

// An Item is a record without its value.
type Item struct {
	Key     string  `cbor:"1,keyasint"`
	Version Version `cbor:"2,keyasint"`
	Size    int     `cbor:"3,keyasint,omitempty"` // bytes of the value
	Deleted bool    `cbor:"4,keyasint,omitempty"`
	Expires uint64  `cbor:"5,keyasint,omitempty"` // milliseconds since 1970; 0: never
	Total   uint64  `cbor:"6,keyasint,omitempty"` // bytes of the larger value that a manifest is of
}

// Item is what there is of a record without its value.
func (r *Record) Item() Item {
	return Item{Key: r.Key, Version: r.Version, Size: len(r.Value), Deleted: r.Deleted, Expires: r.Expires, Total: r.Total}
}

// An Index holds the items of all records of a peer, ordered by position. It is
// a treap whose nodes sum up their subtrees, so that the count and fingerprint
// of any arc take O(log n). The zero Index is empty.
type Index struct {
	root    *entry
	writers map[chord.PeerID]*rest // what the items of each share
}

// A Summary stands for a set of items.
type Summary struct {
	Count uint32      // items
	Live  uint32      // those that are no tombstones, and not internal
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

// own is the summary of the entry alone.
func (e *entry) own() Summary { return e.total.minus(e.left.summary()).minus(e.right.summary()) }

// link gives the entry other subtrees. Its own summary is taken before they change.
func (e *entry) link(own Summary, left, right *entry) {
	e.left, e.right = left, right
	e.total = own.plus(left.summary()).plus(right.summary())
}

// summary of a subtree, empty for none.
func (e *entry) summary() Summary {
	if e == nil {
		return Summary{}
	}
	return e.total
}

// Len is the number of items.
func (x *Index) Len() int { return int(x.root.summary().Count) }

// Get finds the item of a key.
func (x *Index) Get(key string) (Item, bool) {
	if e := x.find(key, chord.KeyID([]byte(key))); e != nil {
		return e.item(), true
	}
	return Item{}, false
}

// find gives the entry of a key, which has a position; nil if there is none.
func (x *Index) find(key string, pos chord.ID) *entry {
	e := x.root
	for e != nil && (e.head != head(pos) || e.key != key) {
		e = *e.towards(pos)
	}
	return e
}

// towards is the subtree in which another position belongs.
func (e *entry) towards(pos chord.ID) **entry {
	if e.compare(pos) > 0 {
		return &e.left
	}
	return &e.right
}

// Set adds an item, or replaces the one of the same key.
func (x *Index) Set(it Item) { x.set(it, chord.KeyID([]byte(it.Key))) }

func (x *Index) set(it Item, pos chord.ID) {
	x.remove(it.Key, pos)
	e := x.pack(it, pos)
	own, at := e.total, &x.root
	for *at != nil && (*at).priority() > e.priority() {
		(*at).total = (*at).total.plus(own)
		at = (*at).towards(pos)
	}
	low, high := split(*at, pos)
	e.link(own, low, high)
	*at = e
}

// Remove takes out the item of a key.
func (x *Index) Remove(key string) { x.remove(key, chord.KeyID([]byte(key))) }

func (x *Index) remove(key string, pos chord.ID) {
	e := x.find(key, pos)
	if e == nil {
		return
	}
	own, at := e.own(), &x.root
	for *at != e {
		(*at).total = (*at).total.minus(own)
		at = (*at).towards(pos)
	}
	*at = join(e.left, e.right)
}

// split divides a subtree into positions up to pos and those behind it.
func split(e *entry, pos chord.ID) (low, high *entry) {
	if e == nil {
		return nil, nil
	}
	own := e.own()
	if e.compare(pos) <= 0 {
		low, high = split(e.right, pos)
		e.link(own, e.left, low)
		return e, high
	}
	low, high = split(e.left, pos)
	e.link(own, high, e.right)
	return low, e
}

// join puts two subtrees together; all of a lies before all of b.
func join(a, b *entry) *entry {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	case a.priority() > b.priority():
		a.link(a.own(), a.left, join(a.right, b))
		return a
	}
	b.link(b.own(), join(a, b.left), b.right)
	return b
}

// upTo sums up the positions from zero to pos.
func (x *Index) upTo(pos chord.ID) Summary {
	var s Summary
	for e := x.root; e != nil; {
		if e.compare(pos) > 0 {
			e = e.left
			continue
		}
		s = s.plus(e.total).minus(e.right.summary())
		e = e.right
	}
	return s
}

// at is the entry of an index that has some with i smaller ones before it, counted around
// the circle.
func (x *Index) at(i int) *entry {
	i %= x.Len()
	for e := x.root; ; {
		before := int(e.left.summary().Count)
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

// span gives how many items lie before an arc, and on it.
func (x *Index) span(arc chord.Arc) (start, count int) {
	return int(x.upTo(arc.From).Count), int(x.Summary(arc).Count)
}

// Items lists up to limit items of an arc in the order of a clockwise walk.
func (x *Index) Items(arc chord.Arc, limit int) []Item {
	start, count := x.span(arc)
	items := make([]Item, 0, min(count, limit))
	for i := range min(count, limit) {
		items = append(items, x.at(start+i).item())
	}
	return items
}

// Split divides an arc into parts, at most, that hold about equally many items.
func (x *Index) Split(arc chord.Arc, parts int) []chord.Arc {
	start, count := x.span(arc)
	var arcs []chord.Arc
	from := arc.From
	for k := 1; k < parts; k++ {
		i := count * k / parts
		if i == 0 {
			continue
		}
		if to := separator(x.at(start+i-1).pos(), x.at(start+i).pos()); to != from && to != arc.To {
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
