package chord

import (
	"cmp"
	"slices"
	"time"
)

// The failure detector only starts repairs; no invariant rests on it being
// right. But a live peer that is given up costs its neighbours a repair and its
// callers a detour. A refused connection is a verdict; silence becomes one only if
// three things come together:
//
//   - Several requests in a row went unanswered, each waited for as long as the
//     round trips measured with this peer suggest, or longer (call.go).
//   - Its silence is longer than its rhythm explains: phi-accrual, Hayashibara
//     et al., "The phi accrual failure detector" (SRDS 2004).
//   - No other neighbour could reach it either: the indirect probe of Das et
//     al., "SWIM" (DSN 2002).
//
// A node that was itself stopped finds its requests overdue when it goes on; it
// asks once more, and the answers are in its mail. For that time it blames nobody's
// rhythm.

// A rhythm is how regularly a neighbour is heard from.
type rhythm struct {
	ID
	last Time          // when it was
	mean time.Duration // of the silences in between, a moving average
	dev  time.Duration // deviation, such that the longest silence of late is three of them
}

const (
	maxRhythms     = 4                // the two neighbours, and those that were neighbours of late
	maxSilence     = 8 * time.Second  // a longer one was an absence
	maxExcuses     = 16               // rounds of requests that being heard from excuses from answering
	maxVouches     = 32               // questions of neighbours under way
	maxVouchesEach = 8                // of one neighbour
	vouchFor       = 10 * time.Second // how long such a question is kept
)

func (r *rhythm) observe(now Time) {
	silence := now.Sub(r.last)
	r.last = now
	if silence > maxSilence {
		return
	}
	r.mean += (silence - r.mean) / 16
	r.dev = max(r.dev-r.dev/512, (silence-r.mean).Abs()/3)
}

// longest is the longest silence that is nothing unusual: until then phi, the negated
// decimal logarithm of the chance of such a silence while the peer lives, is below 8,
// which in the normal distribution is 5.61 deviations.
func (r *rhythm) longest() time.Duration { return r.mean + r.dev*561/100 }

// noteRhythm takes a sign of life into a neighbour's rhythm.
func (n *Node) noteRhythm(now Time, c Contact) {
	for i := range n.rhythms {
		if n.rhythms[i].ID == c.ID {
			n.rhythms[i].observe(now)
			return
		}
	}
	if c != n.preds[0] && c != n.successor() {
		return
	}
	if len(n.rhythms) == maxRhythms {
		oldest := slices.MinFunc(n.rhythms, func(a, b rhythm) int { return cmp.Compare(a.last, b.last) })
		n.rhythms = slices.DeleteFunc(n.rhythms, func(r rhythm) bool { return r == oldest })
	}
	every := n.cfg.StabilizeEvery
	n.rhythms = append(n.rhythms, rhythm{ID: c.ID, last: now, mean: every, dev: every / 4})
}

// wake notes that the driver has come. As far as it comes late, we stood still
// ourselves, which is nobody's silence.
func (n *Node) wake(now Time) {
	if due := max(n.awake, n.Deadline()); due < now {
		for i := range n.rhythms {
			n.rhythms[i].last = n.rhythms[i].last.Add(now.Sub(due))
		}
	}
	n.awake = now
}

// rhythm is that of a contact, nil if it has none.
func (n *Node) rhythm(c Contact) *rhythm {
	i := slices.IndexFunc(n.rhythms, func(r rhythm) bool { return r.ID == c.ID })
	if i < 0 {
		return nil
	}
	return &n.rhythms[i]
}

// usualFor is how long a contact's silence stays within its rhythm; 0 if it has none.
func (n *Node) usualFor(now Time, c Contact) time.Duration {
	r := n.rhythm(c)
	if r == nil {
		return 0
	}
	return max(0, r.last.Add(r.longest()).Sub(now))
}

// silence is how long ago a contact was heard from, as far as it has a rhythm.
func (n *Node) silence(now Time, c Contact) time.Duration {
	r := n.rhythm(c)
	if r == nil {
		return maxSilence
	}
	return now.Sub(r.last)
}

// suspect lets others try a contact that did not answer.
func (n *Node) suspect(c Contact) {
	list := n.confirmers(c)
	for _, to := range list[:min(len(list), max(0, n.cfg.Confirmers))] {
		n.send(to, Message{Kind: PingReq, About: c})
	}
}

// confirmers are our other neighbours: first the one on the contact's other side,
// who watches it as well, then the rest in a random order.
func (n *Node) confirmers(c Contact) []Contact {
	list := make([]Contact, 0, len(n.succ)+len(n.preds))
	for _, k := range n.succ {
		if k != c {
			list = append(list, k)
		}
	}
	for _, k := range n.preds {
		if k != c && !k.IsZero() && !slices.Contains(n.succ, k) {
			list = append(list, k)
		}
	}
	n.rand.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	if i := slices.Index(list, n.beyond(c)); i > 0 {
		list[0], list[i] = list[i], list[0]
	}
	return list
}

// beyond is the neighbour behind our successor, or before our predecessor.
func (n *Node) beyond(c Contact) Contact {
	switch {
	case c == n.successor():
		return firstOf(tail(n.succ))
	case c == n.preds[0]:
		return firstOf(tail(n.preds))
	}
	return Contact{}
}

// A vouch is another member's question whether a contact lives.
type vouch struct {
	about, to Contact
	until     Time
}

// onPingReq asks the contact in question for its state, if it is one of ours.
// Any word from it answers. If it is next to us we want to know, too.
func (n *Node) onPingReq(now Time, m Message) {
	if !n.member || !m.Member || !n.knows(m.About) {
		return
	}
	n.vouches = slices.DeleteFunc(n.vouches, func(v vouch) bool { return v.until <= now || v.about == m.About && v.to == m.From })
	if len(n.vouches) < maxVouches && n.vouchesFor(m.From) < maxVouchesEach {
		n.vouches = append(n.vouches, vouch{about: m.About, to: m.From, until: now.Add(vouchFor)})
		n.queryAgain(now, call{to: m.About, try: 1, asAFavor: true})
	}
	if m.About == n.successor() || m.About == n.preds[0] {
		n.query(now, m.About)
	}
}

// vouchesFor counts the questions of one neighbour.
func (n *Node) vouchesFor(c Contact) (count int) {
	for _, v := range n.vouches {
		if v.to == c {
			count++
		}
	}
	return count
}

// onAck believes a neighbour, as we asked only those.
func (n *Node) onAck(m Message) {
	if m.Member && (slices.Contains(n.succ, m.From) || slices.Contains(n.preds, m.From)) {
		n.noteHeard(m.About)
	}
}

// vouch tells those who asked that a contact lives.
func (n *Node) vouch(now Time, c Contact) {
	n.vouches = slices.DeleteFunc(n.vouches, func(v vouch) bool {
		if v.about == c && v.until > now {
			n.send(v.to, Message{Kind: Ack, About: c})
		}
		return v.about == c
	})
}
