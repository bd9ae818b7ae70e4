package node

import (
	"peal/chord"
	"peal/node/replica"
)

// run is the event loop: it takes the turns that nobody else takes, when time has passed
// and when it is woken.
func (n *Node) run() {
	defer close(n.done)
	defer n.timer.Stop()
	for {
		fired := false
		select {
		case <-n.closing:
			n.turns <- struct{}{} // for good: nobody has a turn any more
			n.abandon()
			return
		case <-n.inbox.bell:
		case <-n.timer.C:
			fired = true
		}
		n.turns <- struct{}{}
		if fired {
			n.alarm = chord.Never
		}
		if fired || !n.inbox.empty() { // or another did it meanwhile
			n.advance()
		}
		n.endTurn()
	}
}

// soon has f done: at once if nobody has the turn, which spares a change of goroutines;
// otherwise in the next. It reports whether it will be done. The caller must not hold what
// a turn may wait for.
func (n *Node) soon(f task) bool {
	put := n.inbox.call(f)
	n.turn()
	return put
}

// later has f done by the event loop, for callers that must not wait for a turn.
func (n *Node) later(f task) {
	n.inbox.call(f)
	n.inbox.wake()
}

// turn does what waits. If somebody else has the turn they will see to it.
func (n *Node) turn() {
	if n.inbox.empty() {
		return
	}
	select {
	case n.turns <- struct{}{}:
		n.advance()
		n.endTurn()
	default:
	}
}

// endTurn leaves to the event loop what was put into the inbox meanwhile.
func (n *Node) endTurn() {
	<-n.turns
	if !n.inbox.empty() {
		n.inbox.wake()
	}
}

// advance takes what waits, lets time pass, and does what comes of it. It sees to it that
// the event loop takes a turn when the cores next have something to do.
func (n *Node) advance() {
	now, jumped := n.clock.now()
	if jumped {
		n.alarm = chord.Never // the timer does not know
	}
	for _, f := range n.inbox.take() {
		f(now)
	}
	n.ring.Tick(now)
	n.data.Tick(now)
	n.drain(now)
	if due := min(n.ring.Deadline(), n.data.Deadline()); due < n.alarm {
		n.alarm = due
		n.timer.Reset(max(0, due.Sub(n.clock.read())))
	}
}

// drain does what the cores want done, until they want nothing more: each may
// give the other work.
func (n *Node) drain(now chord.Time) {
	for busy := true; busy; {
		ring := n.drainRing(now)
		data := n.drainData(now)
		busy = ring || data
	}
}

func (n *Node) drainRing(now chord.Time) (busy bool) {
	r := n.ring.Ready()
	for i := range r.Messages {
		m := &r.Messages[i]
		n.send(m.To.Peer, envelope{Chord: m}, about(m))
	}
	if r.Neighbours {
		n.data.SetNeighbours(now, n.ring.Neighbourhood())
	}
	for _, e := range r.Events {
		n.ringEvent(now, e)
	}
	for _, found := range r.Found {
		n.found(now, found)
	}
	return r.Neighbours || len(r.Found) > 0 || len(r.Events) > 0
}

func (n *Node) found(now chord.Time, found chord.Result) {
	if id, ok := n.locating[found.Lookup]; ok {
		delete(n.locating, found.Lookup)
		n.data.Located(now, id, found)
		return
	}
	if reply, ok := n.lookups[found.Lookup]; ok {
		delete(n.lookups, found.Lookup)
		reply(found)
	}
}

// drainData stores what is to be stored: nothing that depends on it leaves before it is
// durable, and all else leaves first.
func (n *Node) drainData(now chord.Time) (busy bool) {
	busy = n.deliver(now, n.data.Early(), failure)
	if n.committing {
		return busy
	}
	r := n.data.Ready()
	if len(r.Writes)+len(r.Drops) > 0 {
		n.commit(now, r)
		return true
	}
	return n.deliver(now, r, failure) || busy
}

// deliver does what the data plane wants done; judge says how an operation ended.
func (n *Node) deliver(now chord.Time, r replica.Ready, judge func(replica.Outcome) error) (busy bool) {
	for i := range r.Messages {
		m := &r.Messages[i]
		n.send(m.To, envelope{Replica: m}, nil)
	}
	for _, l := range r.Locates {
		n.locate(now, l)
	}
	for _, p := range r.Late {
		n.ring.Late(now, chord.NewContact(p, 0))
	}
	for _, p := range r.Silent {
		n.ring.Doubt(now, chord.NewContact(p, 0))
	}
	for _, o := range r.Outcomes {
		if reply, ok := n.calls[o.Op]; ok {
			delete(n.calls, o.Op)
			reply(o, judge(o))
		}
	}
	for _, e := range r.Events {
		n.dataEvent(e)
	}
	return len(r.Locates)+len(r.Late)+len(r.Silent) > 0
}

func (n *Node) locate(now chord.Time, l replica.Locate) {
	if l.Guess > 0 {
		if guess, ok := n.ring.Guess(l.Target, l.Guess); ok {
			n.data.Located(now, l.ID, guess)
			return
		}
	}
	n.locating[n.ring.Lookup(now, l.Target)] = l.ID
}

func (n *Node) send(to chord.PeerID, e envelope, about []chord.PeerID) {
	body, err := encode(e)
	if err != nil {
		n.event(Event{Kind: Failed, Text: "encode a message: " + err.Error()})
		return
	}
	n.sent.count(e, len(body))
	n.cfg.Transport.Send(to, body, about)
}

// abandon answers the calls that are left at the end.
func (n *Node) abandon() {
	left := n.inbox.close()
	now := n.clock.read()
	for _, f := range left {
		f(now)
	}
	for id, reply := range n.calls {
		delete(n.calls, id)
		reply(replica.Outcome{}, errAbandoned)
	}
	clear(n.lookups)
	clear(n.inquiries)
}
