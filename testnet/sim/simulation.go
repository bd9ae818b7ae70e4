package sim

import (
	"errors"
	"fmt"
	"time"

	"peal/chord"
)

// A Simulation is one run. It is not safe for concurrent use.
type Simulation struct {
	cfg      Config
	churn    stream // chooses peers
	workload stream // chooses what is looked up
	rates    stream // spreads what happens so many times a second
	now      chord.Time
	end      chord.Time // of the phase that is running
	queue    queue
	mail     mail
	named    map[chord.PeerID][]int32 // while many crash: the messages whose lists have a peer
	outbox   chord.Outbox             // of all nodes: each is drained at once
	links    links
	peers    []*peer
	members  []*peer               // the live members, by position
	views    []chord.Neighbourhood // theirs, if everyChange
	crashed  []*peer               // those that may come back
	data     *dataPlane            // nil: there is none

	trace trace
	tally tally
	log   *eventLog // nil: none is kept
	told  []told    // what the observer knows of each peer, by its number

	everyChange bool       // the invariants are checked after every event
	forming     bool       // peers are being made members one by one
	stirred     bool       // something changed since the last check
	doubted     bool       // a live member was given up since the ring was ideal
	broken      error      // a rule that a view broke
	astray      int        // members whose neighbours are not the right ones
	checkAt     chord.Time // when to check again, unless everyChange
	progressAt  chord.Time
	lastFault   chord.Time // when something last went wrong, or a member came or went
	sentAtFault int        // messages sent until then
	ideal       bool       // the ring has been ideal since
}

// A peer is a node and what the simulator knows of it.
type peer struct {
	number  int32
	clock   clock
	self    chord.Contact
	node    *chord.Node // nil when dead
	life    uint32      // counts its nodes
	since   chord.Time  // when the node became a member
	left    bool        // it has said goodbye; its node ends soon
	links   stream      // decides about the messages that it sends
	wakeAt  chord.Time  // of its event in the queue
	lookups int         // under way
	astray  bool        // its neighbours are not the right ones

	disk   *disk         // nil without data; outlives the node
	data   *holder       // nil without data, or when dead
	offset time.Duration // of its time of day

	addresses   []*peer    // that it was started with
	pausedUntil chord.Time // 0: it runs
	mail        []int32    // that came meanwhile

	crashedAt chord.Time
	watchers  [2]*peer // its neighbours then that have not given it up yet
}

// ErrStopped ends a run that [Config.Stop] has stopped.
var ErrStopped = errors.New("sim: the run was stopped")

// stopEvery is how many events are handled between two questions whether to stop.
const stopEvery = 1024

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
		cfg:         cfg,
		churn:       newStream(cfg.Seed, 1),
		workload:    newStream(cfg.Seed, 2),
		rates:       newStream(cfg.Seed, 3),
		trace:       newTrace(),
		everyChange: cfg.CheckEvery <= 0,
		data:        newDataPlane(&cfg),
	}, nil
}

// Run lets the ring form, then peers come, go and look things up, and then
// waits until the ring is ideal.
func (s *Simulation) Run() (Report, error) {
	for _, phase := range []func() error{s.form, s.work, s.settle, s.settleData} {
		err := phase()
		if errors.Is(err, ErrStopped) {
			return s.report(), err
		}
		if err != nil {
			s.observeEnd(err)
			return s.report(), s.violation(err)
		}
	}
	s.observeEnd(nil)
	return s.report(), nil
}

// form brings the ring into being.
func (s *Simulation) form() error {
	if !s.cfg.Grown {
		s.restoreRings()
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
	s.introduceRings()
	s.crashShare()
	s.schedule()
	s.end = s.now.Add(s.cfg.Duration)
	s.repeat(s.cfg.Lookups, s.lookup)
	s.repeat(s.cfg.Joins, s.join)
	s.repeat(s.cfg.Leaves, func() { s.leave(s.randomMember()) })
	s.repeat(s.cfg.Crashes, func() { s.crash(s.randomMember()) })
	s.repeat(s.cfg.Restarts, s.restartAny)
	s.useData()
	return s.runFor(max(s.cfg.Duration, Ends(s.cfg.Faults)))
}

// settle runs until the ring is ideal and every lookup has ended.
func (s *Simulation) settle() error {
	if s.cfg.SettleFor < 0 {
		return s.finishLookups()
	}
	limit := s.now.Add(s.cfg.SettleFor)
	for !s.ideal || len(s.members) < s.alive() || s.tally.lookupsUnderWay > 0 {
		if s.now >= limit {
			return fmt.Errorf("not settled %v after the last change: %w", s.cfg.SettleFor, s.unsettled())
		}
		if err := s.runFor(time.Second); err != nil {
			return err
		}
	}
	return s.confirm()
}

// finishLookups runs until every lookup has ended; each has a deadline.
func (s *Simulation) finishLookups() error {
	for s.tally.lookupsUnderWay > 0 {
		if err := s.runFor(time.Second); err != nil {
			return err
		}
	}
	return nil
}

func (s *Simulation) unsettled() error {
	if err := chord.Ideal(s.allViews(), s.successors()); err != nil {
		return err
	}
	return fmt.Errorf("%d peers are alive, but %d members; %d lookups are under way", s.alive(), len(s.members), s.tally.lookupsUnderWay)
}

// runFor lets time pass.
func (s *Simulation) runFor(d time.Duration) error {
	until := s.now.Add(d)
	for s.queue.next() <= until {
		s.happen(s.queue.pop())
		if err := s.assert(); err != nil {
			return err
		}
		if s.cfg.Stop != nil && s.tally.events%stopEvery == 0 && s.cfg.Stop() {
			return ErrStopped
		}
	}
	s.now = until
	s.progress()
	return nil
}

func (s *Simulation) happen(e event) {
	s.now = e.at
	s.tally.events++
	switch {
	case e.act != nil:
		e.act()
	case e.message >= 0:
		s.deliver(s.peers[e.peer], e.message)
	default:
		s.wake(s.peers[e.peer], e.at)
	}
}

// wake lets a node do what is due. Of its events in the queue only the latest
// that was put in counts, and even that may be early.
func (s *Simulation) wake(p *peer, at chord.Time) {
	if p.node == nil || p.wakeAt != at || p.paused() {
		return
	}
	p.wakeAt = chord.Never
	s.logWake(p)
	s.tick(p)
}

// tick lets a peer's node and replica do what is due.
func (s *Simulation) tick(p *peer) {
	p.node.Tick(p.clock.read(s.now))
	s.drainRing(p, nil)
	if p.data != nil {
		p.data.replica.Tick(s.timeOfDay(p))
		p.data.stirred = true
	}
	s.settleUp(p)
}

// drain does what a node wants done after a message, or without one.
func (s *Simulation) drain(p *peer, cause *letter) {
	s.drainRing(p, cause)
	s.settleUp(p)
}

// settleUp does what a replica wants done, and puts a peer's next deadline into
// the queue.
func (s *Simulation) settleUp(p *peer) {
	s.drainData(p)
	if at := max(p.deadline(), s.now+1); at < p.wakeAt {
		p.wakeAt = at
		s.queue.push(event{at: at, peer: p.number, message: -1})
	}
}

func (s *Simulation) drainRing(p *peer, cause *letter) {
	r := p.node.Ready()
	for i := range r.Messages {
		s.send(p, &r.Messages[i], cause)
	}
	for i := range r.Found {
		if !p.forData(r.Found[i].Lookup) {
			s.judge(p, &r.Found[i])
		}
	}
	for _, e := range r.Events {
		s.note(p, e)
	}
	if r.Neighbours {
		s.look(p, cause)
	}
	if s.cfg.Record != nil && !p.left {
		s.observe(p, &r)
	}
	if p.data != nil {
		s.inform(p, &r)
	}
}

// repeat lets something happen so many times a second, on average, until the
// phase is over.
func (s *Simulation) repeat(perSecond float64, act func()) {
	if perSecond <= 0 {
		return
	}
	mean := time.Duration(float64(time.Second) / perSecond)
	if t := s.now.Add(s.rates.exponential(mean)); t < s.end {
		s.at(t, func() {
			act()
			s.repeat(perSecond, act)
		})
	}
}
