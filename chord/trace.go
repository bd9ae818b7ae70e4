package chord

import "slices"

// A Choice says why a traced lookup asked the peer of a hop, and the others not
// that it knew of.
type Choice struct {
	Why    Reason  // Closest, MayOwn or Again
	After  int     // how many hops had ended by then: several may be under way at once
	Others []Other // mostOthers of them at most: those out of the line first, then the next in it; no earlier hop
}

// An Other is a contact that was not asked when another one was.
type Other struct {
	Contact
	Why Reason // Farther or what follows it
}

// A Reason is why a lookup asked a contact, or did not.
type Reason uint8

// The reasons.
const (
	Closest Reason = iota + 1 // it was the closest known before the target and not asked yet
	MayOwn                    // it was the nearest known behind the target, and so its owner if it lives
	Again                     // it had answered, and all that it named were silent
	Farther                   // it lies farther before the target than the one that was asked
	Behind                    // it lies farther behind the target than the one that may own it
	Before                    // it lies before the target, when one behind it was asked
	Silent                    // it had been asked, and did not answer as a member
	Waiting                   // it had been asked, and had not answered yet
	GivenUp                   // it had been given up
)

var reasonNames = [...]string{
	Closest: "closest", MayOwn: "may own", Again: "again", Farther: "farther", Behind: "behind", Before: "before",
	Silent: "silent", Waiting: "waiting", GivenUp: "given up",
}

// String is the reason in a word or two.
func (r Reason) String() string {
	if int(r) < len(reasonNames) {
		return reasonNames[r]
	}
	return ""
}

// mostOthers bounds the others of a choice.
const mostOthers = 6

// A trace is what a lookup notes of itself if somebody wants to know.
type trace struct {
	open    []openChoice // of the requests under way
	choices []Choice     // of the lookup's hops
	lost    []Contact    // named to it, and left out since we gave them up
}

type openChoice struct {
	to Contact
	Choice
}

// Trace has a lookup note its choices, and changes nothing else. It comes right after
// the lookup has begun.
func (n *Node) Trace(id LookupID) {
	l := n.lookup(id)
	if l == nil {
		return
	}
	l.trace = &trace{choices: make([]Choice, len(l.hops))}
	for _, c := range n.calls {
		switch {
		case c.lookup != id || c.to.IsZero():
		case c.state:
			l.noteChoice(c.to, MayOwn)
		default:
			l.noteChoice(c.to, Closest)
		}
	}
}

// reason is why a lookup asks a contact next, for its state or for others.
func (l *lookup) reason(to Contact, state bool) Reason {
	switch {
	case state:
		return MayOwn
	case slices.Contains(l.asked, to):
		return Again
	}
	return Closest
}

// noteChoice notes whom a traced lookup asks now, and whom not.
func (l *lookup) noteChoice(to Contact, why Reason) {
	c := openChoice{to: to, Choice: Choice{Why: why, After: len(l.hops)}}
	for _, asked := range l.asked {
		if why, ok := l.unanswered(asked); ok {
			c.pass(why, asked)
		}
	}
	c.pass(GivenUp, l.trace.lost...)
	if why == MayOwn {
		c.pass(Behind, l.owners...)
		c.pass(Before, l.toAsk...)
	} else {
		c.pass(Farther, l.toAsk...)
		c.pass(Behind, l.owners...)
	}
	l.trace.open = append(l.trace.open, c)
}

// pass adds contacts that are not asked, each once.
func (c *openChoice) pass(why Reason, list ...Contact) {
	for _, other := range list {
		known := func(o Other) bool { return o.Contact == other }
		if other != c.to && len(c.Others) < mostOthers && !slices.ContainsFunc(c.Others, known) {
			c.Others = append(c.Others, Other{other, why})
		}
	}
}

// unanswered reports whether a contact that the lookup has asked is Silent or Waiting.
func (l *lookup) unanswered(c Contact) (why Reason, ok bool) {
	for _, h := range slices.Backward(l.hops) {
		if h.Contact == c {
			return Silent, h.Failed
		}
	}
	return Waiting, true
}

// ended takes in a request that was answered, or was not in time.
func (l *lookup) ended(h Hop) {
	l.hops = append(l.hops, h)
	if l.trace == nil {
		return
	}
	i := slices.IndexFunc(l.trace.open, func(c openChoice) bool { return c.to == h.Contact })
	l.trace.choices = append(l.trace.choices, l.trace.open[i].Choice)
	l.trace.open = slices.Delete(l.trace.open, i, i+1)
}

// leavesOut reports whether a contact that was named to a lookup is not asked since
// we gave it up.
func (n *Node) leavesOut(l *lookup, c Contact) bool {
	lost := n.isLost(c)
	if lost && l.trace != nil && !slices.Contains(l.trace.lost, c) {
		l.trace.lost = append(l.trace.lost, c)
	}
	return lost
}

// told are the choices of a traced lookup.
func (t *trace) told() []Choice {
	if t == nil {
		return nil
	}
	return t.choices
}

func (t *trace) clone() *trace {
	if t == nil {
		return nil
	}
	return &trace{slices.Clone(t.open), slices.Clone(t.choices), slices.Clone(t.lost)}
}
