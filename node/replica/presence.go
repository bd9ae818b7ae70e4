package replica

import (
	"cmp"

	"peal/chord"
)

// A Presence is the time over which a peer has heard of every delete in the arcs
// that it holds: from Since to Until, in milliseconds since 1970, without a gap as
// long as the grace period of tombstones. A driver keeps it over a restart.
//
// A peer whose presence ended longer than a grace period ago is stale: records that
// it holds may have been deleted and forgotten meanwhile. Until it has reconciled
// its arc it shows them to nobody. And where a replica was present all the time
// since, the stale peer drops what that one does not have. Where nobody was, as
// when a whole ring was switched off, nothing can have been deleted either, and the
// records stay.
type Presence struct {
	Since uint64 `cbor:"1,keyasint" json:"since"`
	Until uint64 `cbor:"2,keyasint" json:"until"`
}

// inTouch is how many rounds may fail before a peer counts as cut off.
const inTouch = 4

// Presence is what to keep for the next start. Whoever has not reconciled with others
// for some rounds is alone, and hears of no deletes.
func (r *Replica) Presence(now chord.Time) Presence {
	p := r.presence
	if p.Until+inTouch*uint64(r.cfg.RoundEvery.Milliseconds()) >= millis(now) {
		p.Until = millis(now)
	}
	return p
}

// lasts reports whether a presence has not ended yet.
func (r *Replica) lasts(p Presence, now chord.Time) bool {
	return p.Until+r.grace() >= millis(now)
}

// arrive begins the presence of a peer that has none yet, or does not know since when.
func (r *Replica) arrive(now chord.Time) {
	r.presence.Since = cmp.Or(r.presence.Since, millis(now))
	r.presence.Until = cmp.Or(r.presence.Until, millis(now))
}

// wasPresent makes up for a lost note: nobody can tell whether a peer was there after
// the newest of its records was written.
func (r *Replica) wasPresent(v Version) {
	if r.cfg.Presence.Until == 0 {
		r.presence.Until = max(r.presence.Until, v.Wall, v.Touched.Wall)
	}
}

// stale reports whether what we hold may have been deleted elsewhere.
func (r *Replica) stale(now chord.Time) bool {
	return r.place.complete == nil && r.presence.Until != 0 && !r.lasts(r.presence, now)
}

func (r *Replica) grace() uint64 { return uint64(r.cfg.Grace.Milliseconds()) }

// attend notes the end of a round that reconciled all of our arc. We know as much
// as the least informed of the sources that vouched for its cells.
func (r *Replica) attend(now chord.Time) {
	since := uint64(0)
	for _, c := range r.round.cells {
		if c.sources == 0 {
			c.since = millis(now)
		}
		since = max(since, c.since)
	}
	if !r.lasts(r.presence, now) || since < r.presence.Since {
		r.presence.Since = since
	}
	r.presence.Until = millis(now)
}

// A standing is what the two sides of a session know of each other's presence.
type standing struct {
	theirs Presence
	stale  bool // they are
}

// theyForgot reports whether the other side, which lacks an item of ours, must have
// heard that it was deleted.
func (s *session) theyForgot(now chord.Time, it Item) bool {
	return s.stale && s.r.lasts(s.standing.theirs, now) && s.standing.theirs.Since <= s.r.presence.Until && it.Version.Wall <= s.r.presence.Until && s.isSource(it)
}

// weForgot is the same from the other side: we lack an item of theirs.
func (s *session) weForgot(now chord.Time, it Item) bool {
	return s.standing.stale && s.r.lasts(s.r.presence, now) && s.r.presence.Since <= s.standing.theirs.Until && it.Version.Wall <= s.standing.theirs.Until &&
		s.r.place.completeAt(chord.KeyID([]byte(it.Key)))
}

// mayOffer reports whether an item that the other side lacks may go there: not to
// one who cannot know whether it was deleted, while we cannot either.
func (s *session) mayOffer(it Item) bool {
	return !s.stale || it.Version.Wall > s.r.presence.Until || s.standing.stale || s.isSource(it)
}

// isSource reports whether the other side has everything written at an item's place.
func (s *session) isSource(it Item) bool {
	return s.last.Source != nil && s.last.Source.Contains(chord.KeyID([]byte(it.Key)))
}
