package replica

import "peal/chord"

// A look finds the newest version of a key that R replicas know of, before a
// change that depends on it is written.
type look struct {
	r      *Replica
	write  *write
	quorum quorum
	newest Item // without a version if nobody has any
	holder chord.Contact
}

func (r *Replica) lookFirst(w *write) {
	l := &look{r: r, write: w}
	l.quorum = quorum{r: r, op: w.operation, need: r.cfg.R, request: l.request, serve: r.read, take: l.take, decide: l.decide}
	w.operation.ask = l.ask
}

func (l *look) ask(now chord.Time) {
	l.newest, l.holder = Item{}, chord.Contact{}
	l.quorum.start(now)
}

func (l *look) request(bool) Message {
	return Message{Kind: Read, Key: l.write.change.Key, Digest: true}
}

// take notes what a replica has.
func (l *look) take(now chord.Time, c chord.Contact, m Message) bool {
	for _, it := range m.Items {
		if tooFarAhead(now, it.Version) {
			return false
		}
		newer := it.Version.Compare(l.newest.Version)
		if newer > 0 || newer == 0 && it.Deleted { // which that replica has seen expire
			l.newest, l.holder = it, c
		}
	}
	return m.Kind == Answer && m.Complete
}

// decide writes, or refuses to. From then on attempts are those of the write.
func (l *look) decide(now chord.Time) {
	w := l.write
	found := l.newest.Version != Version{} && !l.newest.gone(now)
	l.r.clock.Observe(l.newest.Version)
	switch {
	case !w.change.If.holds(l.newest, found):
		w.outcome.Error, w.outcome.Found, w.outcome.Record.Version = Conflict, found, l.newest.Version
		l.r.finish(w.operation)
	case w.change.Touch && !found:
		w.outcome.Error = Missing
		l.r.finish(w.operation)
	case w.change.Touch && w.change.Total != l.newest.Total:
		w.outcome.Error = IsManifest
		l.r.finish(w.operation)
	default:
		if w.change.Touch {
			w.base = base{bare: true, holder: l.holder}
			w.outcome.Record.Version = l.newest.Version
		}
		w.operation.ask = w.ask
		w.stamp(now)
		w.ask(now)
	}
}
