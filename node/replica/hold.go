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
	r.index.Set(rec.item())
	if i, ok := r.fresh[rec.Key]; ok {
		r.ready.Writes[i] = rec
	} else {
		r.fresh[rec.Key] = len(r.ready.Writes)
		r.ready.Writes = append(r.ready.Writes, rec)
	}
	return rec.item()
}

// load reads a record back.
func (r *Replica) load(key string) (Record, bool) {
	if i, ok := r.fresh[key]; ok {
		return r.ready.Writes[i], true
	}
	if _, ok := r.index.Get(key); !ok {
		return Record{}, false
	}
	rec, ok, err := r.cfg.Reader.Get(key)
	if err != nil || !ok {
		r.missing(key)
		return Record{}, false
	}
	return rec, true
}

// missing takes note that the store cannot give back a record: the next round,
// at once, fetches it from the other replicas, and until then we are not complete.
// A round that is going on may have passed its arc already, and does not count.
func (r *Replica) missing(key string) {
	r.emit(Event{Kind: ReadFailed})
	if it, ok := r.index.Get(key); ok {
		r.damaged[key] = it
	}
	r.index.Remove(key)
	r.forgetCompleteness()
	r.round.failed, r.round.refused, r.round.settled = true, true, false
	if r.round.at != Never {
		r.round.at = 0
	}
}

// drop gives up what we hold on an arc.
func (r *Replica) drop(arc chord.Arc) {
	items := r.index.Items(arc, r.index.Len())
	for _, it := range items {
		r.index.Remove(it.Key)
		delete(r.damaged, it.Key)
		r.ready.Drops = append(r.ready.Drops, it)
	}
	r.place.dropped()
	r.emit(Event{Kind: HandedOff, Count: len(items)})
}

// dropOnlyAbsent spares what came back after it was dropped.
func (r *Replica) dropOnlyAbsent() {
	r.ready.Drops = slices.DeleteFunc(r.ready.Drops, func(it Item) bool {
		_, held := r.index.Get(it.Key)
		return held
	})
}

// NotStored takes back the Writes and Drops of the last Ready, which the store
// refused; of its Messages the driver turns each Written into a refusal. We hold
// what the store still has, and are no more complete than before.
func (r *Replica) NotStored(now chord.Time, writes []Record, drops []Item) {
	for i := range writes {
		r.reload(writes[i].Key)
	}
	for i := range drops {
		r.reload(drops[i].Key)
	}
	for _, o := range r.ops {
		o.reportAt = Never
		o.outcome.Replicas = slices.DeleteFunc(o.outcome.Replicas, func(c chord.Contact) bool { return c.Peer == r.cfg.Self.Peer })
	}
	r.durable[0] = r.durable[1]
	r.place.coverage = r.durable[1]
	r.place.shrink()
	r.round.failed, r.round.refused, r.round.settled = true, true, false
	if r.round.at != Never {
		r.round.at = min(r.round.at, now.Add(retryPause))
	}
}

func (r *Replica) reload(key string) {
	r.index.Remove(key)
	rec, ok, err := r.cfg.Reader.Get(key)
	switch {
	case err != nil:
		r.forgetCompleteness()
	case ok:
		r.index.Set(rec.item())
	}
}

// forgetCoverage makes us a newcomer, whatever we had.
func (r *Replica) forgetCoverage() {
	r.place.coverage, r.durable = coverage{}, [2]coverage{}
}

// forgetCompleteness stops our answers from counting until the next round.
func (r *Replica) forgetCompleteness() {
	r.place.complete, r.durable[0].complete, r.durable[1].complete = nil, nil, nil
}

// forgetDamaged gives up what is unreadable on an arc.
func (r *Replica) forgetDamaged(arc chord.Arc) {
	maps.DeleteFunc(r.damaged, func(key string, _ Item) bool { return arc.Contains(chord.KeyID([]byte(key))) })
}
