package replica

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"peal/chord"
)

// A cluster steps several replicas in virtual time. It stands in for package
// chord: it knows the true ring, tells the neighbours, and answers Locates.
type cluster struct {
	t        testing.TB
	rand     *rand.Rand
	loss     float64                                      // of messages
	lag      time.Duration                                // a change of the ring is noticed within this time
	grace    time.Duration                                // of tombstones
	lost     bool                                         // no lookup finds anybody
	few      int                                          // if set, lookups find only so many owners
	hearsay  bool                                         // lookups find whom some peer has heard of, and newcomers begin with what the first one has
	looked   int                                          // lookups made
	finding  time.Duration                                // what a lookup takes
	guess    func(owners []chord.Contact) []chord.Contact // if set, what guesses name instead
	drop     func(Message) bool                           // messages that get lost
	watch    func(Message)                                // sees every message sent
	now      chord.Time
	peers    []*peer // live ones, by position
	founder  *peer   // the first
	due      []happening
	outcomes map[opAt]Outcome
	then     map[opAt]func(Outcome) // what goes on with an outcome
	sent     map[Kind]int           // messages by kind
	events   map[EventKind]int
	late     []chord.PeerID // of whom the ring was told
	silent   []chord.PeerID
	lives    uint64 // of all peers
}

type peer struct {
	*Replica
	self       chord.Contact
	view       chord.Neighbourhood // that it was told last
	stored     shelf
	refuses    bool          // the store fails to write
	slow       time.Duration // what it takes longer to write
	committing bool
	muted      bool          // its messages are lost
	deaf       bool          // it hears of no change of the ring
	skew       time.Duration // of its clock
}

type opAt struct {
	at *peer
	id OpID
}

// A happening is put off to a time; those of the same time keep their order.
type happening struct {
	at chord.Time
	do func()
}

// A shelf is a store.
type shelf map[string]Record

func (s shelf) Get(key string) (Record, bool, error) {
	rec, ok := s[key]
	if ok && rec.Version == (Version{}) {
		return rec, true, errors.New("damaged")
	}
	return rec, ok, nil
}

const (
	successors = 8
	startTime  = chord.Time(1e18)
	soon       = 10 * time.Second

	regularRound = 40 * time.Second // in which every peer has begun one
)

func newCluster(t testing.TB, seed uint64) *cluster {
	return &cluster{
		t: t, rand: rand.New(rand.NewPCG(seed, 2)), lag: 200 * time.Millisecond, grace: math.MaxInt64, now: startTime, finding: time.Millisecond,
		outcomes: map[opAt]Outcome{}, then: map[opAt]func(Outcome){}, sent: map[Kind]int{}, events: map[EventKind]int{},
	}
}

// settledCluster has peers that know each other.
func settledCluster(t testing.TB, peers int) *cluster {
	t.Helper()
	c := newCluster(t, 1)
	for i := range peers {
		c.join(named(i))
	}
	c.settle()
	return c
}

func named(i int) chord.Contact { return chord.NewContact(chord.PeerID(fmt.Sprint("peer ", i)), 0) }

// at is a contact whose position begins with the byte b.
func at(b byte) chord.Contact {
	for i := 0; ; i++ {
		if c := chord.NewContact(chord.PeerID(fmt.Sprintf("peer %02x %d", b, i)), 0); c.ID[0] == b {
			return c
		}
	}
}

func ats(bs ...byte) []chord.Contact {
	var list []chord.Contact
	for _, b := range bs {
		list = append(list, at(b))
	}
	return list
}

// keyBetween is a key whose position lies in (from, to].
func keyBetween(from, to chord.ID, number int) string {
	for i := 0; ; i++ {
		key := fmt.Sprintf("key %d.%d", number, i)
		if (chord.Arc{From: from, To: to}).Contains(chord.KeyID([]byte(key))) {
			return key
		}
	}
}

func (c *cluster) after(d time.Duration, do func()) {
	at := c.now.Add(d)
	i, _ := slices.BinarySearchFunc(c.due, at+1, func(h happening, at chord.Time) int { return cmp.Compare(h.at, at) })
	c.due = slices.Insert(c.due, i, happening{at, do})
}

// join adds a peer; the others notice it by and by.
func (c *cluster) join(self chord.Contact) *peer { return c.restart(self, shelf{}) }

func (c *cluster) restart(self chord.Contact, stored shelf) *peer {
	c.t.Helper()
	p := c.newPeer(self, stored)
	c.insert(p)
	c.introduce(p)
	return p
}

// introduce a peer to its neighbours.
func (c *cluster) introduce(p *peer) {
	if !c.hearsay || c.founder == nil {
		c.founder = cmp.Or(c.founder, p)
		c.tell(p)
		return
	}
	ring := append([]chord.Contact{p.self, c.founder.self}, c.founder.view.Succ...)
	slices.SortFunc(ring, func(a, b chord.Contact) int { return a.ID.Compare(b.ID) })
	p.view = neighbourhood(slices.Compact(ring), p.self)
	p.SetNeighbours(c.time(p), p.view)
}

// tell a peer of its neighbours.
func (c *cluster) tell(p *peer) {
	if p.deaf {
		return
	}
	p.view = c.neighbours(p)
	p.SetNeighbours(c.time(p), p.view)
}

// merge adds a peer that was a ring of its own before.
func (c *cluster) merge(self chord.Contact, held ...Record) *peer {
	c.t.Helper()
	stored := shelf{}
	for _, rec := range held {
		stored[rec.Key] = rec
	}
	p := c.newPeer(self, stored)
	p.SetNeighbours(c.now, neighbourhood([]chord.Contact{self}, self))
	p.Tick(c.now.Add(settlePause))
	if !p.Replicated() {
		c.t.Fatal("a ring of one is not settled")
	}
	c.insert(p)
	p.SetNeighbours(c.now, c.neighbours(p))
	return p
}

func (c *cluster) newPeer(self chord.Contact, stored shelf) *peer {
	c.t.Helper()
	c.lives++
	r, err := New(Config{Self: self, Reader: stored, Grace: c.grace, Seed: c.lives})
	if err != nil {
		c.t.Fatal(err)
	}
	for _, key := range slices.Sorted(maps.Keys(stored)) {
		rec := stored[key]
		r.Load(rec.Item())
	}
	return &peer{Replica: r, self: self, stored: stored}
}

func (c *cluster) insert(p *peer) {
	i, _ := c.find(p.self.ID)
	c.peers = slices.Insert(c.peers, i, p)
	c.noticed()
}

// kill ends a peer without a word.
func (c *cluster) kill(p *peer) {
	c.peers = slices.DeleteFunc(c.peers, func(k *peer) bool { return k == p })
	c.noticed()
}

// leave makes a peer give its records away and go.
func (c *cluster) leave(p *peer) {
	c.t.Helper()
	if o := c.wait(p, p.Leave(c.time(p), c.time(p).Add(30*time.Second))); o.Error != NoError {
		c.t.Errorf("leave ended with error %v", o.Error)
	}
	c.kill(p)
}

func (c *cluster) noticed() {
	for _, p := range c.peers {
		c.after(time.Duration(c.rand.Int64N(int64(c.lag)+1)), func() { c.tell(p) })
	}
}

func (c *cluster) find(id chord.ID) (int, bool) {
	return slices.BinarySearchFunc(c.peers, id, func(p *peer, id chord.ID) int { return p.self.ID.Compare(id) })
}

// owners are the peers from a position on, clockwise, as a lookup finds them.
func (c *cluster) owners(id chord.ID) []chord.Contact {
	if c.hearsay {
		return c.heard(id)
	}
	i, _ := c.find(id)
	var list []chord.Contact
	for k := range min(len(c.peers), successors) {
		list = append(list, c.peers[(i+k)%len(c.peers)].self)
	}
	return list
}

// heard are the owners by the list of one of those who take themselves for their predecessor.
func (c *cluster) heard(id chord.ID) []chord.Contact {
	var lists [][]chord.Contact
	for _, p := range c.peers {
		list := append(slices.Clone(p.view.Succ), p.self)
		if (chord.Arc{From: p.self.ID, To: list[0].ID}).Contains(id) {
			lists = append(lists, list)
		}
	}
	if lists == nil {
		return nil
	}
	return lists[c.rand.IntN(len(lists))]
}

func (c *cluster) neighbours(p *peer) chord.Neighbourhood {
	var ring []chord.Contact
	for _, k := range c.peers {
		ring = append(ring, k.self)
	}
	return neighbourhood(ring, p.self)
}

// neighbourhood is the true one of a peer in a ring ordered by position.
func neighbourhood(ring []chord.Contact, self chord.Contact) chord.Neighbourhood {
	v := chord.Neighbourhood{Self: self, Member: true, Whole: len(ring) <= successors+1}
	i, n := slices.Index(ring, self), len(ring)
	for k := 1; k <= min(n-1, successors); k++ {
		v.Succ = append(v.Succ, ring[(i+k)%n])
		v.Preds = append(v.Preds, ring[(i-k+n)%n])
	}
	if n == 1 {
		v.Preds = []chord.Contact{{}}
	}
	return v
}

func (c *cluster) time(p *peer) chord.Time { return c.now.Add(p.skew) }

func (c *cluster) live(id chord.PeerID) *peer {
	for _, p := range c.peers {
		if p.self.Peer == id {
			return p
		}
	}
	return nil
}

// drain does what a replica wants done, as the turns of package node do: a
// commit takes some time, and only what does not depend on it goes on meanwhile.
func (c *cluster) drain(p *peer) {
	c.deliver(p, p.Early())
	if p.committing {
		return
	}
	r := p.Ready()
	if len(r.Writes)+len(r.Drops) == 0 {
		c.deliver(p, r)
		return
	}
	p.committing = true
	c.after(p.slow+time.Duration(c.rand.IntN(3000))*time.Microsecond, func() {
		if c.live(p.self.Peer) != p {
			return
		}
		p.committing = false
		c.deliver(p, c.commit(p, r))
	})
}

// commit stores, and gives what is to be carried out then.
func (c *cluster) commit(p *peer, r Ready) Ready {
	if p.refuses {
		return p.NotStored(c.time(p), r)
	}
	for _, rec := range r.Writes {
		p.stored[rec.Key] = rec
	}
	for _, it := range r.Drops {
		delete(p.stored, it.Key)
	}
	return r
}

func (c *cluster) deliver(p *peer, r Ready) {
	for _, m := range r.Messages {
		c.send(p, m)
	}
	for _, l := range r.Locates {
		if l.Guess > 0 && c.guess != nil {
			c.after(0, func() {
				p.Located(c.time(p), l.ID, chord.Result{Target: l.Target, Owners: c.guess(c.owners(l.Target)), Guessed: true})
			})
			continue
		}
		c.looked++
		c.after(c.finding, func() {
			found := chord.Result{Target: l.Target}
			if !c.lost {
				found.Owners = c.owners(l.Target)
				found.Whole = len(c.peers) <= successors
			}
			if c.few > 0 {
				found.Owners = found.Owners[:c.few]
			}
			p.Located(c.time(p), l.ID, found)
		})
	}
	for _, o := range r.Outcomes {
		c.outcomes[opAt{p, o.Op}] = o
		if then := c.then[opAt{p, o.Op}]; then != nil {
			c.after(0, func() { then(o) })
		}
	}
	for _, e := range r.Events {
		c.events[e.Kind]++
	}
	c.late, c.silent = append(c.late, r.Late...), append(c.silent, r.Silent...)
}

// send loses some messages, delays the others so that they overtake each other,
// and sometimes reports that the receiver is dead.
func (c *cluster) send(from *peer, m Message) {
	if c.drop != nil && c.drop(m) {
		return
	}
	c.sent[m.Kind]++
	if c.watch != nil {
		c.watch(m)
	}
	if from.muted || c.rand.Float64() < c.loss {
		return
	}
	tell := c.rand.IntN(2) == 0
	c.after(time.Duration(1+c.rand.IntN(9))*time.Millisecond, func() {
		switch to := c.live(m.To); {
		case c.live(from.self.Peer) != from:
		case to != nil:
			to.Step(c.time(to), m)
		case tell:
			from.Step(c.time(from), Message{Kind: Unreachable, From: m.To})
		}
	})
}

// run lets time pass until done, at most d, and reports whether it is done.
func (c *cluster) run(d time.Duration, done func() bool) bool {
	for end := c.now.Add(d); ; {
		for _, p := range c.peers {
			c.drain(p)
		}
		if done() {
			return true
		}
		var first *peer
		next := Never
		for _, p := range c.peers {
			if at := p.Deadline().Add(-p.skew); at < next {
				first, next = p, at
			}
		}
		switch {
		case len(c.due) > 0 && c.due[0].at <= min(end, next):
			h := c.due[0]
			c.due = c.due[1:]
			c.now = max(c.now, h.at)
			h.do()
		case next <= end:
			c.now = max(c.now, next)
			first.Tick(c.time(first))
		default:
			c.now = end
			return false
		}
	}
}

func (c *cluster) pass(d time.Duration) { c.run(d, func() bool { return false }) }

// settle waits until every replica says that everything is in its place.
func (c *cluster) settle() {
	c.t.Helper()
	c.pass(c.lag)
	c.settleSome(c.peers...)
}

// settleSome waits until some of the peers say so.
func (c *cluster) settleSome(peers ...*peer) {
	c.t.Helper()
	settled := func() bool {
		return !slices.ContainsFunc(peers, func(p *peer) bool { return !p.Replicated() || p.committing })
	}
	if !c.run(5*time.Minute, settled) {
		for _, p := range peers {
			c.t.Logf("%v replicated %v, round %+v, place %+v", p.self, p.Replicated(), p.round, p.place)
		}
		c.t.Fatal("the replicas do not settle in 5 minutes")
	}
}

// mute makes peers receive and be silent.
func (c *cluster) mute(peers ...*peer) {
	for _, p := range peers {
		p.muted = true
	}
}

// outsider is a peer that is no replica of a key.
func (c *cluster) outsider(key string) *peer {
	for _, p := range c.peers {
		if !slices.Contains(c.replicas(key), p) {
			return p
		}
	}
	c.t.Fatal("everybody is a replica")
	return nil
}
