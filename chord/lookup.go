package chord

import (
	"cmp"
	"slices"
	"time"
)

// LookupID tells a node's lookups apart.
type LookupID uint64

// lookupPurpose says what becomes of a lookup's result.
type lookupPurpose uint8

const (
	clientLookup    lookupPurpose = iota // handed out in Ready.Found
	confirmedLookup                      // handed out too, once the owner has agreed
	joinLookup                           // our place, to become a member
	introduceLookup                      // our place in what may be another ring
	newsLookup                           // the same, on the word of another peer
	fingerLookup                         // the start of a finger interval
)

// A lookup asks peer after peer for the owner of a target, each time the
// closest one known to precede it.
type lookup struct {
	id       LookupID
	purpose  lookupPurpose
	target   ID
	seeds    []Contact // where to start; our own tables if empty
	started  Time
	deadline Time
	toAsk    []Contact // the closest predecessors of target not asked yet, closest first
	asked    []Contact
	source   Contact   // the closest that answered and may know more contacts than it named
	owners   []Contact // candidates not asked yet, the nearest to target first
	owner    Message   // of the nearest candidate that answered
	checked  bool      // with a peer before the target
	hops     []Hop
	outside  bool   // the last hop answered, and was no member of the ring
	trace    *trace // nil: nobody wants to know how it chose
}

// A Hop is one request of a lookup.
type Hop struct {
	Contact
	Took   time.Duration
	Failed bool // it did not answer
}

// A Result is the end of a lookup.
type Result struct {
	Lookup LookupID
	Target ID
	Owners []Contact // the owner of Target and the peers that follow it; none if the lookup failed
	Whole  bool      // Owners has all members of the ring
	Hops   []Hop     // the requests made, in order
	Took   time.Duration

	Choices []Choice // of Hops, in their order; none unless it was traced
	Guessed bool     // by [Node.Guess]: nobody was asked
}

// Lookup looks for the owner of a target: the first member at or behind it.
// The Result comes out of [Node.Ready], possibly the next one.
func (n *Node) Lookup(now Time, target ID) LookupID {
	return n.startLookup(now, clientLookup, target, nil)
}

// LookupConfirmed is Lookup for those who rely on the owner without talking to
// it next: it costs one request more. The peer that was named is asked whether
// it lives and agrees, since whoever named it may not have noticed yet that it
// died, or that another came in between. If it does not, the lookup starts over,
// until its timeout.
func (n *Node) LookupConfirmed(now Time, target ID) LookupID {
	return n.startLookup(now, confirmedLookup, target, nil)
}

func (n *Node) startLookup(now Time, purpose lookupPurpose, target ID, seeds []Contact) LookupID {
	n.lastLook++
	l := &lookup{id: n.lastLook, purpose: purpose, target: target, seeds: seeds, started: now, deadline: now.Add(n.cfg.LookupTimeout)}
	n.lookups = append(n.lookups, l)
	n.restart(now, l)
	return l.id
}

// restart begins with what we know ourselves.
func (n *Node) restart(now Time, l *lookup) {
	l.asked, l.toAsk = nil, nil
	l.source, l.owners, l.owner, l.checked = Contact{}, nil, Message{}, false
	for _, c := range l.seeds {
		l.alsoAsk(c, MaxContacts)
	}
	if len(l.seeds) == 0 {
		if owners := n.ownOwners(l.target); owners != nil {
			n.named(now, l, Message{From: n.cfg.Self, Succ: owners, Whole: n.spans()})
			return
		}
		l.toAsk = n.closestPreceding(l.target, nil)
		n.candidates(l, n.ownersOf(l.target), false)
		if l.purpose == confirmedLookup {
			likely := n.likelyOwners(l.target)
			n.candidates(l, likely[:min(1, len(likely))], false) // which knows of newer peers before itself
		}
	}
	n.askNext(now, l)
}

// ownOwners answers from our own neighbours, if the target is between our
// predecessor and our successor.
func (n *Node) ownOwners(target ID) []Contact {
	switch {
	case !n.member:
		return nil
	case len(n.succ) == 0:
		return []Contact{n.cfg.Self}
	case Arc{n.cfg.Self.ID, n.succ[0].ID}.Contains(target):
		return n.owners()
	case !n.preds[0].IsZero() && Arc{n.preds[0].ID, n.cfg.Self.ID}.Contains(target):
		return append([]Contact{n.cfg.Self}, n.succ...)
	}
	return nil
}

// spans reports whether we know all other members of the ring.
func (n *Node) spans() bool { return n.whole || len(n.succ) == 0 }

// owners are the peers responsible for what lies between us and our successor:
// the successor list, and ourselves at its end if the list spans the ring.
func (n *Node) owners() []Contact {
	owners := slices.Clone(n.succ)
	if n.spans() {
		owners = append(owners, n.cfg.Self)
	}
	return owners
}

// onFound takes in a hop's answer.
func (n *Node) onFound(now Time, m Message) {
	c, ok := n.answered(now, m)
	l := n.lookup(c.lookup)
	if !ok || l == nil {
		return
	}
	l.ended(Hop{Contact: m.From, Took: now.Sub(c.sent), Failed: !m.Member})
	l.outside = !m.Member
	switch {
	case !m.Member:
		n.refused(now, c)
	case m.Done && firstOf(m.Succ) == m.From && len(l.seeds) == 0:
		// It has a ring of its own, and owns everything there.
	case m.Done && len(m.Succ) > 0 && Arc{m.From.ID, m.Succ[0].ID}.Contains(l.target):
		n.named(now, l, m)
		return
	default:
		n.shortlist(l, m)
		n.candidates(l, m.Succ, false)
	}
	n.askNext(now, l)
}

// lookupMissed is a hop that did not answer, or the end of a pause.
func (n *Node) lookupMissed(now Time, c call) {
	l := n.lookup(c.lookup)
	switch {
	case l == nil:
	case c.to.IsZero():
		n.restart(now, l)
	default:
		l.ended(Hop{Contact: c.to, Took: now.Sub(c.sent), Failed: true})
		l.outside, n.stirred = false, true
		if l.source == c.to {
			l.source = Contact{}
		}
		n.Doubt(now, c.to)
		n.askNext(now, l)
	}
}

func (n *Node) lookup(id LookupID) *lookup {
	i, ok := slices.BinarySearchFunc(n.lookups, id, func(l *lookup, id LookupID) int { return cmp.Compare(l.id, id) })
	if !ok {
		return nil
	}
	return n.lookups[i]
}

// finish ends a lookup with the answer that names the owners, or with none if it
// failed.
func (n *Node) finish(now Time, l *lookup, m Message) {
	n.lookups = slices.DeleteFunc(n.lookups, func(k *lookup) bool { return k == l })
	switch l.purpose {
	case clientLookup, confirmedLookup:
		n.out.ready.Found = append(n.out.ready.Found, Result{
			Lookup: l.id, Target: l.target, Owners: m.Succ, Whole: m.Whole, Hops: l.hops, Took: now.Sub(l.started), Choices: l.trace.told(),
		})
	case fingerLookup:
		n.fingerFound(now, l.target, m.Succ)
	case joinLookup:
		n.joinEnded(now, l, m)
	case introduceLookup, newsLookup:
		if !m.From.IsZero() && n.member {
			n.introduced(now, m.From, m.Succ)
		}
	}
}

// withoutSelf cuts out our own contact, which a ring that has not noticed our
// restart may still list.
func withoutSelf(list []Contact, self Contact) []Contact {
	return slices.DeleteFunc(slices.Clone(list), func(c Contact) bool { return c == self })
}
