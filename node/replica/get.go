package replica

import (
	"cmp"
	"slices"

	"peal/chord"
)

// Get reads a key from so many replicas, the default R with 0. The Outcome comes
// out of Ready, at the deadline at the latest.
func (r *Replica) Get(now, deadline chord.Time, key string, replicas int) OpID {
	o := r.newOperation(chord.KeyID([]byte(key)), deadline)
	g := &read{r: r, operation: o, key: key, need: cmp.Or(replicas, r.cfg.R)}
	g.quorum = quorum{r: r, op: o, need: g.need, request: g.request, serve: r.read, take: g.take, decide: g.decide}
	o.ask, o.giveUp, o.hasty = g.ask, g.giveUp, true
	r.try(o)
	return o.id
}

// A read is a Get under way: the first replica is asked for the record, the
// others for its version.
type read struct {
	*operation
	r       *Replica
	key     string
	need    int // R
	quorum  quorum
	answers []answer
	missing int // replicas that are to have what was found, and do not yet
	mending int // that were sent it, and have not answered
}

type answer struct {
	from chord.Contact
	item Item
	has  bool
}

func (g *read) ask(now chord.Time) {
	g.answers = make([]answer, 0, g.need)
	g.outcome.Found, g.outcome.Record = false, Record{}
	g.quorum.start(now)
}

func (g *read) request(full bool) Message { return Message{Kind: Read, Key: g.key, Digest: !full} }

// take notes what a replica has. A version from the future, which nobody may
// write, is none.
func (g *read) take(now chord.Time, c chord.Contact, m Message) bool {
	if m.Kind != Answer {
		return false
	}
	a := answer{from: c}
	for _, it := range m.Items {
		a.has, a.item = true, it
		if tooFarAhead(now, it.Version) {
			return false
		}
	}
	for i := range m.Records {
		a.has, a.item = true, m.Records[i].Item()
		if tooFarAhead(now, a.item.Version) {
			return false
		}
	}
	for i := range m.Records {
		g.offer(m.Records[i])
	}
	g.answers = append(g.answers, a)
	return m.Complete
}

func (g *read) offer(rec Record) {
	if rec.Key == g.key {
		g.outcome.Found, g.outcome.Record = true, Merge(rec, g.outcome.Record)
	}
}

// decide looks for the newest version among the answers. If its record has not
// come yet, it is fetched.
func (g *read) decide(now chord.Time) {
	for _, a := range g.answers {
		if a.has && (!g.outcome.Found || a.item.Version.Compare(g.outcome.Record.Version) > 0) {
			g.fetch(now, a)
			return
		}
	}
	g.count(now)
	g.repair(now)
}

func (g *read) fetch(now chord.Time, a answer) {
	m := Message{Kind: Read, Key: g.key}
	if a.from.Peer == g.r.cfg.Self.Peer {
		g.fetched(now, a, g.r.read(now, m))
		return
	}
	attempt := g.attempt
	g.r.request(now, a.from.Peer, m, func(now chord.Time, m Message, ok bool) {
		if g.r.going(g.operation, attempt) {
			g.fetched(now, a, m)
		}
	})
}

func (g *read) fetched(now chord.Time, a answer, m Message) {
	for i := range m.Records {
		g.offer(m.Records[i])
	}
	if !g.outcome.Found || g.outcome.Record.Version.Compare(a.item.Version) < 0 {
		g.r.retry(now, g.operation) // it has lost what it had; ask everybody anew
		return
	}
	g.decide(now)
}

// count fills in who answered what, and who agreed.
func (g *read) count(now chord.Time) {
	g.outcome.Asked = len(g.answers)
	g.outcome.Replies, g.outcome.Replicas = make([]Reply, 0, len(g.answers)), make([]chord.Contact, 0, len(g.answers))
	for _, a := range g.answers {
		g.outcome.Replies = append(g.outcome.Replies, Reply{a.from, a.has, a.item.Version, a.has && a.item.gone(now)})
		if g.current(a) {
			g.outcome.Replicas = append(g.outcome.Replicas, a.from)
		}
	}
}

func (g *read) current(a answer) bool {
	return g.outcome.Found && a.has && a.item.Version == g.outcome.Record.Version
}

// repair sends the newest version to the replicas that answered without it. The
// read is answered when R have it, so that a later read does not see an older one.
func (g *read) repair(now chord.Time) {
	var stale []chord.Contact
	for _, a := range g.answers {
		if g.outcome.Found && !g.current(a) {
			stale = append(stale, a.from)
		}
	}
	g.missing, g.mending = min(g.need, len(g.targets))-len(g.outcome.Replicas), len(stale)
	g.outcome.Repaired = len(stale)
	for _, c := range stale {
		g.mend(now, c)
	}
	if !g.outcome.Found || g.missing <= 0 {
		g.answered(now)
	}
}

func (g *read) mend(now chord.Time, c chord.Contact) {
	m := Message{Kind: Write, Records: []Record{g.outcome.Record}, Mends: true}
	if c.Peer == g.r.cfg.Self.Peer {
		ok := g.r.merge(now, m).Refused == 0 && !g.r.round.refused // or our store would not take it
		g.unstored = g.unstored || ok
		g.mended(now, ok)
		return
	}
	attempt := g.attempt
	g.r.request(now, c.Peer, m, func(now chord.Time, m Message, ok bool) {
		if g.r.going(g.operation, attempt) {
			g.mended(now, ok && m.Refused == 0)
		}
	})
}

// mended counts a replica that was sent the newest version. In place of one that did
// not take it another gets it.
func (g *read) mended(now chord.Time, ok bool) {
	g.mending--
	if ok {
		g.missing--
	}
	switch next := g.quorum.next; {
	case g.missing <= 0:
		g.answered(now)
	case !ok && next < len(g.targets):
		g.quorum.next++
		g.mending++
		g.mend(now, g.targets[next])
	case g.mending == 0:
		g.r.retry(now, g.operation)
	}
}

func (g *read) answered(now chord.Time) {
	g.outcome.Found = g.outcome.Found && !g.outcome.Record.gone(now) && !slices.ContainsFunc(g.answers, g.expired)
	g.r.finish(g.operation)
}

// expired reports whether a replica has the version found, and has seen it expire.
func (g *read) expired(a answer) bool { return g.current(a) && a.item.Deleted }

func (g *read) giveUp(chord.Time) {
	g.outcome.Error, g.outcome.Found, g.outcome.Record = g.failure(), false, Record{}
}

func (r *Replica) onRead(now chord.Time, m Message) {
	reply := r.read(now, m)
	reply.Seq = m.Seq
	r.send(m.From, reply)
}

// read answers a Read, our own as well. A record that the store cannot give
// back does not count.
func (r *Replica) read(now chord.Time, m Message) Message {
	if r.elsewhere(m, m.Key) {
		return Message{Kind: Answer, Refused: Elsewhere}
	}
	pos := chord.KeyID([]byte(m.Key))
	reply := Message{Kind: Answer, Complete: r.place.completeAt(pos) && !r.outdated}
	if r.standing(now, chord.Arc{From: pos.Prev(), To: pos}).stale {
		return reply
	}
	if lost, ok := r.damaged[m.Key]; ok { // which may be newer than what others have
		reply.Complete, reply.Items = false, []Item{lost}
		return reply
	}
	it, held := r.index.Get(m.Key)
	if !held {
		return reply
	}
	if m.Digest {
		reply.Items = []Item{it}
		return reply
	}
	rec, ok := r.load(m.Key)
	if !ok {
		reply.Complete, reply.Items = false, []Item{it}
		return reply
	}
	reply.Records = []Record{rec}
	return reply
}
