package original

import (
	"slices"
	"time"

	"peal/chord"
	"peal/testnet/sim"
)

// every is the pause between two rounds of a peer, as in the paper's experiments.
const every = time.Second

// A peer is what the rules have it know.
type peer struct {
	self chord.Contact
	pred chord.Contact   // nobody if it is not known
	succ []chord.Contact // nearest first
	next chord.Time      // its next round
	told *sim.View
}

// A ring is the peers that live, by position.
type ring struct {
	peers  []*peer
	length int // of the successor lists
	now    chord.Time
	record func(sim.Observation)
}

// newRing makes a ring in which everybody knows the right neighbours.
func newRing(members []chord.Contact, length int, record func(sim.Observation)) *ring {
	r := &ring{length: length, record: record}
	slices.SortFunc(members, func(a, b chord.Contact) int { return a.ID.Compare(b.ID) })
	n := len(members)
	for i, c := range members {
		p := &peer{self: c, pred: members[(i+n-1)%n], next: phase(c)}
		for k := range min(length, n-1) {
			p.succ = append(p.succ, members[(i+1+k)%n])
		}
		r.peers = append(r.peers, p)
	}
	r.observe()
	return r
}

// phase spreads the first rounds over the time between two.
func phase(c chord.Contact) chord.Time {
	return chord.Time(every) * chord.Time(c.ID[0]) / 256
}

// find is a peer that lives, nil if it does not.
func (r *ring) find(c chord.Contact) *peer {
	for _, p := range r.peers {
		if p.self == c {
			return p
		}
	}
	return nil
}

// join asks a live peer for the successor, and has a first round at once.
func (r *ring) join(c chord.Contact) {
	if len(r.peers) == 0 {
		return
	}
	at, _ := slices.BinarySearchFunc(r.peers, c.ID, func(p *peer, id chord.ID) int { return p.self.ID.Compare(id) })
	p := &peer{self: c, succ: []chord.Contact{r.peers[at%len(r.peers)].self}, next: r.now.Add(every)}
	r.peers = slices.Insert(r.peers, at, p)
	r.observe()
	r.record(sim.Observation{At: r.now, Kind: sim.Emitted, Peer: c, Event: chord.Event{Kind: chord.Joined}})
	r.round(p)
}

func (r *ring) crash(c chord.Contact) {
	r.peers = slices.DeleteFunc(r.peers, func(p *peer) bool { return p.self == c })
	r.record(sim.Observation{At: r.now, Kind: sim.Crashed, Peer: c})
}

// round is what a peer does from time to time.
func (r *ring) round(p *peer) {
	r.stabilize(p)
	if r.find(p.pred) == nil {
		p.pred = chord.Contact{} // check_predecessor
	}
	r.observe()
}

// stabilize asks the successor for its predecessor, takes that one for the successor if
// it lies between, copies the successor's list, and notifies it.
func (r *ring) stabilize(p *peer) {
	first := slices.IndexFunc(p.succ, func(c chord.Contact) bool { return r.find(c) != nil })
	if first < 0 {
		return // it knows of nobody who lives, and never will
	}
	p.succ = p.succ[first:]
	if x := r.find(p.succ[0]).pred; !x.IsZero() && chord.Between(p.self.ID, x.ID, p.succ[0].ID) {
		p.succ = r.cut(append([]chord.Contact{x}, p.succ...)) // whether it lives or not
	}
	s := r.find(p.succ[0])
	if s == nil {
		return
	}
	own := func(c chord.Contact) bool { return c == p.self }
	list := append([]chord.Contact{s.self}, s.succ...)
	if i := slices.IndexFunc(list, own); i >= 0 {
		list = list[:i] // once around
	}
	p.succ = r.cut(list)
	if s.pred.IsZero() || chord.Between(s.pred.ID, p.self.ID, s.self.ID) {
		s.pred = p.self // notify
	}
}

func (r *ring) cut(list []chord.Contact) []chord.Contact { return list[:min(len(list), r.length)] }

// advance lets the rounds happen that are due before a time.
func (r *ring) advance(until chord.Time) {
	for {
		var p *peer
		for _, q := range r.peers {
			if q.next < until && (p == nil || q.next < p.next) {
				p = q
			}
		}
		if p == nil {
			r.now = until
			return
		}
		r.now, p.next = p.next, p.next.Add(every)
		r.round(p)
	}
}

func (r *ring) views() []chord.Neighbourhood {
	views := make([]chord.Neighbourhood, len(r.peers))
	for i, p := range r.peers {
		views[i] = chord.Neighbourhood{Self: p.self, Member: true, Preds: []chord.Contact{p.pred}, Succ: slices.Clone(p.succ)}
	}
	return views
}

// observe tells of every peer whose view has changed.
func (r *ring) observe() {
	for i, v := range r.views() {
		p := r.peers[i]
		if p.told != nil && p.told.Pred() == v.Pred() && slices.Equal(p.told.Succ, v.Succ) {
			continue
		}
		p.told = &sim.View{Neighbourhood: v}
		r.record(sim.Observation{At: r.now, Kind: sim.Viewed, Peer: p.self, View: p.told})
	}
}
