package replica

import (
	"slices"

	"peal/chord"
)

// Ready is what a replica wants done, in this order. Its slices are valid until
// the next one.
type Ready struct {
	Writes   []Record // to be stored durably
	Drops    []Item   // to be deleted from the store
	Messages []Message
	Outcomes []Outcome
	Locates  []Locate
	Late     []chord.PeerID // who should have answered by now, for [chord.Node.Late]
	Silent   []chord.PeerID // who did not answer at all, for [chord.Node.Doubt]
	Events   []Event
}

// Locate asks the driver who holds a position. Unless Guess is 0, so many peers will
// do by [chord.Node.Guess]; otherwise they are to be looked up.
type Locate struct {
	ID     uint64
	Target chord.ID
	Guess  int
}

// An outbox gathers what is to be done. A driver may take its time to store what
// the last Ready brought; until then the Reader does not have those records, and
// what depends on them or on later ones has to wait. All else need not: it is early.
type outbox struct {
	ready    Ready
	drained  Ready           // by the last Ready
	fresh    map[string]int  // records of ready.Writes by key
	flying   map[string]int  // of drained.Writes
	before   map[string]Item // what the store has, as we know, of keys in either
	unstored int             // bytes of ready.Writes

	early        Ready
	earlyDrained Ready
}

func newOutbox() outbox {
	return outbox{fresh: map[string]int{}, flying: map[string]int{}, before: map[string]Item{}}
}

// Ready drains what is to be stored, and what waits for that. What the Ready before
// brought has to be stored by now.
func (r *Replica) Ready() Ready {
	r.dropOnlyAbsent()
	r.durable[0], r.durable[1] = standpoint{r.place.coverage, r.presence, r.away}, r.durable[0]
	r.landed()
	r.ready, r.drained = r.drained, r.ready
	r.ready.reset()
	r.fresh, r.flying = r.flying, r.fresh
	clear(r.fresh)
	r.unstored = 0
	return r.drained
}

// Early drains what need not wait for anything to be stored: requests to other
// peers, and answers about what is in the store already. A driver asks for it before
// every Ready, and while it stores what the last one brought.
func (r *Replica) Early() Ready {
	r.early, r.earlyDrained = r.earlyDrained, r.early
	r.early.reset()
	return r.earlyDrained
}

// reset empties the lists, and keeps their room.
func (d *Ready) reset() {
	d.Writes, d.Drops, d.Messages = d.Writes[:0], d.Drops[:0], d.Messages[:0]
	d.Outcomes, d.Locates, d.Events = d.Outcomes[:0], d.Locates[:0], d.Events[:0]
	d.Late, d.Silent = d.Late[:0], d.Silent[:0]
}

// maxUnstored bounds what waits for the store, in bytes. What comes beyond is refused.
const maxUnstored = 64 << 20

// written gives a record that may not be in the store yet.
func (b *outbox) written(key string) (Record, bool) {
	if i, ok := b.fresh[key]; ok {
		return b.ready.Writes[i], true
	}
	if i, ok := b.flying[key]; ok {
		return b.drained.Writes[i], true
	}
	return Record{}, false
}

// landed takes note that the store has what was on its way there.
func (b *outbox) landed() {
	for key, i := range b.flying {
		delete(b.before, key)
		if _, again := b.fresh[key]; again {
			b.before[key] = b.drained.Writes[i].Item()
		}
	}
}

// write lets a record be stored in place of the one that we hold, if we do.
func (b *outbox) write(rec Record, held Item, ok bool) {
	if _, unstored := b.written(rec.Key); ok && !unstored {
		b.before[rec.Key] = held
	}
	b.unstored += len(rec.Key) + len(rec.Value)
	if i, ok := b.fresh[rec.Key]; ok {
		b.ready.Writes[i] = rec
		return
	}
	b.fresh[rec.Key] = len(b.ready.Writes)
	b.ready.Writes = append(b.ready.Writes, rec)
}

// gatheredBehind empties the outbox, and adds what was in it to the last Ready.
func (b *outbox) gatheredBehind(last Ready) Ready {
	last.Writes = append(last.Writes, b.ready.Writes...)
	last.Drops = append(last.Drops, b.ready.Drops...)
	last.Messages = append(last.Messages, b.ready.Messages...)
	last.Outcomes = append(last.Outcomes, b.ready.Outcomes...)
	last.Events = append(last.Events, b.ready.Events...)
	b.ready.reset()
	clear(b.flying)
	clear(b.fresh)
	b.unstored = 0
	return last
}

func (b *outbox) emit(e Event) { b.ready.Events = append(b.ready.Events, e) }

func (r *Replica) send(to chord.PeerID, m Message) {
	m.From, m.To = r.cfg.Self.Peer, to
	if r.waits(m) {
		r.ready.Messages = append(r.ready.Messages, m)
	} else {
		r.early.Messages = append(r.early.Messages, m)
	}
}

// waits reports whether a message says what is true only once records are stored.
func (b *outbox) waits(m Message) bool {
	unstored := func(key string) bool { _, ok := b.written(key); return ok }
	switch m.Kind {
	case Write, Read, List, Pull:
		return false
	case Answer, Pulled:
		return slices.ContainsFunc(m.Records, func(rec Record) bool { return unstored(rec.Key) }) ||
			slices.ContainsFunc(m.Items, func(it Item) bool { return unstored(it.Key) })
	}
	return true
}

func (b *outbox) conclude(o Outcome) {
	if _, unstored := b.written(o.Record.Key); unstored {
		b.ready.Outcomes = append(b.ready.Outcomes, o)
	} else {
		b.early.Outcomes = append(b.early.Outcomes, o)
	}
}

func (b *outbox) ask(l Locate) { b.early.Locates = append(b.early.Locates, l) }
