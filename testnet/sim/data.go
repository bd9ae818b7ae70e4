package sim

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"peal/chord"
	"peal/node/replica"
)

// Data is the data plane of a simulation: every peer carries a
// [replica.Replica] and a disk beside its node, and clients write, read, touch and
// delete keys through random members. Zero fields take their defaults.
type Data struct {
	// Replica has the settings of every replica; Self, Seed and Reader are
	// filled in.
	Replica replica.Config

	// Keys is how many different keys the clients use. Default 32.
	Keys int

	// TTL is how long a third of what is put or touched lives, at most. Default 0:
	// nothing expires.
	TTL time.Duration

	// Writing is how long clients write; then they only read. Default 0: all the time.
	Writing time.Duration

	// Rate is how many operations the clients begin a second, on average.
	// Default 20.
	Rate float64

	// Deadline of an operation. Default 5 s.
	Deadline time.Duration

	// Skew is by how much the peers' times of day differ, at most. Replicas
	// refuse what is more than a minute ahead. Default 0.
	Skew time.Duration

	// Sync is the mean time that a disk takes to make a commit durable. Default
	// 2 ms.
	Sync time.Duration

	// SettleFor bounds the time in which every replica must say that all is in
	// its place, once the ring is ideal. Default 5 min.
	SettleFor time.Duration
}

func (d *Data) validate() error {
	d.Keys = cmp.Or(d.Keys, 32)
	d.Rate = cmp.Or(d.Rate, 20)
	d.Deadline = cmp.Or(d.Deadline, 5*time.Second)
	d.Sync = cmp.Or(d.Sync, 2*time.Millisecond)
	d.SettleFor = cmp.Or(d.SettleFor, 5*time.Minute)
	d.Replica.Quorums = d.Replica.Quorums.Complete()
	d.Replica.RoundEvery = cmp.Or(d.Replica.RoundEvery, 30*time.Second)
	d.Replica.Grace = cmp.Or(d.Replica.Grace, 24*time.Hour)
	switch {
	case d.Keys < 1 || d.Keys > maxKeys:
		return fmt.Errorf("sim: Data.Keys is not from 1 to %d", maxKeys)
	case !rate(d.Rate):
		return errors.New("sim: Data.Rate is neither 0 nor from 0.000001 to 1000000 a second")
	case d.Deadline < 0 || d.Sync < 0 || d.SettleFor < 0 || d.TTL < 0 || d.Writing < 0:
		return errors.New("sim: a duration of Data is negative")
	case d.Skew < 0 || d.Skew > replica.MaxSkew:
		return fmt.Errorf("sim: Data.Skew is not from 0 to %v", replica.MaxSkew)
	}
	probe := d.Replica
	probe.Self, probe.Reader = chord.NewContact("probe", 0), &disk{}
	_, err := replica.New(probe)
	return err
}

// maxKeys bounds what is looked through at every crash.
const maxKeys = 10_000

// epoch is when the simulated time of day begins, in nanoseconds since 1970.
const epoch = chord.Time(1_700_000_000_000_000_000)

// A holder is a peer's part in the data plane, for one life of the peer. It is
// driven as the turns of package node drive it: while a commit is under way,
// what does not depend on it goes on, and what is written meanwhile gathers for the
// next one.
type holder struct {
	replica    *replica.Replica
	locating   map[chord.LookupID]uint64
	calls      map[replica.OpID]*call
	stirred    bool                  // the replica may want something done
	committing *commit               // under way
	leaving    chord.Time            // when it began to hand over, 0 if it does not
	returned   bool                  // perhaps after more than the grace period, and has not caught up yet
	laden      bool                  // and may still hold, for others, what it came back with
	told       map[chord.PeerID]bool // who has told it since what they have
}

// A commit is what a replica wants done, from when its disk begins to write
// until it is durable.
type commit struct {
	replica.Ready
	ended bool // though the process stands still
	err   error
}

// bootData starts a peer's replica with what its disk holds.
func (s *Simulation) bootData(p *peer) {
	if s.cfg.Data == nil {
		return
	}
	if p.disk == nil {
		r := newStream(s.cfg.Seed, uint64(p.number), 0xd15c)
		p.offset = r.upTo(s.cfg.Data.Skew)
		p.disk = newDisk(r, s.cfg.Data.Sync)
	}
	cfg := s.cfg.Data.Replica
	cfg.Self, cfg.Seed, cfg.Reader = p.self, p.disk.random.next(), p.disk
	if cfg.Presence = p.disk.present; p.disk.salvage() && cfg.Presence.Until != 0 {
		cfg.Presence.Since = millis(s.timeOfDay(p)) // as package node has it
	}
	r, _ := replica.New(cfg) // validate has seen that the settings are valid
	p.disk.load(r.Load)
	p.data = &holder{replica: r, locating: map[chord.LookupID]uint64{}, calls: map[replica.OpID]*call{}}
	s.speakAgain(p)
}

// stopData ends a peer's replica. A commit that is under way may have reached
// the disk, all or nothing; nobody is told.
func (s *Simulation) stopData(p *peer) {
	d := p.data
	if d == nil {
		return
	}
	p.fallSilent(s.timeOfDay(p))
	p.data = nil
	if c := d.committing; c != nil && !c.ended && p.disk.random.below(2) == 0 {
		s.store(p, &c.Ready)
	}
	s.data.abandon(d)
}

// timeOfDay is what a peer takes for it.
func (s *Simulation) timeOfDay(p *peer) chord.Time { return s.dayAt(p, s.now) }

// dayAt is what a peer took for the time of day at a time.
func (s *Simulation) dayAt(p *peer, t chord.Time) chord.Time {
	return epoch.Add(p.offset) + p.clock.read(t)
}

// latestDay is what nobody's clock is ahead of.
func (s *Simulation) latestDay() chord.Time {
	drift := time.Duration(float64(s.now) * s.cfg.ClockDrift)
	return epoch.Add(s.cfg.Data.Skew+drift+time.Millisecond) + s.now
}

// deadline is when a peer must be woken next.
func (p *peer) deadline() chord.Time {
	at := p.clock.when(p.node.Deadline())
	if p.data == nil {
		return at
	}
	day := p.data.replica.Deadline()
	if day == chord.Never {
		return at
	}
	return min(at, p.clock.when(max(0, day-epoch.Add(p.offset))))
}

// inform tells a peer's replica what its node has found out.
func (s *Simulation) inform(p *peer, r *chord.Ready) {
	d := p.data
	if r.Neighbours {
		d.replica.SetNeighbours(s.timeOfDay(p), p.node.Neighbourhood())
		d.stirred = true
	}
	for i := range r.Found {
		if id, ok := d.locating[r.Found[i].Lookup]; ok {
			delete(d.locating, r.Found[i].Lookup)
			d.replica.Located(s.timeOfDay(p), id, r.Found[i])
			d.stirred = true
		}
	}
}

// forData reports whether a replica waits for a lookup.
func (p *peer) forData(id chord.LookupID) bool {
	if p.data == nil {
		return false
	}
	_, ok := p.data.locating[id]
	return ok
}

// drainData does what a replica wants done, and what follows from that.
func (s *Simulation) drainData(p *peer) {
	d := p.data
	for d != nil && d.stirred {
		d.stirred = false
		early := d.replica.Early()
		s.carryOut(p, &early)
		if d.committing != nil {
			continue
		}
		r := d.replica.Ready()
		if len(r.Writes)+len(r.Drops) > 0 {
			s.commit(p, r)
		} else {
			s.carryOut(p, &r)
		}
	}
}

// commit lets the disk write. Until it has, nothing but what is early is drained, so
// the slices of the Ready stay valid.
func (s *Simulation) commit(p *peer, r replica.Ready) {
	d, c := p.data, &commit{Ready: r}
	d.committing, d.stirred = c, true
	s.after(p.disk.time(), func() {
		if p.data != d {
			return // it has crashed meanwhile
		}
		c.err, c.ended = s.store(p, &c.Ready), true
		if !p.paused() {
			s.committed(p)
		}
	})
}

// committed goes on with what depended on a commit that has ended.
func (s *Simulation) committed(p *peer) {
	d, c := p.data, p.data.committing
	d.committing, d.stirred = nil, true
	if c.err != nil {
		s.data.tally.Refused++
		c.Ready = d.replica.NotStored(s.timeOfDay(p), c.Ready)
	}
	s.carryOut(p, &c.Ready)
	s.tick(p)
}

// carryOut sends the messages of a Ready, looks up what it wants located, and
// hands out the outcomes.
func (s *Simulation) carryOut(p *peer, r *replica.Ready) {
	for i := range r.Messages {
		s.sendData(p, &r.Messages[i])
	}
	for _, l := range r.Locates {
		s.locate(p, l)
	}
	for _, name := range r.Late {
		p.node.Late(p.clock.read(s.now), s.peer(name).self)
	}
	for _, name := range r.Silent {
		p.node.Doubt(p.clock.read(s.now), s.peer(name).self)
	}
	for i := range r.Outcomes {
		s.answer(p, &r.Outcomes[i])
	}
	for _, e := range r.Events {
		s.data.count(e)
	}
	if len(r.Locates)+len(r.Late)+len(r.Silent) > 0 {
		s.drainRing(p, nil)
	}
}

func (s *Simulation) locate(p *peer, l replica.Locate) {
	if l.Guess > 0 {
		if guess, ok := p.node.Guess(l.Target, l.Guess); ok {
			p.data.replica.Located(s.timeOfDay(p), l.ID, guess)
			p.data.stirred = true
			return
		}
	}
	id := p.node.Lookup(p.clock.read(s.now), l.Target)
	s.traceLookup(p, id)
	p.data.locating[id] = l.ID
}

func (s *Simulation) sendData(from *peer, m *replica.Message) {
	l := letter{data: new(replica.Message)}
	*l.data = *m
	s.post(from, m.To, &l)
}

// stepData hands a message to a peer's replica.
func (s *Simulation) stepData(p *peer, m *replica.Message) {
	if p.data == nil {
		return
	}
	s.data.delivered[m.Kind]++
	s.trace.data(s.now, m)
	s.noteTold(m)
	s.logData(p, m)
	if p.data.returned && m.Kind == replica.Compared {
		p.data.told[m.From] = true
		s.ask(p, everybody)
	}
	p.data.replica.Step(s.timeOfDay(p), *m)
	if m.Served() {
		p.node.Heard(p.clock.read(s.now), s.peer(m.From).self)
	}
	p.data.stirred = true
}
