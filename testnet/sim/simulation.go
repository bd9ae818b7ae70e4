package sim

import (
	"fmt"
	"math/rand/v2"
	"time"

	"peal/chord"
)

// A Simulation is one run. It is not safe for concurrent use.
type Simulation struct {
	cfg     Config
	rand    *rand.Rand
	now     chord.Time
	end     chord.Time // of the phase that is running
	queue   queue
	mail    mail
	peers   []*peer
	byPeer  map[chord.PeerID]int32
	members []*peer // the live members, by position
	crashed []*peer // those that may come back

	trace     trace
	tally     tally
	checkAt   chord.Time
	lastFault chord.Time // when a member last came or went
	ideal     bool       // the ring has been ideal since
}

// A peer is a node and what the simulator knows of it.
type peer struct {
	number  int32
	self    chord.Contact
	node    *chord.Node // nil when dead
	wakeAt  chord.Time  // of its event in the queue
	lookups int         // under way
	told    *View       // the one observed last
	lookAt  chord.Time  // when it is observed again
}

// Run simulates what the Config says. On a broken promise of the protocol it
// returns the report so far and the error.
func Run(cfg Config) (Report, error) {
	s, err := New(cfg)
	if err != nil {
		return Report{}, err
	}
	return s.Run()
}

// New prepares a simulation.
func New(cfg Config) (*Simulation, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	probe := cfg.Node
	probe.Self = chord.NewContact("probe", 0)
	if _, err := chord.New(probe); err != nil {
		return nil, fmt.Errorf("sim: %w", err)
	}
	return &Simulation{
		cfg:    cfg,
		rand:   rand.New(rand.NewPCG(cfg.Seed, 0)),
		byPeer: make(map[chord.PeerID]int32),
		trace:  newTrace(),
	}, nil
}

// Run lets the ring form, then peers come, go and look things up, and then
// waits until the ring is ideal.
func (s *Simulation) Run() (Report, error) {
	for _, phase := range []func() error{s.form, s.work, s.settle} {
		if err := phase(); err != nil {
			s.observeEnd(err)
			return s.report(), fmt.Errorf("seed %d, %v, event %d: %w", s.cfg.Seed, time.Duration(s.now), s.tally.events, err)
		}
	}
	s.observeEnd(nil)
	return s.report(), nil
}

// form brings the ring into being.
func (s *Simulation) form() error {
	if !s.cfg.Grown {
		s.restoreRing()
		return s.check()
	}
	s.create()
	for i := 1; i < s.cfg.Peers; i++ {
		s.at(chord.Time(i)*chord.Time(s.cfg.JoinEvery), s.join)
	}
	if err := s.runFor(time.Duration(s.cfg.Peers) * s.cfg.JoinEvery); err != nil {
		return err
	}
	if err := s.settle(); err != nil {
		return err
	}
	s.tally.formed = s.now
	return nil
}

// work is the time in which peers come, go and look things up.
func (s *Simulation) work() error {
	s.crashShare()
	s.end = s.now.Add(s.cfg.Duration)
	s.repeat(s.cfg.Lookups, s.lookup)
	s.repeat(s.cfg.Joins, s.join)
	s.repeat(s.cfg.Leaves, s.leave)
	s.repeat(s.cfg.Crashes, s.crash)
	s.repeat(s.cfg.Restarts, s.restart)
	return s.runFor(s.cfg.Duration)
}

// settle runs until the ring is ideal and every lookup has ended.
func (s *Simulation) settle() error {
	limit := s.now.Add(s.cfg.SettleFor)
	for !s.ideal || len(s.members) < s.alive() || s.tally.lookupsUnderWay > 0 {
		if s.now >= limit {
			return fmt.Errorf("not settled %v after the last change: %w", s.cfg.SettleFor, s.unsettled())
		}
		if err := s.runFor(time.Second); err != nil {
			return err
		}
	}
	return nil
}

func (s *Simulation) unsettled() error {
	if err := chord.Ideal(s.views(), s.successors()); err != nil {
		return err
	}
	return fmt.Errorf("%d peers are alive, but %d members; %d lookups are under way", s.alive(), len(s.members), s.tally.lookupsUnderWay)
}

// runFor lets time pass.
func (s *Simulation) runFor(d time.Duration) error {
	until := s.now.Add(d)
	for s.queue.next() <= until {
		s.happen(s.queue.pop())
		if s.cfg.CheckEvery == 0 || s.now >= s.checkAt {
			if err := s.check(); err != nil {
				return err
			}
		}
	}
	s.now = until
	return s.check()
}

func (s *Simulation) happen(e event) {
	s.now = e.at
	s.tally.events++
	switch {
	case e.act != nil:
		e.act()
	case e.message >= 0:
		s.deliver(s.mail.take(e.message))
	default:
		s.wake(s.peers[e.peer], e.at)
	}
}

// wake lets a node do what is due. Of its events in the queue only the latest
// that was put in counts, and even that may be early.
func (s *Simulation) wake(p *peer, at chord.Time) {
	if p.node == nil || p.wakeAt != at {
		return
	}
	p.wakeAt = chord.Never
	p.node.Tick(s.now)
	s.drain(p)
}

// drain does what a node wants done.
func (s *Simulation) drain(p *peer) {
	r := p.node.Ready()
	for i := range r.Messages {
		s.send(r.Messages[i])
	}
	for i := range r.Found {
		s.judge(p, &r.Found[i])
	}
	for _, e := range r.Events {
		s.note(p, e)
	}
	if s.cfg.Observe != nil {
		s.observe(p, &r)
	}
	if at := max(p.node.Deadline(), s.now+1); at < p.wakeAt {
		p.wakeAt = at
		s.queue.push(event{at: at, peer: p.number, message: -1})
	}
}

// at lets something happen at a time.
func (s *Simulation) at(t chord.Time, act func()) {
	s.queue.push(event{at: t, message: -1, act: act})
}

// repeat lets something happen so many times a second, on average, until the
// phase is over.
func (s *Simulation) repeat(perSecond float64, act func()) {
	if perSecond <= 0 {
		return
	}
	pause := time.Duration(s.rand.ExpFloat64() / perSecond * float64(time.Second))
	if t := s.now.Add(pause); t < s.end {
		s.at(t, func() {
			act()
			s.repeat(perSecond, act)
		})
	}
}
