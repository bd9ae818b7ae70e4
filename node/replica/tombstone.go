package replica

import (
	"time"

	"peal/chord"
)

// expiredAtOnce bounds how many records one Tick makes tombstones of.
const expiredAtOnce = 256

// collectedAtOnce bounds how many tombstones one round collects.
const collectedAtOnce = 4096

// lookAgain is how soon a tombstone that may not go yet is looked at again.
const lookAgain = 10 * time.Minute

// endsAt is when an item ceased to exist or will, in milliseconds since 1970.
func (it Item) endsAt() uint64 {
	if it.Expires != 0 {
		return it.Expires
	}
	return it.Version.Wall
}

// hold keeps an item in the index, and in mind what is to become of it.
func (r *Replica) hold(it Item) {
	r.index.Set(it)
	r.forgetTimes(it.Key)
	switch {
	case it.Deleted:
		r.tombstones.set(r.collectAt(it), it.Key)
	case it.Expires != 0:
		r.expiring.set(expiredAt(it), it.Key)
	}
}

// forgetTimes takes a key off the agendas.
func (r *Replica) forgetTimes(key string) {
	r.tombstones.remove(key)
	r.expiring.remove(key)
}

func expiredAt(it Item) uint64 { return it.Expires + uint64(MaxSkew.Milliseconds()) }

// collectAt is when a tombstone's grace period is over.
func (r *Replica) collectAt(it Item) uint64 { return it.endsAt() + r.grace() }

// forgotten reports whether the other replicas may have collected a tombstone.
func (r *Replica) forgotten(now chord.Time, it Item) bool {
	return it.gone(now) && r.collectAt(it) <= millis(now)
}

// expireRecords makes tombstones of records whose time is over on every clock.
func (r *Replica) expireRecords(now chord.Time) {
	for range expiredAtOnce {
		key, ok := r.expiring.due(millis(now))
		if !ok {
			return
		}
		it, held := r.index.Get(key)
		if held && !it.Deleted && it.Expires != 0 && expiredAt(it) <= millis(now) {
			r.keep(Record{Key: key, Version: it.Version, Expires: it.Expires, Deleted: true})
		}
	}
}

// collect drops tombstones whose grace period was over when a round began that
// found that no replica has missed a delete.
func (r *Replica) collect(began chord.Time) {
	for range collectedAtOnce {
		key, ok := r.tombstones.due(millis(began))
		if !ok {
			return
		}
		it, held := r.index.Get(key)
		switch {
		case !held || !it.Deleted || r.collectAt(it) > millis(began):
		case r.isStray(it):
			r.tombstones.set(millis(began.Add(lookAgain)), key)
		default:
			r.discard(it)
		}
	}
}
