package chord

import "slices"

// Guess names at least count members from the owner of a target on, by what this
// node has heard of the ring, without asking anybody. It reports false where it has
// heard of too few. The dead may be among them, and newcomers missing: whoever relies
// on a guess lets those named say whether it is right, and looks the target up if it
// is not. Where the ring fits into the location cache, nearly every guess is right.
func (n *Node) Guess(target ID, count int) (Result, bool) {
	guess := Result{Target: target, Owners: n.likelyOwners(target), Whole: n.spans(), Guessed: true}
	return guess, n.member && (guess.Whole || len(guess.Owners) >= count)
}

// likelyOwners lists the members known behind a target, nearest first. If our
// successor list goes round the ring these are all; otherwise those that lie no
// farther behind it than our list reaches, on which there should be about as many.
func (n *Node) likelyOwners(target ID) []Contact {
	limit := n.cfg.Successors + 1
	list := insertNearest(make([]Contact, 0, limit), n.cfg.Self, target, limit)
	for _, c := range n.succ {
		list = insertNearest(list, c, target, limit)
	}
	if n.spans() {
		return list
	}
	for _, table := range [3][]Contact{n.preds, n.fingers.contacts, n.cache.after(target, limit)} {
		for _, c := range table {
			if !c.IsZero() && !n.isLost(c) {
				list = insertNearest(list, c, target, limit)
			}
		}
	}
	reach := n.cfg.Self.ID.Distance(n.succ[len(n.succ)-1].ID)
	tooFar := func(c Contact) bool { return target.Distance(c.ID).Compare(reach) > 0 }
	return slices.DeleteFunc(list, tooFar)
}
