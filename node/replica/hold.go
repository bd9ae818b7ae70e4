package replica

import (
	"maps"
	"slices"

	"peal/chord"
)

// store merges a record into what we hold, and gives the winner's item.
func (r *Replica) store(rec Record) Item {
	held, ok := r.index.Get(rec.Key)
	if ok && held.Version.Compare(rec.Version) >= 0 {
		return held
	}
	if lost, ok := r.damaged[rec.Key]; ok && lost.Version.Compare(rec.Version) <= 0 {
		delete(r.damaged, rec.Key)
	}
	r.clock.Observe(rec.Version)
	r.keep(rec)
	return rec.Item()
}

// keep takes a record into the index and, with the next Ready, into the store.
func (r *Replica) keep(rec Record) {
	held, ok := r.index.Get(rec.Key)
	r.hold(rec.Item())
	r.write(rec, held, ok)
}

// load reads a record back.
func (r *Replica) load(key string) (Record, bool) {
	if _, ok := r.index.Get(key); !ok {
		return Record{}, false
	}
	if rec, ok := r.written(key); ok {
		return rec, true
	}
	rec, ok, err := r.cfg.Reader.Get(key)
	if err != nil || !ok {
		r.missing(key)
		return Record{}, false
	}
	return rec, true
}

// missing takes note that the store cannot give back a record: the next round, at
// once, fetches it from the other replicas.
func (r *Replica) missing(key string) {
	it, ok := r.index.Get(key)
	r.lose(key, it, ok)
	if r.round.at != Never {
		r.round.at = 0
	}
}

// lose gives up a record that the store cannot give back, and its item, as far as it
// is known. Until a round has fetched it from the other replicas we are not complete.
// One that is going on may have passed its arc already, and does not count.
func (r *Replica) lose(key string, it Item, known bool) {
	r.emit(Event{Kind: ReadFailed})
	if known {
		r.damaged[key] = it
	}
	r.index.Remove(key)
	r.forgetCoverage()
	r.fails("the store could not give back a record")
	r.round.refused, r.round.settled = true, false
}

// drop gives up what we hold on an arc.
func (r *Replica) drop(arc chord.Arc) {
	items := r.index.Items(arc, r.index.Len())
	for _, it := range items {
		r.discard(it)
	}
	r.place.dropped()
	r.emit(Event{Kind: HandedOff, Count: len(items)})
}

// discard gives up one record.
func (r *Replica) discard(it Item) {
	r.index.Remove(it.Key)
	r.forgetTimes(it.Key)
	delete(r.damaged, it.Key)
	r.ready.Drops = append(r.ready.Drops, it)
}

// dropOnlyAbsent spares what came back after it was dropped.
func (r *Replica) dropOnlyAbsent() {
	r.ready.Drops = slices.DeleteFunc(r.ready.Drops, func(it Item) bool {
		_, held := r.index.Get(it.Key)
		return held
	})
}

func (r *Replica) isSelf(c chord.Contact) bool { return c.Peer == r.cfg.Self.Peer }

// reload holds what the store has. What it had before, and has no more, is lost.
func (r *Replica) reload(key string) {
	before, had := r.before[key]
	delete(r.before, key)
	r.index.Remove(key)
	rec, ok, err := r.cfg.Reader.Get(key)
	switch {
	case err != nil || had && (!ok || rec.Version.Compare(before.Version) < 0):
		r.lose(key, before, had)
	case ok:
		r.hold(rec.Item())
	}
}

// forgetCoverage makes us incomplete, whatever we had. Where we were complete others go on
// knowing us as a replica.
func (r *Replica) forgetCoverage() {
	r.place.keepHeard()
	r.place.coverage, r.durable[0].coverage, r.durable[1].coverage = coverage{}, coverage{}, coverage{}
}

// beNew makes us a newcomer, of whom nobody has heard.
func (r *Replica) beNew() {
	r.forgetCoverage()
	r.place.greeted, r.round.newsRounds = map[greeting]reply{}, 0
}

// forgetDamaged gives up what is unreadable on an arc. That we lack it is no sign that it
// was deleted.
func (r *Replica) forgetDamaged(now chord.Time, arc chord.Arc) {
	maps.DeleteFunc(r.damaged, func(key string, it Item) bool {
		here := arc.Contains(chord.KeyID([]byte(key)))
		if here && !r.forgotten(now, it) {
			r.presence.Since = millis(now)
		}
		return here
	})
}
