package chord

import "time"

// A pace is how often something is done that keeps the node's tables right: at its
// shortest pause while the ring changes around the node, and less and less often
// while it does not.
type pace struct{ least, most, pause time.Duration }

// At rest the pauses are so many times their shortest. A round of stabilize is also
// what a silent neighbour is noticed by, so its pauses may not grow much.
const (
	roundsAtRest  = 2
	fingersAtRest = 32
)

func newPace(least time.Duration, atRest int, fixed bool) pace {
	if fixed {
		atRest = 1
	}
	return pace{least: least, most: least * time.Duration(atRest), pause: least}
}

// next is the pause until the next time; the one behind it is a quarter longer.
func (p *pace) next() time.Duration {
	d := p.pause
	p.pause = min(p.pause+p.pause/4, p.most)
	return d
}

// slow reports whether the pause has grown.
func (p *pace) slow() bool { return p.pause > p.least }

// hurry shortens the pauses after something stirred, those that have begun as well.
func (n *Node) hurry(now Time) {
	if !n.stirred || !n.member {
		return
	}
	n.stirred = false
	if n.rounds.slow() {
		n.rounds.pause = n.rounds.least
		n.stabilizeAt = min(n.stabilizeAt, now.Add(n.spread(n.rounds.least)))
	}
	if n.refreshes.slow() {
		n.refreshes.pause = n.refreshes.least
		n.fingerAt = min(n.fingerAt, now.Add(n.refreshes.least))
	}
}
