package sim

import (
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

// observe tells of what a peer's node did: first how its view is now, then what
// it emitted. It is called only where there is an observer.
func (s *Simulation) observe(p *peer, r *chord.Ready) {
	if p.told == nil || r.Neighbours || len(r.Events) > 0 || s.now >= p.lookAt {
		s.observeView(p)
	}
	for _, e := range r.Events {
		s.cfg.Observe(Observation{At: s.now, Kind: Emitted, Peer: p.self, Event: e})
	}
	for i := range r.Found {
		result := r.Found[i]
		s.cfg.Observe(Observation{At: s.now, Kind: LookedUp, Peer: p.self, Result: &result, Text: s.faultOf(&result)})
	}
}

func (s *Simulation) observeView(p *peer) {
	p.lookAt = s.now.Add(observeEvery)
	if v := p.view(); p.told == nil || !v.same(p.told) {
		p.told = v
		s.cfg.Observe(Observation{At: s.now, Kind: Viewed, Peer: p.self, View: v})
	}
}

func (p *peer) view() *View {
	return &View{Neighbourhood: p.node.Neighbourhood(), Fingers: p.node.Fingers(), Known: p.node.Known()}
}

// same ignores how many contacts are known, which changes with every message.
func (v *View) same(w *View) bool {
	return v.Member == w.Member && v.Pred() == w.Pred() && slices.Equal(v.Succ, w.Succ) && slices.Equal(v.Fingers, w.Fingers)
}

// faultOf says what is wrong with a result, judged as the report does.
func (s *Simulation) faultOf(r *chord.Result) string {
	if len(r.Owners) == 0 {
		return "failed"
	}
	i := slices.IndexFunc(r.Owners, s.isMember)
	at, _ := s.place(r.Target)
	right := s.members[at%len(s.members)].self
	if i < 0 || r.Owners[i] != right {
		return "wrong: the owner is " + right.String()
	}
	return ""
}

// observeGone tells that a peer has crashed or left.
func (s *Simulation) observeGone(p *peer, kind ObservationKind) {
	p.told = nil
	if s.cfg.Observe != nil {
		s.cfg.Observe(Observation{At: s.now, Kind: kind, Peer: p.self})
	}
}

// observeEnd tells how all is when the run ends, and why if something was
// violated.
func (s *Simulation) observeEnd(err error) {
	if s.cfg.Observe == nil {
		return
	}
	for _, p := range s.members {
		s.observeView(p)
	}
	if err != nil {
		s.observeText(Violated, err.Error())
	}
}

// observeText tells of a fault or a violation.
func (s *Simulation) observeText(kind ObservationKind, text string) {
	if s.cfg.Observe != nil {
		s.cfg.Observe(Observation{At: s.now, Kind: kind, Text: text})
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
