package recording

import (
	"slices"
	"time"

	"peal/node"
)

// A Recording is a file in memory. It does not change.
type Recording struct {
	Header Header
	Cut    bool // the last line of the file was incomplete

	directory directory
	entries   []entry
	events    []node.Event
	order     []number // all contacts, clockwise
	frames    []frame
}

// entryKind says what an entry is.
type entryKind uint8

const (
	happened entryKind = iota // the next one of the events
	seen                      // a view of peer, or none any more
	judged                    // a state
)

// An entry is a line.
type entry struct {
	at    time.Duration
	kind  entryKind
	peer  number
	view  *view
	state *state
}

// A frame is the picture before an entry.
type frame struct {
	next, events int
	views        []*view
	state        *state
}

// framesEvery is the least number of entries between two frames. In a large ring
// there are as many as it has peers, so that all frames together need no more
// memory than the entries.
const framesEvery = 1024

// index makes the frames.
func (r *Recording) index() {
	for n := range r.directory.contacts[1:] {
		r.order = append(r.order, number(n+1))
	}
	slices.SortFunc(r.order, func(a, b number) int {
		return r.directory.contacts[a].ID.Compare(r.directory.contacts[b].ID)
	})
	c := newCursor(r)
	every := max(framesEvery, len(r.directory.contacts))
	for c.next < len(r.entries) {
		if c.next%every == 0 {
			r.frames = append(r.frames, c.copy())
		}
		c.advance()
	}
}

// Length is the time from the start to the last line.
func (r *Recording) Length() time.Duration {
	if len(r.entries) == 0 {
		return 0
	}
	return r.entries[len(r.entries)-1].at
}

// Events is the log, in order.
func (r *Recording) Events() []node.Event { return r.events }

// Peers is how many peers it has seen in all.
func (r *Recording) Peers() int {
	peers := make(map[number]bool)
	for i := range r.entries {
		if r.entries[i].view != nil {
			peers[r.entries[i].peer] = true
		}
	}
	return len(peers)
}

// A cursor is a place between two entries, and how all looked there.
type cursor struct {
	rec *Recording
	frame
}

func newCursor(r *Recording) *cursor {
	return &cursor{r, frame{views: make([]*view, len(r.directory.contacts))}}
}

// copy is where the cursor stands.
func (c *cursor) copy() frame {
	f := c.frame
	f.views = slices.Clone(f.views)
	return f
}

func (c *cursor) ended() bool { return c.next == len(c.rec.entries) }

// advance goes behind the next entry, and gives its event if it is one.
func (c *cursor) advance() *node.Event {
	e := &c.rec.entries[c.next]
	c.next++
	switch e.kind {
	case happened:
		c.events++
		return &c.rec.events[c.events-1]
	case seen:
		c.views[e.peer] = e.view
	case judged:
		c.state = e.state
	}
	return nil
}

// moveTo puts the cursor before an entry.
func (c *cursor) moveTo(next int) {
	i, exact := slices.BinarySearchFunc(c.rec.frames, next, func(f frame, next int) int { return f.next - next })
	if !exact {
		i--
	}
	if i >= 0 && (next < c.next || c.rec.frames[i].next > c.next) {
		from := &c.rec.frames[i]
		copy(c.views, from.views)
		c.next, c.events, c.state = from.next, from.events, from.state
	}
	for c.next < next {
		c.advance()
	}
}

// behind is the place behind the last entry of a time.
func (r *Recording) behind(at time.Duration) int {
	i, _ := slices.BinarySearchFunc(r.entries, at, func(e entry, at time.Duration) int {
		if e.at <= at {
			return -1
		}
		return +1
	})
	return i
}

// ring is how all looks where the cursor stands.
func (c *cursor) ring() node.Ring {
	r := c.rec
	infos := []node.Info{}
	for _, n := range r.order {
		if v := c.views[n]; v != nil {
			infos = append(infos, v.info(n, &r.directory, &r.Header))
		}
	}
	s := c.state
	if s != nil && s.WellFormed {
		return node.Ring{Name: r.Header.Ring, Peers: infos, WellFormed: true, Replicated: s.Replicated}
	}
	ring := node.NewRing(r.Header.Ring, infos)
	if s != nil { // the file says that something is wrong, and the views what
		ring.WellFormed, ring.Problem, ring.Replicated = false, s.Problem, s.Replicated
	}
	return ring
}
