package churn

import (
	"fmt"
	"math"
	"time"

	"peal/chord"
)

// A moment is the time since the churn began.
type moment = time.Duration

const (
	always moment = math.MinInt64
	never  moment = math.MaxInt64
)

// A life is when a peer was a member of the ring, as closely as it can be told
// by whoever starts and kills it: changes take time.
type life struct {
	peer  chord.Contact
	from  moment // its start was asked for: it may be a member from here on
	sure  moment // its start was reported: it is one
	until moment // its death was asked for: it may be none from here on
	gone  moment // its death was reported: it is none
}

// A history is the lives of all peers that the ring ever had.
type history struct{ lives []*life }

func (h *history) find(c chord.Contact) *life {
	for _, l := range h.lives {
		if l.peer == c {
			return l
		}
	}
	return nil
}

func (h *history) add(c chord.Contact, from, sure moment) *life {
	l := &life{peer: c, from: from, sure: sure, until: never, gone: never}
	h.lives = append(h.lives, l)
	return l
}

// right reports whether the owner named was the true one, the first member at
// or behind the target, at some moment from begin to end: there must be one at
// which it can have been a member, and no peer that surely was one stood
// between. So while a peer near the target comes or goes, either answer is
// right; before and after, one alone.
func (h *history) right(target chord.ID, owner chord.Contact, begin, end moment) bool {
	named := h.find(owner)
	if named == nil {
		return false
	}
	at, last := max(begin, named.from), min(end, named.gone)
	for at <= last {
		nearer := h.nearer(target, owner, at)
		if nearer == nil {
			return true
		}
		at = nearer.until
	}
	return false
}

// nearer is a peer that surely was a member at that moment, and stood between
// the target and the owner that was named.
func (h *history) nearer(target chord.ID, owner chord.Contact, at moment) *life {
	before := target.Prev()
	for _, l := range h.lives {
		if l.sure <= at && at < l.until && chord.Between(before, l.peer.ID, owner.ID) {
			return l
		}
	}
	return nil
}

// owner is the peer nearest to the target that surely was a member at that
// moment; nobody if there was none.
func (h *history) owner(target chord.ID, at moment) chord.Contact {
	var nearest chord.Contact
	for _, l := range h.lives {
		isCloser := nearest.IsZero() || chord.Between(target.Prev(), l.peer.ID, nearest.ID)
		if l.sure <= at && at < l.until && isCloser {
			nearest = l.peer
		}
	}
	return nearest
}

// why says what is wrong with an answer that was given at that moment.
func (h *history) why(target chord.ID, owner chord.Contact, at moment) string {
	named := h.find(owner)
	switch nearer := h.nearer(target, owner, at); {
	case named == nil:
		return "it is no peer of this ring"
	case named.gone < at:
		return fmt.Sprintf("it had been dead for %v", rounded(at-named.gone))
	case nearer != nil && nearer.sure == always:
		return fmt.Sprintf("%v was nearer all the time", nearer.peer)
	case nearer != nil:
		return fmt.Sprintf("%v was nearer, a member for %v", nearer.peer, rounded(at-nearer.sure))
	}
	return "another peer was nearer"
}

func rounded(d time.Duration) time.Duration { return d.Round(time.Millisecond) }
