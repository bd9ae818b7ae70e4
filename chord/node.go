package chord

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"time"
)

// A Node is one position on the ring. It is not safe for concurrent use. What every
// step looks at comes first: of very many nodes none is in a processor's cache.
type Node struct {
	out         *Outbox
	awake       Time // when we were driven last
	stabilizeAt Time
	fingerAt    Time
	calls       []call // by seq
	lost        []lostContact
	lookups     []*lookup
	rhythms     []rhythm
	vouches     []vouch
	doubts      []doubt

	preds    []Contact // preds[0] is the predecessor, nobody if unknown; the rest is hearsay from it
	succ     []Contact // the successor list; empty when alone
	epoch    uint64    // counts changes of succ and of preds[0]
	whole    bool      // succ goes round the whole ring, up to ourselves
	member   bool
	known    bool // somebody takes us for its successor, or did
	followed bool // the predecessor does, and has said so since the last round
	left     bool // for good
	stirred  bool // something changed, and the pauses do not follow it yet

	fingersFilled bool // the first round is over
	fingerBit     int  // of the finger refreshed last

	cfg       Config
	fingers   fingerTable
	cache     locationCache
	rtt       RoundTrip // over all peers
	lastSeq   uint64
	lastLook  LookupID
	rounds    pace // of stabilize
	refreshes pace // of fingers
	rand      *rand.Rand
	source    *rand.PCG // of rand, to be copied with the node
}

// An Outbox is where nodes put what they want done. Nodes that are driven one
// at a time, each drained before the next one's turn, may share one: a driver of
// very many saves most of their memory so.
type Outbox struct {
	ready   Ready     // filled by the steps
	drained Ready     // handed out by the last Ready
	list    []Contact // room to make a list in
}

// Ready is what a node wants done. Its slices are valid until the next Ready. The
// lists in the messages are the node's own and must not be written.
type Ready struct {
	Messages   []Message
	Found      []Result
	Events     []Event
	Neighbours bool // predecessors or successors changed
}

// New makes a node that is not yet a member of any ring: call [Node.Create],
// [Node.Meet] or [Node.Restore].
func New(cfg Config) (*Node, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	source := rand.NewPCG(cfg.Seed, 0)
	random := rand.New(source)
	return &Node{
		cfg:         cfg,
		out:         cmp.Or(cfg.Outbox, new(Outbox)),
		rand:        random,
		source:      source,
		lastSeq:     uint64(random.Uint32()), // so that answers to an earlier life fit no question
		preds:       []Contact{{}},
		cache:       locationCache{self: cfg.Self.ID, limit: max(0, cfg.CacheSize)},
		fingers:     fingerTable{self: cfg.Self.ID, near: cfg.FingerSamples > 0},
		rtt:         RoundTrip{Mean: cfg.MinTimeout / 2, Dev: cfg.MinTimeout / 8},
		rounds:      newPace(cfg.StabilizeEvery, roundsAtRest, cfg.FixedPauses),
		refreshes:   newPace(cfg.FixFingerEvery, fingersAtRest, cfg.FixedPauses),
		stabilizeAt: Never,
		fingerAt:    Never,
	}, nil
}

// Self is the node's own contact.
func (n *Node) Self() Contact { return n.cfg.Self }

// Create makes the node a ring of its own. It does nothing for a node that is a
// member or has left.
func (n *Node) Create(now Time) {
	if !n.member && !n.left {
		n.becomeMember(now, Contact{}, nil)
	}
}

// Restore makes the node a member with the given neighbours and fingers, as a
// simulator does that starts from a finished ring. Its timers are anywhere in
// their rounds; fingers that are given need no quick first round.
func (n *Node) Restore(now Time, pred Contact, succ, fingers []Contact) {
	n.fingers.contacts = slices.Grow(n.fingers.contacts, len(fingers))
	for _, c := range fingers {
		n.fingers.add(c)
	}
	n.becomeMember(now, pred, succ)
	n.stabilizeAt = now.Add(time.Duration(n.rand.Int64N(int64(n.cfg.StabilizeEvery) + 1)))
	if n.fingersFilled = len(fingers) > 0; n.fingersFilled && n.fingerAt != Never {
		n.fingerAt = now.Add(time.Duration(n.rand.Int64N(int64(n.cfg.FixFingerEvery) + 1)))
	}
}

// Step takes in a message that arrived, or news from the transport. One from a
// stranger has to be [Message.Valid].
func (n *Node) Step(now Time, m Message) {
	n.wake(now)
	switch m.Kind {
	case Unreachable:
		n.onUnreachable(now, m.From)
	case Disconnected:
		n.onDisconnected(now, m.From)
	default:
		n.hear(now, m)
	}
	n.hurry(now)
}

// hear takes in a message from another node.
func (n *Node) hear(now Time, m Message) {
	if m.To != n.cfg.Self || m.From == n.cfg.Self {
		n.emit(DisorderedSender, m.From)
		return
	}
	n.heardFrom(now, m)
	switch m.Kind {
	case Query:
		n.onQuery(m)
	case State:
		n.onState(now, m)
	case Find:
		n.onFind(m)
	case Found:
		n.onFound(now, m)
	case Notify:
		n.onNotify(now, m)
	case Leaving:
		n.onLeaving(now, m)
	case PingReq:
		n.onPingReq(now, m)
	case Ack:
		n.onAck(m)
	case Changed:
		n.onChanged(now, m)
	case Meet:
		n.onMeet(now, m)
	case Doubted:
		n.onDoubted(now, m)
	}
}

// heardFrom notes that a sender lives. A member that proves to lie before our
// successor is asked for its state, which is how newcomers and the other half
// of a split ring are found.
func (n *Node) heardFrom(now Time, m Message) {
	if !m.Member || m.Kind == Leaving {
		return
	}
	n.cache.add(now, m.From)
	n.noteHeard(m.From)
	n.noteRhythm(now, m.From)
	n.vouch(now, m.From)
	if n.forgive(m.From) {
		n.emit(Returned, m.From)
		n.Meet(now, m.From)
	}
	n.fingers.add(m.From)
	if n.member && m.Kind != State && Between(n.cfg.Self.ID, m.From.ID, n.successor().ID) {
		n.stirred = true
		n.query(now, m.From)
	}
}

// Tick does what is due. It is harmless before the deadline.
func (n *Node) Tick(now Time) {
	n.wake(now)
	n.expireCalls(now)
	if now >= n.stabilizeAt {
		n.stabilize(now)
	}
	if now >= n.fingerAt {
		n.fixFinger(now)
	}
	n.retryLost(now)
	n.hurry(now)
}

// Deadline is when Tick must be called next.
func (n *Node) Deadline() Time {
	at := min(n.stabilizeAt, n.fingerAt)
	for i := range n.calls {
		at = min(at, n.calls[i].deadline)
	}
	for i := range n.lost {
		at = min(at, n.lost[i].retryAt)
	}
	return at
}

// Ready drains what the node wants done.
func (n *Node) Ready() Ready {
	n.out.ready, n.out.drained = n.out.drained, n.out.ready
	n.out.ready.Messages = n.out.ready.Messages[:0]
	n.out.ready.Found = n.out.ready.Found[:0]
	n.out.ready.Events = n.out.ready.Events[:0]
	n.out.ready.Neighbours = false
	return n.out.drained
}

// Neighbourhood is a node's own view of its place.
type Neighbourhood struct {
	Self   Contact
	Member bool
	Preds  []Contact // nearest first; the first is nobody if the predecessor is unknown
	Succ   []Contact // the successor list
	Whole  bool      // Succ holds every other member of the ring
}

// Pred is the predecessor, or nobody.
func (v *Neighbourhood) Pred() Contact {
	if len(v.Preds) == 0 {
		return Contact{}
	}
	return v.Preds[0]
}

// Neighbourhood gives the current view. Its lists are the node's own, which are
// replaced as a whole and never changed: nor may anybody else change them.
func (n *Node) Neighbourhood() Neighbourhood {
	return Neighbourhood{Self: n.cfg.Self, Member: n.member, Preds: slices.Clip(n.preds), Succ: slices.Clip(n.succ), Whole: n.spans()}
}

// Fingers are the distinct fingers, nearest first.
func (n *Node) Fingers() []Contact { return slices.Clone(n.fingers.contacts) }

// Known is the number of contacts in the location cache.
func (n *Node) Known() int { return len(n.cache.entries) }

func (n *Node) emit(kind EventKind, about Contact) {
	n.out.ready.Events = append(n.out.ready.Events, Event{Kind: kind, About: about})
}

// send fills in the sender.
func (n *Node) send(to Contact, m Message) {
	m.From, m.To, m.Member = n.cfg.Self, to, n.member
	n.out.ready.Messages = append(n.out.ready.Messages, m)
}

// spread draws a pause from a half to three halves of d, evenly, so that peers
// which begin together do not go on in step.
func (n *Node) spread(d time.Duration) time.Duration {
	return d/2 + time.Duration(n.rand.Int64N(int64(d)+1))
}
