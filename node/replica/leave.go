package replica

import "peal/chord"

// Leave gives every record of our arc to those that will be its replicas
// without us, and compares fingerprints afterwards. The Outcome, with an error if
// some could not be given by the deadline, or if nobody is there to take them, comes
// out of Ready; then it is time to leave the ring.
func (r *Replica) Leave(now, deadline chord.Time) OpID {
	o := r.newOperation(r.place.self.ID, deadline)
	d := &departure{operation: o, r: r}
	o.outcome.Left = r.index.Len()
	o.ask = d.ask
	o.giveUp = func(chord.Time) { o.outcome.Error = QuorumNotMet }
	r.leaving = true
	r.round = round{at: Never, number: r.round.number + 1}
	r.try(o)
	return o.id
}

// A departure is a Leave under way.
type departure struct {
	*operation
	r      *Replica
	arc    chord.Arc // ours when this attempt began
	missed bool      // somebody did not take his part in this attempt
}

func (d *departure) ask(now chord.Time) {
	d.arc, d.missed, d.outcome.Left = d.r.place.arc, false, d.r.index.Len()
	receivers := d.r.receivers()
	if len(receivers) == 0 && d.outcome.Left > 0 {
		d.outcome.Error = NoPeer
		d.r.finish(d.operation)
		return
	}
	if d.r.standing(now, d.arc).stale {
		d.askAll(now, receivers, func(now chord.Time) { d.handArcOver(now, receivers) })
		return
	}
	d.handArcOver(now, receivers)
}

// askAll asks one receiver after another what of ours is deleted, before the first gets
// anything.
func (d *departure) askAll(now chord.Time, receivers []share, then func(chord.Time)) {
	if len(receivers) == 0 {
		then(now)
		return
	}
	asked := receivers[0]
	asked.way = onlyAsk
	d.r.reconcile(now, asked, func(now chord.Time, end ending) {
		if !end.ok {
			d.r.round.fails++ // there are no rounds any more, of which it would be one
			d.r.retry(now, d.operation)
			return
		}
		d.askAll(now, receivers[1:], then)
	})
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
			shares = append(shares, share{with: c, arc: cell, way: onlyGive})
		}
		for _, c := range p.preds[:min(len(p.preds), k)] {
			shares = append(shares, share{with: c, arc: cell, way: onlyGive})
		}
	}
	return shares
}

// handArcOver serves one receiver after another, and then the replicas of strays. If
// some did not take their part, or our arc is another one by then, we look again who our
// receivers are.
func (d *departure) handArcOver(now chord.Time, receivers []share) {
	if len(receivers) == 0 {
		d.handStraysOver(now, d.r.place.self.ID)
		return
	}
	receiver := receivers[0]
	d.r.reconcile(now, receiver, func(now chord.Time, end ending) {
		if end.ok && end.moved > 0 { // once more, to be sure
			d.handArcOver(now, receivers)
			return
		}
		d.missed = d.missed || !end.ok
		if last := len(receivers) == 1 || receivers[1].arc != receiver.arc; last && !d.missed {
			d.outcome.Left -= int(d.r.index.Summary(receiver.arc).Count)
		}
		d.handArcOver(now, receivers[1:])
	})
}

// handStraysOver gives what lies outside our arc, from a position on, to its
// replicas.
func (d *departure) handStraysOver(now chord.Time, from chord.ID) {
	r := d.r
	outside := chord.Arc{From: from, To: d.arc.From}
	if outside.Whole() || r.index.Summary(outside).Count == 0 {
		if d.missed || r.place.arc != d.arc {
			r.retry(now, d.operation)
		} else {
			r.outdated = true
			r.finish(d.operation)
		}
		return
	}
	attempt, pos := d.attempt, chord.KeyID([]byte(r.index.Items(outside, 1)[0].Key))
	outside.From = pos.Prev()
	r.locate(pos, 0, func(now chord.Time, found chord.Result) {
		replicas := Distinct(found.Owners, r.cfg.N)
		if !r.going(d.operation, attempt) {
			return
		}
		if (len(replicas) < r.cfg.N && !found.Whole) || hasPeer(replicas, r.cfg.Self.Peer) {
			r.retry(now, d.operation)
			return
		}
		arc := stretch(outside, replicas[0])
		r.give(now, replicas, arc, func(now chord.Time, silent chord.Contact) {
			if silent.IsZero() {
				d.outcome.Left -= int(r.index.Summary(arc).Count)
			}
			d.missed = d.missed || !silent.IsZero()
			d.handStraysOver(now, arc.To)
		})
	})
}
