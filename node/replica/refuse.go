package replica

import (
	"slices"

	"peal/chord"
)

// NotStored takes back the Writes and Drops of the last Ready, which the store refused,
// and of what has gathered since. It gives what is left to be carried out of both. We
// hold what the store still has, and are no more complete than before.
func (r *Replica) NotStored(now chord.Time, failed Ready) Ready {
	failed = r.gatheredBehind(failed)
	refused := map[chord.ID]bool{}
	for i := range failed.Writes {
		r.reload(failed.Writes[i].Key)
		refused[chord.KeyID([]byte(failed.Writes[i].Key))] = true
	}
	for i := range failed.Drops {
		r.reload(failed.Drops[i].Key)
	}
	for _, o := range r.ops {
		o.reportAt = Never
		r.disown(&o.outcome)
		if o.outcome.writes() && refused[o.target] {
			o.outcome.refusedBy(r.cfg.Self)
		}
		if o.unstored && refused[o.target] {
			r.retry(now, o)
		}
	}
	failed = r.unacknowledge(now, failed)
	r.durable[0] = r.durable[1]
	r.place.coverage = r.durable[1].coverage
	if was := r.durable[1]; was.presence.Until != 0 { // what was dropped is still there
		r.away, r.presence.Until = was.away, min(r.presence.Until, was.presence.Until)
		r.presence.Newest = max(r.presence.Newest, was.presence.Newest)
		r.presence.Since = max(r.presence.Since, was.presence.Since)
	}
	r.place.shrink()
	r.fails("the store did not take what came")
	r.round.refused, r.round.settled = true, false
	if r.round.at != Never {
		r.round.at = min(r.round.at, now.Add(retryPause))
	}
	return failed
}

// unacknowledge takes back that we stored some records, where it was about to be said.
// Answers about what we hold are kept back: whoever asked will ask again.
func (r *Replica) unacknowledge(now chord.Time, said Ready) Ready {
	said.Messages = slices.DeleteFunc(said.Messages, func(m Message) bool {
		return m.Kind == Answer || m.Kind == Listed || m.Kind == Compared || m.Kind == Pulled
	})
	for i := range said.Messages {
		if m := &said.Messages[i]; m.Kind == Written {
			m.Refused = StoreFailed
		}
	}
	said.Outcomes = slices.DeleteFunc(said.Outcomes, func(o Outcome) bool { return r.resumed(now, o, said.Writes) })
	for i := range said.Outcomes {
		o := &said.Outcomes[i]
		if !r.relies(*o, said.Writes) {
			continue
		}
		r.disown(o)
		switch {
		case o.Asked > 0: // a read
			o.Error, o.Found, o.Replicas = QuorumNotMet, false, nil
		case len(o.Replicas) < o.need && o.Error != Conflict:
			o.Error = o.fate(QuorumNotMet)
		}
	}
	return said
}

// disown takes back that we have what an outcome is about.
func (r *Replica) disown(o *Outcome) {
	o.Replicas = slices.DeleteFunc(o.Replicas, r.isSelf)
	o.Hints = slices.DeleteFunc(o.Hints, r.holds)
}

// writes reports whether it is that of a write which has been sent to replicas.
func (o *Outcome) writes() bool { return o.need > 0 }

// refusedBy notes that a replica's store did not take what is written.
func (o *Outcome) refusedBy(c chord.Contact) {
	if !slices.Contains(o.Refusing, c) {
		o.Refusing = append(o.Refusing, c)
	}
}

// named reports whether an outcome says that we stored its record.
func (r *Replica) named(o Outcome) bool {
	return slices.ContainsFunc(o.Replicas, r.isSelf) || slices.ContainsFunc(o.Hints, r.holds)
}

func (r *Replica) holds(h Hint) bool { return r.isSelf(h.Holder) }

// relies reports whether an outcome says that we stored one of some records. A read that
// has mended our own copy does, and does not name us.
func (r *Replica) relies(o Outcome, writes []Record) bool {
	return (r.named(o) || o.Repaired > 0) && slices.ContainsFunc(writes, func(rec Record) bool { return rec.Key == o.Record.Key })
}

// resumed reports whether a write whose outcome relies on what we did not store can go
// on, so that the others may still make up W.
func (r *Replica) resumed(now chord.Time, o Outcome, writes []Record) bool {
	i := slices.IndexFunc(r.ops, func(op *operation) bool { return op.id == o.Op })
	others := len(o.Replicas)
	if slices.ContainsFunc(o.Replicas, r.isSelf) {
		others--
	}
	if i < 0 || others >= o.need || !r.relies(o, writes) {
		return false
	}
	r.ops[i].reported = false
	r.ops[i].dropOvertaken()
	r.retry(now, r.ops[i])
	return true
}
