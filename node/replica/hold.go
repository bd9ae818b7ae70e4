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
	return rec.item()
}

// keep takes a record into the index and, with the next Ready, into the store.
func (r *Replica) keep(rec Record) {
	held, ok := r.index.Get(rec.Key)
	r.hold(rec.item())
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
	r.forgetCompleteness()
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

// NotStored takes back the Writes and Drops of the last Ready, which the store refused,
// and gives what is left to be carried out of it. We hold what the store still has, and
// are no more complete than before.
func (r *Replica) NotStored(now chord.Time, failed Ready) Ready {
	clear(r.flying)
	for i := range failed.Writes {
		r.reload(failed.Writes[i].Key)
	}
	for i := range failed.Drops {
		r.reload(failed.Drops[i].Key)
	}
	for _, o := range r.ops {
		o.reportAt = Never
		o.outcome.Replicas = slices.DeleteFunc(o.outcome.Replicas, r.isSelf)
	}
	failed = r.unacknowledge(now, failed, failed.Writes)
	r.ready = r.unacknowledge(now, r.ready, failed.Writes)
	r.durable[0] = r.durable[1]
	r.place.coverage = r.durable[1]
	r.place.shrink()
	r.fails("the store did not take what came")
	r.round.refused, r.round.settled = true, false
	if r.round.at != Never {
		r.round.at = min(r.round.at, now.Add(retryPause))
	}
	return failed
}

// unacknowledge takes back that we stored some records, where it was about to be said.
func (r *Replica) unacknowledge(now chord.Time, said Ready, writes []Record) Ready {
	for i := range said.Messages {
		if m := &said.Messages[i]; m.Kind == Written {
			m.Refused = StoreFailed
		}
	}
	said.Outcomes = slices.DeleteFunc(said.Outcomes, func(o Outcome) bool { return r.resumed(now, o, writes) })
	for i := range said.Outcomes {
		o := &said.Outcomes[i]
		if !r.relies(*o, writes) {
			continue
		}
		o.Replicas = slices.DeleteFunc(o.Replicas, r.isSelf)
		if len(o.Replicas) < o.need && o.Error != Conflict {
			o.Error = o.fate(QuorumNotMet)
		}
	}
	return said
}

// relies reports whether an outcome says that we stored one of some records.
func (r *Replica) relies(o Outcome, writes []Record) bool {
	return slices.ContainsFunc(o.Replicas, r.isSelf) &&
		slices.ContainsFunc(writes, func(rec Record) bool { return rec.Key == o.Record.Key })
}

// resumed reports whether a write whose outcome relies on what we did not store can go
// on, so that the others may still make up W.
func (r *Replica) resumed(now chord.Time, o Outcome, writes []Record) bool {
	i := slices.IndexFunc(r.ops, func(op *operation) bool { return op.id == o.Op })
	if i < 0 || !r.relies(o, writes) || len(o.Replicas) > o.need {
		return false
	}
	r.ops[i].reported = false
	r.retry(now, r.ops[i])
	return true
}

func (r *Replica) isSelf(c chord.Contact) bool { return c.Peer == r.cfg.Self.Peer }

// reload holds what the store has, unless something newer is on its way there. What
// it had before, and has no more, is lost.
func (r *Replica) reload(key string) {
	if _, newer := r.written(key); newer {
		return
	}
	before, had := r.before[key]
	delete(r.before, key)
	r.index.Remove(key)
	rec, ok, err := r.cfg.Reader.Get(key)
	switch {
	case err != nil || had && (!ok || rec.Version.Compare(before.Version) < 0):
		r.lose(key, before, had)
	case ok:
		r.hold(rec.item())
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
