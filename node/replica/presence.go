package replica

import (
	"cmp"

	"peal/chord"
)

// A Presence is the time over which a peer has heard of every delete in the arcs
// that it holds: from Since to Until, in milliseconds since 1970, without a gap as
// long as the grace period of tombstones. A driver keeps it over a restart.
//
// A peer whose presence ended about a grace period ago is stale: records that it holds
// may have been deleted and forgotten meanwhile. Until it has reconciled its arc it shows
// them to nobody, and newcomers do not take them. And where a replica was present all the
// time since, the stale peer drops what that one does not have; if that one has yet to
// catch up after a restart, it is asked again, a few times. Where nobody was, as when a
// whole ring was switched off, the records stay.
//
// A peer goes on taking records for a while after its presence has ended, as when its
// rounds fail, and may then fall silent with them. Newest bounds their versions.
type Presence struct {
	Since  uint64 `cbor:"1,keyasint" json:"since"`
	Until  uint64 `cbor:"2,keyasint" json:"until"`
	Newest uint64 `cbor:"3,keyasint,omitempty" json:"-"`
}

// inTouch is how many rounds may fail before a peer counts as cut off.
const inTouch = 4

// Presence is what to keep for the next start: the older one, while we still hold
// records outside our arc from before then, or the store holds what we have dropped.
func (r *Replica) Presence(now chord.Time) Presence {
	switch stored := r.durable[1]; {
	case stored.away.Until != 0:
		return stored.away
	case r.away.Until != 0:
		return r.away
	case stored.presence.Until != 0 && !r.lasts(stored.presence, now):
		return stored.presence
	}
	return r.present(now)
}

// present is our presence in our arc. Whoever has not reconciled with others for some
// rounds is alone, and hears of no deletes.
func (r *Replica) present(now chord.Time) Presence {
	p := r.presence
	if p.Until+inTouch*uint64(r.cfg.RoundEvery.Milliseconds()) >= millis(now) {
		p.Until = millis(now)
	}
	return p
}

// margin is what clocks may differ by and notes be late, and far more, in milliseconds.
func (r *Replica) margin() uint64 { return r.grace() / 16 }

// lasts reports whether a presence has not ended yet: before any tombstone may go.
func (r *Replica) lasts(p Presence, now chord.Time) bool {
	return p.Until+r.grace()-r.margin() >= millis(now)
}

// ended reports whether an item was written after a presence, and after all that its
// peer then fell silent with; or so lately that nobody can have forgotten that it was
// deleted. Of its own writes that peer knows it for sure: its clock is the same.
func (r *Replica) ended(now chord.Time, of chord.PeerID, p Presence, it Item) bool {
	margin := r.margin()
	if it.Version.Writer == of && p.Newest != 0 {
		margin = 0
	}
	return it.Version.Wall > max(p.Until, p.Newest)+margin || it.Version.Wall+r.grace() > millis(now)+r.margin()
}

// wake makes a newcomer of us if nobody has driven us for a whole grace period, as when
// the machine was suspended.
func (r *Replica) wake(now chord.Time) {
	last := r.driven
	r.driven = now
	if last == 0 || r.lasts(r.presence, now) || millis(last)+r.grace()-r.margin() > millis(now) {
		return
	}
	r.presence = r.present(last)
	r.presence.Newest = millis(now) // what was sent while we slept arrives only now
	r.beNew()
	r.round.settled = false
	r.round.walk = walk{}
	r.round.number++
	r.round.at = now
	r.expireOperations(now) // or a read would mend others with what it found then
	r.expireRequests(now)
}

// beginPresence begins the presence of a peer that has none yet, or does not know since when.
func (r *Replica) beginPresence(now chord.Time) {
	r.presence.Since = cmp.Or(r.presence.Since, millis(now))
	r.presence.Until = cmp.Or(r.presence.Until, millis(now))
}

// wasPresent takes note of a version from before the restart. It makes up for a lost
// note, too: nobody can tell whether a peer was there after the newest of its records.
func (r *Replica) wasPresent(v Version) {
	r.presence.Newest = max(r.presence.Newest, v.Wall, v.Touched.Wall)
	if r.cfg.Presence.Until == 0 {
		r.presence.Until = r.presence.Newest
	}
}

func (r *Replica) grace() uint64 { return uint64(r.cfg.Grace.Milliseconds()) }

// renewPresence notes the end of a round that reconciled all of our arc, or enough of it
// to be complete: then our presence goes on from no later than before. What we hold
// outside our arc is still as old as it was.
func (r *Replica) renewPresence(now chord.Time, all bool) {
	if !all {
		r.presence.Since = max(r.presence.Since, r.knownSince(now))
		return
	}
	if r.presence.Until != 0 && !r.lasts(r.presence, now) {
		r.away = r.presence
	}
	r.presence = Presence{Since: r.knownSince(now), Until: millis(now)}
}

// knownSince is from when on we know of every delete in our arc, at the end of a round. Of
// each cell we know as much as its best informed source, or as we ourselves did if it was
// complete here before; of a cell without any, nothing from before. The least known one
// counts. While we are a source of what has moved to others, we speak for that as well.
func (r *Replica) knownSince(now chord.Time) (since uint64) {
	if r.place.reachesBeyond() {
		since = r.presence.Since
	}
	for _, c := range r.round.cells {
		best := millis(now)
		for _, w := range c.sources(r.cfg.N) {
			best = min(best, w.since)
		}
		if r.completeOn(c.arc) && r.lasts(r.presence, now) {
			best = min(best, r.presence.Since)
		}
		since = max(since, best)
	}
	return since
}

// A standing is what one side of a session says of its presence, and whether what it
// holds may have been deleted elsewhere.
type standing struct {
	Presence
	stale bool
}

// standing is ours as far as what we hold on an arc goes. Having caught up says nothing
// of what lies beyond that, be it part of our own arc by now.
func (r *Replica) standing(now chord.Time, arc chord.Arc) standing {
	switch {
	case r.completeOn(arc):
	case r.away.Until != 0:
		return standing{r.away, true}
	case r.presence.Until != 0 && !r.lasts(r.presence, now):
		return standing{r.presence, true}
	}
	return standing{r.present(now), false}
}

// deletedThere reports whether the other side, which lacks an item of ours, must have
// heard that it was deleted.
func (s *session) deletedThere(now chord.Time, it Item) bool {
	return s.isSource(it) && s.mayBeDeletedThere(now, it)
}

// mayBeDeletedThere reports whether the other side would have heard of it, if it has
// everything else that was written there.
func (s *session) mayBeDeletedThere(now chord.Time, it Item) bool {
	return s.ours.stale && s.r.lasts(s.theirs.Presence, now) && s.theirs.Since <= s.ours.Until && !s.r.ended(now, s.r.cfg.Self.Peer, s.ours.Presence, it)
}

// deletedHere is the same from the other side: we lack an item of theirs.
func (s *session) deletedHere(now chord.Time, it Item) bool {
	return s.theirs.stale && s.r.lasts(s.r.presence, now) && s.r.presence.Since <= s.theirs.Until && !s.r.ended(now, s.with, s.theirs.Presence, it) &&
		s.r.place.completeAt(chord.KeyID([]byte(it.Key)))
}

// mayTake reports whether an item of theirs that we lack may come here: neither if we
// know it to be deleted, nor before they have asked all others about it.
func (s *session) mayTake(now chord.Time, it Item) bool {
	if s.r.forgotten(now, it) {
		s.r.round.bury(it)
		return false
	}
	if s.deletedHere(now, it) || s.way == takeAll && s.r.round.buries(it) {
		return false
	}
	return !s.tooEarly(now, it)
}

// tooEarly reports whether an item of theirs may not come here before they have asked all
// others about it.
func (s *session) tooEarly(now chord.Time, it Item) bool {
	early := s.way != takeAll && s.theirs.stale && !s.r.ended(now, s.with, s.theirs.Presence, it)
	s.early = s.early || early
	return early
}

// mayOffer reports whether an item that the other side lacks may go there: not before we
// have asked all others about it. Those to whom we owe it are asked as it is given.
func (s *session) mayOffer(now chord.Time, it Item) bool {
	return !s.ours.stale || s.r.ended(now, s.r.cfg.Self.Peer, s.ours.Presence, it) || s.way == onlyGive && s.isSource(it)
}

// isSource reports whether the other side has everything written at an item's place.
func (s *session) isSource(it Item) bool {
	return s.last.Source != nil && s.last.Source.Contains(chord.KeyID([]byte(it.Key)))
}
