package sim

import (
	"fmt"
	"slices"
	"time"

	"peal/chord"
)

// An Observation is one thing that happened in a simulation. Which fields are
// set depends on Kind. What it points to must not be changed.
type Observation struct {
	At     chord.Time
	Kind   ObservationKind
	Peer   chord.Contact // whom it is about; nobody where it is the whole network
	Event  chord.Event   // Emitted
	View   *View         // Viewed
	Result *chord.Result // LookedUp
	Text   string        // Faulted, Violated; LookedUp: what is wrong with the result, if anything
}

// ObservationKind says what was observed.
type ObservationKind uint8

// The kinds of observations.
const (
	Emitted  ObservationKind = iota + 1 // the peer's node emitted Event
	Viewed                              // what the peer knows is now View; at first it knows nothing
	Crashed                             // the peer is gone, without a word
	Left                                // the peer is gone, after a goodbye
	LookedUp                            // a lookup of the peer has ended with Result
	Faulted                             // something was done to the network or to the peer
	Violated                            // the run ends: a promise of the protocol is broken
)

// A View is what a peer knows.
type View struct {
	chord.Neighbourhood
	Fingers []chord.Contact // as of at most observeEvery ago
	Known   int             // contacts in the location cache, as of the last change of anything else
}

// observeEvery bounds how often it is looked for changes that a node does not
// report.
const observeEvery = 250 * time.Millisecond

// A told is what the observer knows of a peer.
type told struct {
	view   *View
	lookAt chord.Time // when it is looked at again
}

// observe tells of what a peer's node did: first how its view is now, then what
// it emitted. It is called only where there is an observer.
func (s *Simulation) observe(p *peer, r *chord.Ready) {
	known := s.toldOf(p)
	if known.view == nil || r.Neighbours || len(r.Events) > 0 || s.now >= known.lookAt {
		s.observeView(p)
	}
	for _, e := range r.Events {
		s.cfg.Record(Observation{At: s.now, Kind: Emitted, Peer: p.self, Event: e})
	}
	for i := range r.Found {
		result := r.Found[i]
		s.cfg.Record(Observation{At: s.now, Kind: LookedUp, Peer: p.self, Result: &result, Text: s.complaint(p, &result)})
	}
}

// traceLookup has a lookup that has just begun tell how it chooses.
func (s *Simulation) traceLookup(p *peer, id chord.LookupID) {
	if s.cfg.Record != nil {
		p.node.Trace(id)
	}
}

func (s *Simulation) toldOf(p *peer) *told {
	if more := len(s.peers) - len(s.told); more > 0 {
		s.told = append(s.told, make([]told, more)...)
	}
	return &s.told[p.number]
}

func (s *Simulation) observeView(p *peer) {
	known, v := s.toldOf(p), p.view()
	known.lookAt = s.now.Add(observeEvery)
	if known.view == nil || !v.same(known.view) {
		known.view = v
		s.cfg.Record(Observation{At: s.now, Kind: Viewed, Peer: p.self, View: v})
	}
}

func (p *peer) view() *View {
	return &View{Neighbourhood: p.node.Neighbourhood(), Fingers: p.node.Fingers(), Known: p.node.Known()}
}

// same ignores how many contacts are known, which changes with every message.
func (v *View) same(w *View) bool {
	return v.Member == w.Member && v.Pred() == w.Pred() && slices.Equal(v.Succ, w.Succ) && slices.Equal(v.Fingers, w.Fingers)
}

// complaint says what is wrong with a result, and nothing if it is right.
func (s *Simulation) complaint(p *peer, r *chord.Result) string {
	switch o := s.outcome(p, r); {
	case !o.Found:
		return "failed"
	case !o.Right:
		return "wrong: it is not the owner"
	}
	return ""
}

// observeGone tells that a peer has crashed or left.
func (s *Simulation) observeGone(p *peer, kind ObservationKind) {
	if s.cfg.Record != nil {
		*s.toldOf(p) = told{}
		s.cfg.Record(Observation{At: s.now, Kind: kind, Peer: p.self})
	}
}

// observeFault tells what was done to a peer, or to the network.
func (s *Simulation) observeFault(p *peer, text string) {
	if s.cfg.Record == nil {
		return
	}
	o := Observation{At: s.now, Kind: Faulted, Text: text}
	if p != nil {
		o.Peer = p.self
	}
	s.cfg.Record(o)
}

// phrase tells what a fault does to the network.
func (f *Fault) phrase() string {
	text := ""
	switch f.Kind {
	case Cut:
		text = fmt.Sprintf("cut: %s of the peers hear nothing from %s", percent(f.Shares[1]), percent(f.Shares[0]))
	case Partition:
		text = "partition: "
		for _, v := range f.Shares {
			text += percent(v) + ", "
		}
		text += "and the rest"
	case Loss:
		text = fmt.Sprintf("loss: %s of the messages do not arrive", percent(f.Rate))
	case Duplicate:
		text = fmt.Sprintf("duplicate: %s of the messages arrive twice", percent(f.Rate))
	case Delay:
		text = fmt.Sprintf("delay: messages are up to %v late", f.By.Round(time.Millisecond))
	case DiskFails:
		text = "its disk refuses to write"
	case DiskFull:
		text = "its disk is full"
	case DiskSlow:
		text = fmt.Sprintf("its disk is up to %v late", f.By.Round(time.Millisecond))
	case Spoil:
		return fmt.Sprintf("%s of its records become unreadable", percent(f.Rate))
	}
	return text + forTime(f.For)
}

func forTime(d time.Duration) string { return fmt.Sprintf(", for %v", d.Round(100*time.Millisecond)) }

func percent(share float64) string { return fmt.Sprintf("%.0f %%", 100*share) }

// observeEnd tells how all is when the run ends, and why if something was
// violated.
func (s *Simulation) observeEnd(err error) {
	if s.cfg.Record == nil {
		return
	}
	for _, p := range s.members {
		s.observeView(p)
	}
	if err != nil {
		s.cfg.Record(Observation{At: s.now, Kind: Violated, Text: err.Error()})
	}
}

// Views are what the members know of their places, clockwise.
func (s *Simulation) Views() []View {
	views := make([]View, len(s.members))
	for i, p := range s.members {
		views[i] = *p.view()
	}
	return views
}
