package replica

import "peal/chord"

// handOff gives the first stretch of records outside the arc to its replicas,
// and so on until none is left.
func (r *Replica) handOff(now chord.Time) {
	outside := chord.Arc{From: r.place.self.ID, To: r.place.arc.From}
	if r.place.arc.Whole() {
		r.strayless(now)
		return
	}
	first := r.index.Items(outside, 1)
	if len(first) == 0 {
		r.strayless(now)
		return
	}
	pos := chord.KeyID([]byte(first[0].Key))
	outside.From = pos.Prev()
	number := r.round.number
	r.locate(pos, func(now chord.Time, found chord.Result) {
		if r.round.number == number {
			r.handOver(now, outside, Distinct(found.Owners, r.cfg.N))
		}
	})
}

// expectStray brings the next round forward if a key lies outside our arc.
func (r *Replica) expectStray(now chord.Time, key string) {
	if r.round.at != Never && r.place.known && !r.place.arc.Contains(chord.KeyID([]byte(key))) {
		r.round.at = min(r.round.at, now.Add(retryPause))
	}
}

func (r *Replica) strayless(now chord.Time) {
	r.place.dropped()
	r.endRound(now, true)
}

// handOver gives a stretch of strays to each of its replicas, and drops them
// when all have them. With ourselves among the replicas, or fewer than N of
// them, our view of the ring and theirs will meet soon.
func (r *Replica) handOver(now chord.Time, outside chord.Arc, replicas []chord.Contact) {
	if len(replicas) < r.cfg.N || hasPeer(replicas, r.cfg.Self.Peer) {
		r.endRound(now, false)
		return
	}
	arc := stretch(outside, replicas[0])
	given := r.rangeOf(arc)
	r.give(now, replicas, arc, func(now chord.Time, silent chord.Contact) {
		switch {
		case !silent.IsZero():
			r.emit(Event{Kind: RoundFell, About: silent})
			r.endRound(now, false)
			return
		case r.agrees(given):
			r.drop(arc)
		}
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

// give pushes an arc to one target after another. It ends with the first that
// does not take it, or with nobody.
func (r *Replica) give(now chord.Time, targets []chord.Contact, arc chord.Arc, done func(now chord.Time, silent chord.Contact)) {
	if len(targets) == 0 {
		done(now, chord.Contact{})
		return
	}
	r.reconcile(now, share{targets[0], arc, onlyGive}, func(now chord.Time, ok bool, _ int, _ *chord.Arc) {
		if !ok {
			done(now, targets[0])
			return
		}
		r.give(now, targets[1:], arc, done)
	})
}
