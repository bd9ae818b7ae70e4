package replica

import "peal/chord"

// Leave gives every record of our arc to those that will be its replicas
// without us, and compares fingerprints afterwards. The Outcome, with an error if
// some could not be given by the deadline, or if nobody is there to take them, comes
// out of Ready; then it is time to leave the ring.
func (r *Replica) Leave(now, deadline chord.Time) OpID {
	o := r.newOperation(r.place.self.ID, deadline)
	o.outcome.Left = r.index.Len()
	o.ask = func(now chord.Time) {
		o.outcome.Left = r.index.Len()
		receivers := r.receivers()
		if len(receivers) == 0 && o.outcome.Left > 0 {
			o.outcome.Error = NoPeer
			r.finish(o)
			return
		}
		r.handArcOver(now, o, receivers, false)
	}
	o.giveUp = func(chord.Time) { o.outcome.Error = QuorumNotMet }
	r.leaving = true
	r.round = round{at: Never, number: r.round.number + 1}
	r.try(o)
	return o.id
}

// receivers lists for each cell of our arc its N replicas once we are gone: those
// between the cell and us, and our successors.
func (r *Replica) receivers() []share {
	var shares []share
	p := &r.place
	for k, cell := range p.cells() {
		after := r.cfg.N - k
		if cell.Whole() {
			after = r.cfg.N
		}
		for _, c := range p.succ[:min(len(p.succ), after)] {
			shares = append(shares, share{c, cell, onlyGive})
		}
		for _, c := range p.preds[:min(len(p.preds), k)] {
			shares = append(shares, share{c, cell, onlyGive})
		}
	}
	return shares
}

// handArcOver serves one receiver after another, and then the replicas of strays. If
// some did not take their part, we look again who our receivers are.
func (r *Replica) handArcOver(now chord.Time, o *operation, receivers []share, missed bool) {
	if len(receivers) == 0 {
		r.handStraysOver(now, o, r.place.self.ID, missed)
		return
	}
	receiver := receivers[0]
	r.reconcile(now, receiver, func(now chord.Time, end ending) {
		if end.ok && end.moved > 0 { // once more, to be sure
			r.handArcOver(now, o, receivers, missed)
			return
		}
		missed = missed || !end.ok
		if last := len(receivers) == 1 || receivers[1].arc != receiver.arc; last && !missed {
			o.outcome.Left -= r.index.Summary(receiver.arc).Count
		}
		r.handArcOver(now, o, receivers[1:], missed)
	})
}

// handStraysOver gives what lies outside our arc, from a position on, to its
// replicas.
func (r *Replica) handStraysOver(now chord.Time, o *operation, from chord.ID, missed bool) {
	outside := chord.Arc{From: from, To: r.place.arc.From}
	if outside.Whole() || r.index.Summary(outside).Count == 0 {
		if missed {
			r.retry(now, o)
		} else {
			r.finish(o)
		}
		return
	}
	attempt, pos := o.attempt, chord.KeyID([]byte(r.index.Items(outside, 1)[0].Key))
	outside.From = pos.Prev()
	r.locate(pos, 0, func(now chord.Time, found chord.Result) {
		replicas := Distinct(found.Owners, r.cfg.N)
		if !r.going(o, attempt) {
			return
		}
		if (len(replicas) < r.cfg.N && !found.Whole) || hasPeer(replicas, r.cfg.Self.Peer) {
			r.retry(now, o)
			return
		}
		arc := stretch(outside, replicas[0])
		r.give(now, replicas, arc, func(now chord.Time, silent chord.Contact) {
			if silent.IsZero() {
				o.outcome.Left -= r.index.Summary(arc).Count
			}
			r.handStraysOver(now, o, arc.To, missed || !silent.IsZero())
		})
	})
}
