package replica

import (
	"slices"
	"time"

	"peal/chord"
)

// OpID tells a replica's operations apart.
type OpID uint64

// An Error is why an operation failed.
type Error uint8

// The reasons for failure.
const (
	NoError        Error = iota
	NoPeer               // the key's replicas could not be located or reached at all
	QuorumNotMet         // too few replicas answered; a write is stored on those named
	OutcomeUnknown       // a replica may have stored the write, none said so
	ClockRefused         // the version is too far ahead: the clocks disagree
	Conflict             // the condition does not hold: the key has the version of Outcome.Record, if Found
	Missing              // there is no such key to touch
	IsManifest           // what is to be touched is the manifest of another value than the Change says
)

// An Outcome is the end of an operation.
type Outcome struct {
	Op       OpID
	Error    Error
	Record   Record          // Get: the newest version; Put: what was written
	Found    bool            // Get: there is one, and it is no tombstone
	Replicas []chord.Contact // Put: that stored it; Get: that have this version
	Asked    int             // Get: replicas that answered
	Replies  []Reply         // Get: what each of them had
	Repaired int             // Get: replicas that were sent the newest version
	Behind   int             // Put that failed: of Replicas, those that have not caught up
	Refusing []chord.Contact // Put: of Wanted, those whose stores did not take it
	Replaced []Record        // Put: manifests that it took the place of; whatever they name is of no use now
	Hints    []Hint          // Put: who holds it for a replica that does not have it yet
	Wanted   []chord.Contact // replicas that the key should have
	Hops     int             // requests of the last lookup
	Items    []Item          // List
	Next     *chord.ID       // List: where to go on, nil at the end
	Left     int             // Leave: records that not all of their replicas have taken
	need     int             // Put: W

	// elsewhere is how often a Put was stored, or may have been, beyond what the fields
	// above tell.
	elsewhere int
}

// A Reply is what a replica had of a key before a read mended it.
type Reply struct {
	From    chord.Contact
	Has     bool // a record of it, if only a tombstone
	Version Version
	Deleted bool // it is that of a delete, or has expired
}

const (
	firstPause = 50 * time.Millisecond // before an attempt is repeated; doubles
	longPause  = time.Second
	linger     = 10 * time.Millisecond // for the replicas beyond W, before a write is answered
)

// An operation is one client request, from its first attempt to its outcome.
// Each attempt locates the replicas and asks them.
type operation struct {
	id       OpID
	deadline chord.Time
	retryAt  chord.Time // Never while an attempt is under way
	reportAt chord.Time // Never, unless a write that W have waits a little for the others
	hedgeAt  chord.Time // Never, unless something else is tried when it comes
	pause    time.Duration
	attempt  int      // number of the one under way
	target   chord.ID // to locate
	outcome  Outcome
	targets  []chord.Contact
	spares   []chord.Contact // the peers behind the targets
	sent     bool            // some replica was asked
	hasty    bool            // the next attempt may guess its targets
	guessed  bool            // the one under way has not
	looking  bool            // a lookup is under way to see whether the replicas are still those
	moves    int             // attempts that began since they were not
	unstored bool            // the one under way counts what our own store has yet to take
	reported bool            // the outcome is out; a write goes on until all replicas have it

	overtaken []chord.Contact // replicas that turned out to hold something newer after that

	// ask sends the requests of an attempt when its targets are known.
	ask func(now chord.Time)

	// hedge tries something else, since answers are late.
	hedge func(now chord.Time)

	// giveUp completes the outcome at the deadline.
	giveUp func(now chord.Time)
}

func (r *Replica) newOperation(target chord.ID, deadline chord.Time) *operation {
	r.lastID++
	o := &operation{id: OpID(r.lastID), deadline: deadline, retryAt: Never, reportAt: Never, hedgeAt: Never, pause: firstPause, target: target}
	o.outcome.Op = o.id
	r.ops = append(r.ops, o)
	return o
}

// try begins an attempt.
func (r *Replica) try(o *operation) {
	o.retryAt, o.hedgeAt = Never, Never
	o.unstored = false
	o.attempt++
	attempt := o.attempt
	r.locate(o.target, r.mayGuess(o), func(now chord.Time, found chord.Result) {
		if r.going(o, attempt) {
			r.turnTo(now, o, found)
		}
	})
}

// turnTo asks those who were found.
func (r *Replica) turnTo(now chord.Time, o *operation, found chord.Result) {
	o.guessed = found.Guessed
	o.outcome.Hops = len(found.Hops)
	owners := Distinct(found.Owners, len(found.Owners))
	o.targets, o.spares = owners[:min(len(owners), r.cfg.N)], owners[min(len(owners), r.cfg.N):]
	o.outcome.Wanted = slices.Clone(o.targets)
	if !r.areAll(o.targets, found.Whole) {
		r.retry(now, o)
		return
	}
	o.ask(now)
}

// areAll reports whether a lookup has named all replicas of a key.
func (r *Replica) areAll(replicas []chord.Contact, whole bool) bool {
	return len(replicas) == r.cfg.N || whole && len(replicas) >= r.replicasKnown()
}

// replicasKnown is how many replicas a key must have at least, as far as we see
// the ring. A lookup that finds fewer met a peer that does not know the ring yet.
func (r *Replica) replicasKnown() int {
	peers := append([]chord.Contact{r.place.self}, r.place.succ...)
	return len(Distinct(append(peers, r.place.preds...), r.cfg.N))
}

// going reports whether an attempt is still the one under way.
func (r *Replica) going(o *operation, attempt int) bool {
	return o.attempt == attempt && slices.Contains(r.ops, o)
}

// retry makes another attempt after a pause.
func (r *Replica) retry(now chord.Time, o *operation) {
	o.attempt++
	o.hasty, o.guessed = false, false
	o.retryAt, o.hedgeAt = now.Add(o.pause), Never
	o.pause = min(2*o.pause, longPause)
}

func (r *Replica) expireOperations(now chord.Time) {
	for _, o := range slices.Clone(r.ops) {
		if o.reportAt <= now {
			r.report(o)
		}
		switch {
		case o.deadline <= now:
			if !o.reported {
				o.giveUp(now)
			}
			r.finish(o)
		case o.retryAt <= now:
			r.try(o)
		case o.hedgeAt <= now:
			o.hedgeAt = Never
			o.hedge(now)
		}
	}
}

// finish ends an operation. Answers that come later find it gone.
func (r *Replica) finish(o *operation) {
	i := slices.Index(r.ops, o)
	if i < 0 {
		return
	}
	r.ops = slices.Delete(r.ops, i, i+1)
	if o.reported {
		o.dropOvertaken()
		r.amend(o.outcome)
	}
	r.report(o)
}

// report hands out the outcome, once.
func (r *Replica) report(o *operation) {
	if o.reported {
		return
	}
	if o.guessed {
		r.luck.note(true)
	}
	o.reported, o.reportAt, o.hedgeAt = true, Never, Never
	r.conclude(o.outcome)
	// A write goes on counting.
	o.outcome.Replicas, o.outcome.Hints = slices.Clone(o.outcome.Replicas), slices.Clone(o.outcome.Hints)
	o.outcome.Refusing = slices.Clone(o.outcome.Refusing)
}

// amend names those who have a record by the end of its write, in an outcome that still
// waits for our own store; ourselves only if that stores it by then.
func (r *Replica) amend(o Outcome) {
	same := func(waiting Outcome) bool { return waiting.Op == o.Op }
	if i := slices.IndexFunc(r.ready.Outcomes, same); i >= 0 {
		r.ready.Outcomes[i].grow(o)
	}
	if i := slices.IndexFunc(r.drained.Outcomes, same); i >= 0 {
		waiting := &r.drained.Outcomes[i]
		if _, later := r.fresh[o.Record.Key]; later && !r.named(*waiting) {
			r.disown(&o)
		}
		waiting.grow(o)
	}
}

// dropOvertaken strikes out those who hold something newer.
func (o *operation) dropOvertaken() {
	o.outcome.Replicas = slices.DeleteFunc(o.outcome.Replicas, func(c chord.Contact) bool { return slices.Contains(o.overtaken, c) })
	o.overtaken = nil
}

// grow takes over the longer list of those who have the record.
func (o *Outcome) grow(now Outcome) {
	if len(now.Replicas) > len(o.Replicas) {
		o.Replicas, o.Hints = now.Replicas, now.Hints
	}
}

// Cancel ends an operation without an outcome.
func (r *Replica) Cancel(id OpID) {
	r.ops = slices.DeleteFunc(r.ops, func(o *operation) bool { return o.id == id })
}

// failure is the error of an operation none of whose attempts succeeded.
func (o *operation) failure() Error {
	if o.sent {
		return QuorumNotMet
	}
	return NoPeer
}
