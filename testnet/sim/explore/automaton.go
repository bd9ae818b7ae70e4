package explore

import (
	"fmt"
	"slices"
	"time"

	"peal/chord"
)

// An automaton is the table of what nodes do: for every state that some node
// came to and everything that happened to it there, the state that follows and
// the messages sent. Nodes are deterministic and most worlds differ in one
// node, so nearly every step is looked up; the others are made by stepping a
// copy of a real node.
type automaton struct {
	contacts  []chord.Contact // by slot, clockwise
	slots     map[chord.PeerID]int
	states    []state
	stateOf   map[string]uint32
	posts     []post
	postOf    map[string]uint32
	views     []view
	viewOf    map[string]uint32
	outcomes  map[step]*outcome
	successor int                  // length of a full list
	tamper    func(*chord.Message) // for tests: spoils what is sent
}

// nobody is the slot of no peer.
const nobody = -1

// A state of one node; node is one that is in it.
type state struct {
	node *chord.Node
	now  chord.Time // of that node: each has its own clock
	slot int
	view uint32
	open []chord.Open
}

// The numbers of the states below firstState are not in the table.
const (
	absent     = iota // has not joined yet
	gone              // crashed or left
	firstState        // of the running nodes
)

// A view is what others may see of a node, in slots.
type view struct {
	chord.Neighbourhood
	succ []int
	pred int
}

// A post is a message apart from its number. The number matters to its holder,
// the peer that made the request: it is replaced by the request's index there,
// which is in the letter.
type post struct {
	chord.Message
	from, to, holder int
	empty            bool
}

// A letter is a post under way and its holder's request: post<<8 | index + 1.
type letter uint32

func newLetter(post uint32, open int) letter { return letter(post<<8 | uint32(open+1)) }

func (l letter) post() uint32 { return uint32(l) >> 8 }

// open is the index of the request, -1 if it waits no longer.
func (l letter) open() int { return int(l&0xff) - 1 }

func (l letter) withOpen(open int) letter { return newLetter(l.post(), open) }

// An act is what can happen to a node.
type act uint8

const (
	receive act = iota // a letter arrives
	round              // a round of stabilize begins
	expire             // its requests time out
	resume             // a lookup's pause is over
	meet               // it joins through a peer
	leave              // it says goodbye
)

// A step is an act on a node; arg is a letter, or the slot of a peer.
type step struct {
	state uint32
	act   act
	arg   uint32
}

// An outcome is what follows from a step.
type outcome struct {
	next uint32
	sent []sent
	open []int // new index of each request that was open before, or -1

	broken string // the rule of a node that the step broke, if any
	dead   []int  // peers that the step took for dead
}

// sent is a letter; an answer has the index of the letter that it answers.
type sent struct {
	letter letter
	answer bool
}

func newAutomaton(contacts []chord.Contact, successors int) *automaton {
	a := &automaton{
		contacts: contacts, successor: successors,
		slots:   make(map[chord.PeerID]int),
		states:  make([]state, firstState),
		stateOf: make(map[string]uint32), postOf: make(map[string]uint32), viewOf: make(map[string]uint32),
		outcomes: make(map[step]*outcome),
	}
	for i, c := range contacts {
		a.slots[c.Peer] = i
	}
	return a
}

// slot is the number of a contact's place.
func (a *automaton) slot(c chord.Contact) int {
	if c.IsZero() {
		return nobody
	}
	return a.slots[c.Peer]
}

// Sequence numbers that no node gives out: of a request whose answer has to be
// told from the answerer's own requests, and of an answer that comes too late.
const (
	asked = 1<<40 + iota
	outworn
)

// after looks up or finds out what follows from a step.
func (a *automaton) after(s step) *outcome {
	o := a.outcomes[s]
	if o == nil {
		o = a.take(s)
		a.outcomes[s] = o
	}
	return o
}

// take steps a copy of a node that is in the state.
func (a *automaton) take(s step) *outcome {
	before := &a.states[s.state]
	n, now := before.node.Clone(), before.now
	var m chord.Message
	switch s.act {
	case receive:
		m = a.message(letter(s.arg), before)
		n.Step(now, m)
	case round:
		now++ // the pause between rounds is one nanosecond
		n.Tick(now)
	case expire:
		now = now.Add(timeout)
		n.TimeOut(now)
	case resume:
		now = pauseEnd(before.open)
		n.Tick(now)
	case meet:
		n.Meet(now, a.contacts[s.arg])
	case leave:
		n.Leave()
	}
	return a.outcome(before, n, now, &m)
}

// message gives a letter its number back.
func (a *automaton) message(l letter, receiver *state) chord.Message {
	p := a.posts[l.post()]
	m := p.Message
	switch {
	case p.holder == p.to && l.open() >= 0:
		m.Seq = receiver.open[l.open()].Seq
	case p.holder == p.to:
		m.Seq = outworn
	case p.holder == p.from:
		m.Seq = asked
	}
	return m
}

// pauseEnd is when the first pause among the requests is over.
func pauseEnd(open []chord.Open) chord.Time {
	end := chord.Never
	for _, o := range open {
		if o.To.IsZero() {
			end = min(end, o.Deadline)
		}
	}
	return end
}

func (a *automaton) outcome(before *state, n *chord.Node, now chord.Time, m *chord.Message) *outcome {
	open := n.Open()
	r := n.Ready()
	o := &outcome{}
	for _, was := range before.open {
		o.open = append(o.open, indexOf(open, was.Seq))
	}
	for i := range r.Messages {
		if r.Messages[i].Kind == chord.Changed {
			continue // makes a round come early, and rounds come at any time here
		}
		if a.tamper != nil {
			a.tamper(&r.Messages[i])
		}
		o.sent = append(o.sent, a.put(r.Messages[i], before.slot, open))
	}
	from := a.views[before.view]
	o.next = a.intern(n, now, before.slot, open)
	o.broken, o.dead = a.judge(from, a.views[a.states[o.next].view], m, r)
	return o
}

func indexOf(open []chord.Open, seq uint64) int {
	return slices.IndexFunc(open, func(o chord.Open) bool { return o.Seq == seq })
}

// put makes a message a letter.
func (a *automaton) put(m chord.Message, from int, open []chord.Open) sent {
	p := post{Message: m, from: from, to: a.slot(m.To), holder: nobody}
	index := -1
	switch {
	case m.Seq == asked || m.Seq == outworn:
		p.holder = p.to
	case m.Seq != 0:
		p.holder, index = from, indexOf(open, m.Seq)
	}
	return sent{newLetter(a.internPost(p), index), p.holder == p.to}
}

func (a *automaton) internPost(p post) uint32 {
	key := string(p.AppendState(fmt.Append(nil, p.holder, p.empty)))
	number, ok := a.postOf[key]
	if !ok {
		p.Seq = 0
		p.Preds, p.Succ, p.Closer = slices.Clone(p.Preds), slices.Clone(p.Succ), slices.Clone(p.Closer)
		number = uint32(len(a.posts))
		a.posts = append(a.posts, p)
		a.postOf[key] = number
	}
	return number
}

// emptied is an answer without what it says.
func (a *automaton) emptied(p *post) uint32 {
	m := chord.Message{Kind: p.Kind, From: p.From, To: p.To, Member: p.Member}
	return a.internPost(post{Message: m, from: p.from, to: p.to, holder: p.holder, empty: true})
}

// bounced is the notice that a letter could not be delivered.
func (a *automaton) bounced(p post) letter {
	notice := chord.Message{Kind: chord.Unreachable, From: a.contacts[p.to], To: a.contacts[p.from]}
	return newLetter(a.internPost(post{Message: notice, from: p.to, to: p.from, holder: nobody}), -1)
}

// intern gives a drained node's state its number.
func (a *automaton) intern(n *chord.Node, now chord.Time, slot int, open []chord.Open) uint32 {
	key := string(n.AppendState([]byte{byte(slot)}))
	number, ok := a.stateOf[key]
	if !ok {
		number = uint32(len(a.states))
		a.states = append(a.states, state{node: n, now: now, slot: slot, view: a.internView(n), open: open})
		a.stateOf[key] = number
	}
	return number
}

func (a *automaton) internView(n *chord.Node) uint32 {
	v := view{Neighbourhood: n.Neighbourhood()}
	v.pred = a.slot(v.Pred())
	for _, c := range v.Succ {
		v.succ = append(v.succ, a.slot(c))
	}
	key := fmt.Sprint(a.slot(v.Self), v.Member, v.Whole, v.Preds, v.succ)
	number, ok := a.viewOf[key]
	if !ok {
		number = uint32(len(a.views))
		a.views = append(a.views, v)
		a.viewOf[key] = number
	}
	return number
}

// newNode makes a node whose requests all take the same short time, and whose
// rounds are due at once: Tick a nanosecond later is a round and nothing else.
func (a *automaton) newNode(slot int, cache bool) *chord.Node {
	cfg := chord.Config{
		Self: a.contacts[slot], Successors: a.successor, CacheSize: -1,
		StabilizeEvery: 1, FixFingerEvery: -1, FixedPauses: true, FingerSamples: -1,
		MinTimeout: timeout, MaxTimeout: timeout, FixedTimeout: timeout,
		LookupTimeout: 1000 * time.Hour,
	}
	if cache {
		cfg.CacheSize = maxPeers
	}
	n, err := chord.New(cfg)
	if err != nil {
		panic(err) // the settings are ours
	}
	return n
}

// timeout of requests: many fit in before a lost contact is tried again.
const timeout = time.Millisecond
