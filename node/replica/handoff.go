package replica

import "peal/chord"

// handOff gives stretch after stretch of the records outside the arc to their
// replicas. It is the end of a round.
func (r *Replica) handOff(now chord.Time) {
	left := chord.Arc{From: r.round.strays, To: r.place.arc.From}
	if r.place.arc.Whole() || left.Whole() || r.index.Summary(left).Count == 0 {
		r.handedOff(now)
		return
	}
	pos := chord.KeyID([]byte(r.index.Items(left, 1)[0].Key))
	left.From = pos.Prev()
	number := r.round.number
	r.locate(pos, 0, func(now chord.Time, found chord.Result) {
		if r.round.number == number {
			r.handOver(now, left, Distinct(found.Owners, r.cfg.N))
		}
	})
}

// handedOff ends the round, well if no stray is left.
func (r *Replica) handedOff(now chord.Time) {
	outside := chord.Arc{From: r.place.self.ID, To: r.place.arc.From}
	if r.place.arc.Whole() || r.index.Summary(outside).Count == 0 {
		r.place.dropped()
		if !r.place.arc.Whole() {
			r.forgetDamaged(now, outside) // others have it, or nobody
		}
		if r.completeOn(r.place.arc) { // else strays may only be in our own arc for now
			r.away = Presence{}
		}
	} else {
		r.fails("some records that belong to others could not be handed over")
	}
	if r.round.left && !r.round.failed {
		r.reason = "another replica is still catching up"
	}
	r.endRound(now, !r.round.failed && !r.round.left)
}

// isStray reports whether an item belongs to others.
func (r *Replica) isStray(it Item) bool { return !r.place.arc.Contains(chord.KeyID([]byte(it.Key))) }

// expectStray brings the next round forward if a record lies outside our arc.
func (r *Replica) expectStray(now chord.Time, it Item) {
	if !r.place.known || !r.isStray(it) {
		return
	}
	if r.round.at != Never {
		r.round.at = min(r.round.at, now.Add(retryPause))
	}
	if r.lasts(r.presence, now) { // else it may have been alone, and have written what is newer
		r.boundStray(it)
	}
}

// boundStray notes that we hold an item of which we hear no deletes: should we be away,
// it is as old as what we held before.
func (r *Replica) boundStray(it Item) {
	r.presence.Newest = max(r.presence.Newest, it.Version.Wall)
	if r.away.Until != 0 {
		r.away.Newest = max(r.away.Newest, it.Version.Wall)
	}
}

// handOver gives a stretch of strays to each of its replicas, and drops them
// when all have them. With ourselves among the replicas, or fewer than N of
// them, our view of the ring and theirs will meet soon.
func (r *Replica) handOver(now chord.Time, left chord.Arc, replicas []chord.Contact) {
	if len(replicas) < r.cfg.N || hasPeer(replicas, r.cfg.Self.Peer) {
		r.fails("a lookup named too few replicas, or this peer, for records that it should hand over")
		r.endRound(now, false)
		return
	}
	arc := stretch(left, replicas[0])
	given := r.rangeOf(arc)
	r.give(now, replicas, arc, func(now chord.Time, missed chord.Contact) {
		if !missed.IsZero() {
			r.emit(Event{Kind: RoundFell, About: missed})
		} else if r.agrees(given) {
			r.drop(arc)
		}
		r.round.strays = arc.To
		r.handOff(now)
	})
}

// stretch is the beginning of an arc, as far as an owner's arc reaches.
func stretch(arc chord.Arc, owner chord.Contact) chord.Arc {
	if arc.Contains(owner.ID) {
		arc.To = owner.ID
	}
	return arc
}

// give pushes an arc to each target, and ends with one that did not take it, or with
// nobody. What may have been deleted all of them are asked about before the first gets it.
func (r *Replica) give(now chord.Time, targets []chord.Contact, arc chord.Arc, done func(now chord.Time, missed chord.Contact)) {
	push := func(now chord.Time) { r.withEach(now, targets, arc, onlyGive, done) }
	if !r.standing(now, arc).stale {
		push(now)
		return
	}
	r.withEach(now, targets, arc, onlyAsk, func(now chord.Time, missed chord.Contact) {
		if missed.IsZero() {
			push(now)
		} else {
			done(now, missed)
		}
	})
}

// withEach reconciles an arc with one target after another.
func (r *Replica) withEach(now chord.Time, targets []chord.Contact, arc chord.Arc, way direction, done func(now chord.Time, missed chord.Contact)) {
	if len(targets) == 0 {
		done(now, chord.Contact{})
		return
	}
	r.reconcile(now, share{with: targets[0], arc: arc, way: way}, func(now chord.Time, end ending) {
		r.withEach(now, targets[1:], arc, way, func(now chord.Time, missed chord.Contact) {
			if !end.ok {
				missed = targets[0]
			}
			done(now, missed)
		})
	})
}
