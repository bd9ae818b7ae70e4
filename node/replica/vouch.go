package replica

import (
	"slices"

	"peal/chord"
)

// A cell is a stretch of the arc, and who was asked to vouch for it.
type cell struct {
	arc       chord.Arc
	witnesses []witness // the nearest behind the arc first
}

// A witness is a source for a cell, or may be one: it did not say, or not all went well
// with it.
type witness struct {
	id     chord.ID
	source bool
	since  uint64 // of its Presence
}

// vouch takes note of a source for each cell that a share covered, and of who may be one.
func (r *Replica) vouch(s share, end ending) {
	rd, source := &r.round, false
	rd.walk.idle++
	for i := range rd.cells {
		c := &rd.cells[i]
		if !covers(s.arc, c.arc) {
			continue
		}
		claims := end.source != nil && covers(*end.source, c.arc)
		w := witness{id: s.with.ID, source: end.ok && !end.early && claims, since: end.since}
		if w.source {
			source, rd.walk.idle = true, 0
		}
		if claims || !end.heard {
			c.hear(w)
		}
	}
	if s.way == onlyTake {
		rd.walk.passed(&r.place, s.with.ID, end, source)
	}
}

// gaveAway reports whether a source was one no more when it was asked for what it has. It
// may have handed that to somebody who had nothing when he was asked.
func (r *Replica) gaveAway(s share, end ending) bool {
	return end.ok && s.source != nil && slices.ContainsFunc(r.round.cells, func(c cell) bool {
		return covers(s.arc, c.arc) && covers(*s.source, c.arc) && (end.source == nil || !covers(*end.source, c.arc))
	})
}

func (c *cell) hear(w witness) {
	behind := func(w witness) chord.ID { return c.arc.To.Distance(w.id) }
	at, again := slices.BinarySearchFunc(c.witnesses, w, func(a, b witness) int { return behind(a).Compare(behind(b)) })
	switch {
	case !again:
		c.witnesses = slices.Insert(c.witnesses, at, w)
	case w.source: // it was asked twice in this round
		c.witnesses[at] = w
	}
}

// sources are those among the n nearest that can have been its replicas all the time. Who
// is a source farther away may have been told by nobody what was written since others came
// in between, be they silent now.
func (c *cell) sources(n int) []witness {
	nearest := slices.Clone(c.witnesses[:min(n, len(c.witnesses))])
	return slices.DeleteFunc(nearest, func(w witness) bool { return !w.source })
}

// takeEarly takes what may be deleted from those who were away, where all have been asked and
// nobody vouches: then nobody knows of a delete, and what they have may be all there is.
func (r *Replica) takeEarly(now chord.Time) bool {
	rd := &r.round
	early := rd.early
	rd.early = nil
	if rd.unasked {
		return false
	}
	for _, c := range rd.cells {
		if len(c.sources(r.cfg.N)) > 0 || r.completeOn(c.arc) {
			continue
		}
		for _, s := range early {
			if covers(s.arc, c.arc) {
				rd.shares = append(rd.shares, share{with: s.with, arc: c.arc, way: takeAll})
			}
		}
	}
	if len(rd.shares) == 0 {
		return false
	}
	r.nextShare(now)
	return true
}

// maxBuried bounds what is remembered of what others hold.
const maxBuried = 1 << 20

// bury takes note of an item that is to be forgotten.
func (rd *round) bury(it Item) {
	if rd.buried == nil {
		rd.buried = map[string]Version{}
	}
	if old, ok := rd.buried[it.Key]; ok && old.Compare(it.Version) < 0 || !ok && len(rd.buried) < maxBuried {
		rd.buried[it.Key] = it.Version
	}
}

// buries reports whether an item is known to be no more.
func (rd *round) buries(it Item) bool {
	v, ok := rd.buried[it.Key]
	return ok && v.Compare(it.Version) >= 0
}

// enough is how many of those who were there for the writes it takes to meet one
// of any W that acknowledged.
func (r *Replica) enough() int { return r.cfg.N - r.cfg.W + 1 }

// vouched reports whether every cell was complete here before, or has been
// reconciled with enough who were there for its writes.
func (r *Replica) vouched(enough int) bool {
	for _, c := range r.round.cells {
		if len(c.sources(r.cfg.N)) < enough && !r.completeOn(c.arc) {
			return false
		}
	}
	return true
}

// searched reports whether nobody else can vouch: each cell has enough sources, or as many
// witnesses as count.
func (r *Replica) searched(enough int) bool {
	for _, c := range r.round.cells {
		if len(c.witnesses) < r.cfg.N && len(c.sources(r.cfg.N)) < enough && !r.completeOn(c.arc) {
			return false
		}
	}
	return true
}

// completeOn reports whether an arc was complete here before this round.
func (r *Replica) completeOn(arc chord.Arc) bool {
	return r.place.complete != nil && covers(*r.place.complete, arc)
}
