package sim

import (
	"slices"
	"time"

	"peal/chord"
	"peal/node/replica"
)

// Deletes are forgotten, one replica after another, once their grace period is over.
// From then on it is the absence of the key that is owed, and no disk shows it. It is
// owed no more
//   - if somebody who had the key was given up alive between the delete and its
//     collection, or stored it since in the belief to be its replica: parts of the ring may
//     have gone on alone, and one of them may not have heard of it;
//   - once N of the key's replicas have crashed, or were given up alive, since the data
//     was last in its place: who came after them cannot know that the key was deleted;
//   - once a peer comes back with it, or has heard of nobody for as long as if it had been
//     away, and no replica that it hears says that it has been there without a gap since
//     before that one went.
//
// And a key is owed no more once a peer that comes back, or has heard of nobody for as long,
// drops it because of somebody in another part of the ring, that went on alone before the peer
// went and never heard of the key.

// endsAt is when a content ceases to exist, or did, in milliseconds since 1970; 0 if it
// lives for ever.
func (c content) endsAt(v replica.Version) uint64 {
	if c.deleted && c.expires == 0 {
		return v.Wall
	}
	return c.expires
}

// mayForget reports whether a replica may have forgotten a version of a key, since by
// some clock its grace period is over.
func (s *Simulation) mayForget(k *key, v replica.Version) bool {
	end := k.contents[v].endsAt(v)
	return end != 0 && end+uint64(s.cfg.Data.Replica.Grace.Milliseconds()) <= millis(s.latestDay())
}

// forgets reports whether a read shows nothing, and the version that it should have shown,
// or a newer one, may be forgotten. Whoever comes back may bring an older tombstone.
func (s *Simulation) forgets(k *key, o *replica.Outcome, v replica.Version) bool {
	newer := k.collected.Compare(v) > 0 || k.mortal.Compare(v) > 0 && s.mayForget(k, k.mortal)
	return !o.Found && (newer || s.mayForget(k, v))
}

// forgotten reports whether it is the absence of a key that is owed.
func (k *key) forgotten() bool {
	return k.owed != (replica.Version{}) && k.owed.Compare(k.collected) <= 0
}

// outlived reports whether a key is forgotten, or as good as: its replicas are all new,
// and have not taken a tombstone that may be forgotten from those who still hold it.
func (s *Simulation) outlived(k *key) bool {
	has := func(p *peer) bool { return p.seems(k, k.owed) }
	return k.forgotten() || s.mayForget(k, k.owed) && !slices.ContainsFunc(s.owners(k), has)
}

// lastLoss is how long ago a copy must have been lost at least, if the disk of another
// peer may not have known of it when it dropped its own.
const lastLoss = 5 * time.Second

// fallSilent notes that a peer hears of nothing from now on.
func (p *peer) fallSilent(day chord.Time) {
	if p.data != nil && !p.paused() {
		p.disk.present = p.data.replica.Presence(day)
	}
}

// speakAgain notes that a peer is back. If deletes may be forgotten meanwhile, what it
// has does not count until it has caught up.
func (s *Simulation) speakAgain(p *peer) {
	if p.data != nil && p.disk.present.Until != 0 && s.cfg.Data.Replica.Grace < time.Hour {
		p.data.returned, p.data.laden, p.data.told = true, true, map[chord.PeerID]bool{}
		s.ask(p, everybody)
	}
}

// welcome lets those who came back count once they have caught up. They may then still
// have to drop what does not belong to them.
func (s *Simulation) welcome() {
	for _, p := range s.members {
		r := p.data.replica.Repair()
		switch {
		case !p.data.returned:
		case r.Complete:
			s.ask(p, heardBy(p)) // nobody else was there to tell it
			p.data.returned = false
			s.regain(p, func(k *key) bool { return slices.Contains(s.owners(k), p) })
		default:
			s.ask(p, everybody)
		}
		p.data.laden = p.data.returned || p.data.laden && (r.Strays > 0 || !r.Complete)
	}
}

// noteBack takes in that a key is back that was forgotten. Whoever gave it away may have asked
// replicas who were not yet there, while those who were are replicas no more.
func (s *Simulation) noteBack(k *key, v replica.Version) {
	if !s.outlived(k) || v.Compare(k.owed) >= 0 {
		return
	}
	brings := func(p *peer) bool {
		return p.data.laden && p.disk.version(k.name) == v && s.mayBring(p, k, heardBy(p))
	}
	if slices.ContainsFunc(s.members, brings) {
		s.excuse(k)
	}
}

// ask excuses the forgotten keys that a peer came back with, where no replica among some
// peers knows better.
func (s *Simulation) ask(p *peer, among func(*peer) bool) {
	for _, k := range s.data.keys {
		if s.outlived(k) && s.mayBring(p, k, among) {
			s.excuse(k)
		}
	}
}

func everybody(*peer) bool { return true }

// heardBy are those who have told a peer what they have since it is back.
func heardBy(p *peer) func(*peer) bool {
	return func(q *peer) bool { return p.data.told[q.self.Peer] }
}

// mayBring reports whether a peer holds a key, and none of those who would be its replicas
// among some peers says that it has been there without a gap since before that one went. One
// that never went, and heard of nobody all the same, is taken to have gone when it was last in
// touch. One that has found records damaged cannot tell these from deleted ones.
func (s *Simulation) mayBring(p *peer, k *key, among func(*peer) bool) bool {
	went := p.disk.present
	if !p.data.returned && !p.data.laden {
		went = p.data.replica.Presence(s.timeOfDay(p))
	}
	knows := func(q *peer) bool {
		there := q.data.replica.Presence(s.timeOfDay(q))
		return !q.paused() && there.Since <= went.Until && !s.mayHaveMissed(q, there) && q.data.replica.Repair().Damaged == 0
	}
	return p.disk.version(k.name) != (replica.Version{}) && !slices.ContainsFunc(s.ownersOf(k, among), knows)
}

// mayHaveMissed reports whether a presence ended so long ago that deletes may be forgotten.
func (s *Simulation) mayHaveMissed(q *peer, there replica.Presence) bool {
	return there.Until+uint64(s.cfg.Data.Replica.Grace.Milliseconds()) < millis(s.timeOfDay(q))
}

// mayBeStale reports whether a peer may take what others lack for deleted: it has come back,
// or has reconciled with nobody for so long that it is as if it had.
func (s *Simulation) mayBeStale(p *peer) bool {
	if p.data == nil {
		return false
	}
	there := p.data.replica.Presence(s.timeOfDay(p))
	return p.data.returned || there.Until+uint64(s.cfg.Data.Replica.Grace.Milliseconds())*15/16 <= millis(s.timeOfDay(p))
}

// noteApart takes in that a peer that is no replica of a key has stored it, and takes itself
// for one: it may be in a part of the ring that goes on alone with the key.
func (s *Simulation) noteApart(p *peer, k *key) {
	if s.doubted && !k.apart && p.node != nil && !slices.Contains(s.owners(k), p) {
		k.apart = s.feelsResponsible(p, k)
	}
}

func (s *Simulation) feelsResponsible(p *peer, k *key) bool {
	v, n := p.node.Neighbourhood(), s.cfg.Data.Replica.N
	if v.Whole && len(v.Succ) < n {
		return true
	}
	return len(v.Preds) >= n && chord.Arc{From: v.Preds[n-1].ID, To: p.self.ID}.Contains(k.id)
}

// reunite notes that the ring is ideal, and a key in its place.
func (s *Simulation) reunite(k *key) {
	clear(k.failed)
	if k.apart {
		k.apart, k.apartUntil = false, s.now
	}
}

// noteDropped takes in that a disk has dropped a record.
func (s *Simulation) noteDropped(p *peer, it *replica.Item) {
	k, v := s.data.byName[it.Key], it.Version
	switch {
	case s.mayForget(k, v):
		s.data.tally.Collected++
		s.forget(k, v)
	case !it.Deleted && k.apart && v == k.owed && s.mayBeStale(p):
		s.excuse(k) // those who went on alone have never had it, and say that it was deleted
	case k.losses > 0 && s.now.Sub(k.lostAt) <= lastLoss:
		s.fallBack(k, s.counting(k, k.owed)) // it was given to somebody who is gone since
	case !it.Deleted:
	case len(s.holders(k, v)) == 0 && !s.seems(k, v):
		s.breakRule("%v drops the last tombstone of %q, version %v, before its grace period is over", p.self, it.Key, v)
	}
}

// forget notes that a tombstone was collected.
func (s *Simulation) forget(k *key, v replica.Version) {
	if v.Compare(k.collected) <= 0 {
		return
	}
	k.collected = v
	clear(k.failed)
	switch {
	case k.owed.Compare(v) > 0:
		return
	case k.owed == replica.Version{}: // nobody counts who had it
		k.sure = assurance{}
		return
	}
	s.data.tally.Forgotten++
	old := func(p *peer) bool {
		return s.mayBeStale(p) && p.disk.version(k.name).Compare(v) < 0 && s.mayBring(p, k, everybody)
	}
	if k.apart || k.apartUntil >= k.contents[v].since || slices.ContainsFunc(s.members, old) {
		s.excuse(k)
	}
}

// excuse lets a forgotten key come back.
func (s *Simulation) excuse(k *key) {
	k.owed, k.sure = replica.Version{}, assurance{}
	s.data.tally.Excused++
}

// loseMemory notes that a member is about to crash that knows which of its keys were
// deleted.
func (s *Simulation) loseMemory(p *peer) {
	if s.data == nil {
		return
	}
	for _, k := range s.data.keys {
		if slices.Contains(s.owners(k), p) {
			s.countFailure(k, p)
		}
	}
}

// countFailure counts each replica once, however many give it up.
func (s *Simulation) countFailure(k *key, p *peer) {
	k.failed[p.self.Peer] = true
	if len(k.failed) >= s.cfg.Data.Replica.N && k.forgotten() {
		s.excuse(k)
	}
}
