package replica

import (
	"fmt"
	"slices"
	"time"

	"peal/chord"
)

const (
	settlePause = 50 * time.Millisecond // after a change of neighbours, since changes come in bursts
	retryPause  = 500 * time.Millisecond
	patience    = 4 // rounds that may fail before those who did answer are enough
)

// A round reconciles, one after another, with every partner; then, where no
// partner had been there for long, with peers farther along; and at last hands
// over what lies outside the arc.
type round struct {
	at            chord.Time // of the next one
	began         chord.Time
	number        uint64  // of the one going on; sessions of an older one stop
	settled       bool    // the last round succeeded, and no neighbour changed since
	shares        []share // still to be reconciled
	cells         []cell
	walk          walk
	failed        bool               // some partner did not answer
	refused       bool               // our store did not take what came, or could not give back what it had
	left          bool               // somebody who is catching up does not have all that we could give
	unasked       bool               // somebody was not found, or did not say what it has
	buried        map[string]Version // what others hold that is to be forgotten: nothing older is taken early
	early         []share            // in which something was not taken, since it may be deleted
	strays        chord.ID           // where the next ones to hand off may lie
	moved         int                // records
	tombstones    int                // of them
	fails         int                // rounds in a row that failed
	awaited       map[greeting]bool  // greetings under way
	greetings     int                // without a first reply
	chain         uint64             // of greetings that are repeated: an older one stops
	awaitsReplies bool               // to them; all else is done
	stranger      bool               // some replica has other news of who is beside us
	newsRounds    int                // that ended for want of such news
	anew          int                // rounds in a row that were begun because of one that was gone
}

// SetNeighbours tells the replica of its place on the ring.
func (r *Replica) SetNeighbours(now chord.Time, v chord.Neighbourhood) {
	r.wake(now)
	before := r.place.succ
	alone := len(before) == 0
	displaced, _ := r.place.displaced(0)
	if !r.place.set(v) || r.leaving {
		if !r.leaving && r.waitsInVain(before) {
			r.round.anew++
			r.beginAnew(now)
			return
		}
		r.round.walk.meet(&r.place, before)
		if to, _ := r.place.displaced(0); to != displaced && r.place.known && !r.leaving {
			r.greet(now, settlePause)
		}
		return
	}
	r.beginPresence(now)
	if len(v.Succ) == 0 { // what we have taken up to now others may delete without us
		r.presence.Newest = max(r.presence.Newest, millis(now), min(r.clock.wall, millis(now.Add(MaxSkew))-1))
		r.clock = Clock{wall: r.presence.Newest + 1} // and nothing of what we write from now on
	}
	if alone {
		r.beNew() // a ring of one is a newcomer to any other
	}
	r.round.settled, r.round.newsRounds, r.round.anew = false, 0, 0
	r.beginAnew(now)
}

// beginAnew ends the round that may be going on, and begins another in a moment.
func (r *Replica) beginAnew(now chord.Time) {
	r.round.walk = walk{}
	r.round.number++
	r.round.at = now.Add(settlePause)
}

// maxAnew is how often in a row a round is begun anew because of a peer that is gone. One
// that comes and goes must not keep us from ending one.
const maxAnew = 4

// waitsInVain reports whether the round waits for an answer of one that was a successor and
// is none any more, or failed and is to be repeated, perhaps for want of that answer.
func (r *Replica) waitsInVain(before []chord.Contact) bool {
	if r.round.settled || r.round.anew == maxAnew {
		return false
	}
	waits := func(c chord.Contact) bool {
		return r.round.at != Never || slices.ContainsFunc(r.requests, func(q request) bool { return q.repairs && q.to == c.Peer })
	}
	return slices.ContainsFunc(before, func(c chord.Contact) bool { return r.place.isGone(c, len(before)) && waits(c) })
}

// isGone reports whether one of the successors that we had is none any more. If we have as
// many as before, the last ones may only have made room for others.
func (p *place) isGone(c chord.Contact, had int) bool {
	if slices.Contains(p.succ, c) {
		return false
	}
	return len(p.succ) < had || chord.Between(p.self.ID, c.ID, p.succ[len(p.succ)-1].ID)
}

func (r *Replica) beginRound(now chord.Time) {
	r.round = round{at: Never, began: now, number: r.round.number + 1, settled: r.round.settled, fails: r.round.fails, newsRounds: r.round.newsRounds, anew: r.round.anew}
	if !r.place.known {
		return
	}
	r.round.shares = r.place.partners()
	r.round.walk = r.place.walk()
	for _, arc := range r.place.cells() {
		r.round.cells = append(r.round.cells, cell{arc: arc})
	}
	r.place.greetAnew()
	r.greet(now, settlePause)
	r.nextShare(now)
}

// nextShare goes on with the round: with the next partner, with a peer farther
// along while some cell lacks sources, or with the end.
func (r *Replica) nextShare(now chord.Time) {
	rd := &r.round
	switch {
	case len(rd.shares) > 0:
		s := rd.shares[0]
		rd.shares = rd.shares[1:]
		r.reconcile(now, s, func(now chord.Time, end ending) { r.shareDone(now, s, end) })
		return
	case r.disagreed(): // all must be asked again then
		r.endRound(now, false)
		return
	case r.goOn(now), r.takeEarly(now):
		return
	case rd.greetings > 0:
		rd.awaitsReplies = true
		return
	case !rd.failed || !rd.refused && (r.vouched(r.enough()) || rd.tired() && r.vouched(1)):
		r.caughtUp(now)
	}
	rd.strays = r.place.self.ID
	r.handOff(now)
}

// tired reports whether those who did answer are enough by now.
func (rd *round) tired() bool { return rd.fails >= patience }

// caughtUp notes that the arc is reconciled. What nobody could give back of it
// was never acknowledged, or is lost.
func (r *Replica) caughtUp(now chord.Time) {
	rd := &r.round
	heard := !rd.failed && len(r.place.succ) > 0
	r.renewPresence(now, heard)
	r.place.caughtUp()
	r.forgetDamaged(now, r.place.arc)
	if heard && rd.tombstones == 0 && !rd.left {
		r.collect(rd.began)
	}
}

func (r *Replica) shareDone(now chord.Time, s share, end ending) {
	rd := &r.round
	rd.moved += end.moved
	rd.tombstones += end.tombstones
	rd.left = rd.left || end.left
	rd.unasked = rd.unasked || !end.heard
	if end.early {
		rd.early = append(rd.early, s)
	}
	if end.stranger {
		r.stranger(s.with)
	}
	if !end.ok && !rd.awaitsNews() {
		r.fails(fmt.Sprintf("%v did not answer, or did not take or give all", s.with))
		r.emit(Event{Kind: RoundFell, About: s.with})
	}
	if r.gaveAway(s, end) {
		r.fails(fmt.Sprintf("%v has given to somebody else meanwhile what was asked of it", s.with))
	}
	r.vouch(s, end)
	r.nextShare(now)
}

func (r *Replica) endRound(now chord.Time, ok bool) {
	rd := &r.round
	news := !rd.settled || rd.moved > 0
	rd.settled, rd.anew = ok, 0
	rd.at = now.Add(r.pause(ok))
	switch {
	case ok:
		rd.fails, r.reason = 0, ""
		if !rd.stranger {
			rd.newsRounds = 0
		}
		if news {
			r.emit(Event{Kind: Reconciled, Count: rd.moved})
		}
	case rd.awaitsNews():
		rd.newsRounds++
	default:
		rd.fails++
	}
}

// pause is how long the next round waits, by how this one ended. News of us travels fast.
func (r *Replica) pause(ok bool) time.Duration {
	rd, every := &r.round, r.cfg.RoundEvery
	switch {
	case ok:
		return every*3/4 + time.Duration(r.rand.Int64N(int64(every)/2+1))
	case rd.awaitsNews():
		return min(settlePause<<rd.newsRounds, every)
	}
	return min(retryPause<<min(rd.fails, 8), every)
}

// Distinct gives the first n contacts of different peers: virtual nodes of one
// peer count once.
func Distinct(owners []chord.Contact, n int) []chord.Contact {
	peers := make([]chord.Contact, 0, min(n, len(owners)))
	for _, c := range owners {
		if len(peers) < n && !hasPeer(peers, c.Peer) {
			peers = append(peers, c)
		}
	}
	return peers
}

func hasPeer(list []chord.Contact, peer chord.PeerID) bool {
	for _, c := range list {
		if c.Peer == peer {
			return true
		}
	}
	return false
}
