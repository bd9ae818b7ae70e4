package replica

import "peal/chord"

// Leave gives every record of our arc to those that will be its replicas
// without us. The Outcome, with an error if some could not be given by the
// deadline, comes out of Ready; then it is time to leave the ring.
func (r *Replica) Leave(now, deadline chord.Time) OpID {
	o := r.newOperation(r.place.self.ID, deadline)
	o.ask = func(now chord.Time) { r.bequeath(now, o, r.heirs()) }
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
			shares = append(shares, share{c, cell})
		}
		for _, c := range p.preds[:min(len(p.preds), k)] {
			shares = append(shares, share{c, cell})
		}
	}
	return shares
}

// bequeath serves one heir after another. If one does not answer, we look
// again who our heirs are.
func (r *Replica) bequeath(now chord.Time, o *operation, heirs []share) {
	if len(heirs) == 0 {
		r.finish(o)
		return
	}
	r.reconcile(now, heirs[0].with, heirs[0].arc, true, func(now chord.Time, ok bool, _ int, _ *chord.Arc) {
		if !ok {
			r.retry(now, o)
			return
		}
		r.bequeath(now, o, heirs[1:])
	})
}
