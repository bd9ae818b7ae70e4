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
		heirs := r.heirs()
		if len(heirs) == 0 && o.outcome.Left > 0 {
			o.outcome.Error = NoPeer
			r.finish(o)
			return
		}
		r.bequeath(now, o, heirs, false)
	}
	o.giveUp = func(chord.Time) { o.outcome.Error = QuorumNotMet }
	r.leaving = true
	r.round = round{at: Never, number: r.round.number + 1}
	r.try(o)
	return o.id
}

// heirs lists for each cell of our arc its N replicas once we are gone: those
// between the cell and us, and our successors.
func (r *Replica) heirs() []share {
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

// bequeath serves one heir after another, and then the replicas of strays. If
// some did not take their part, we look again who our heirs are.
func (r *Replica) bequeath(now chord.Time, o *operation, heirs []share, missed bool) {
	if len(heirs) == 0 {
		r.bequeathStrays(now, o, r.place.self.ID, missed)
		return
	}
	heir := heirs[0]
	r.reconcile(now, heir, func(now chord.Time, end ending) {
		if end.ok && end.moved > 0 { // once more, to be sure
			r.bequeath(now, o, heirs, missed)
			return
		}
		missed = missed || !end.ok
		if last := len(heirs) == 1 || heirs[1].arc != heir.arc; last && !missed {
			o.outcome.Left -= r.index.Summary(heir.arc).Count
		}
		r.bequeath(now, o, heirs[1:], missed)
	})
}

// bequeathStrays gives what lies outside our arc, from a position on, to its
// replicas.
func (r *Replica) bequeathStrays(now chord.Time, o *operation, from chord.ID, missed bool) {
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
			r.bequeathStrays(now, o, arc.To, missed || !silent.IsZero())
		})
	})
}
