package replica

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"peal/chord"
)

// Config of a replica. Zero fields take their defaults.
type Config struct {
	// Self is the peer's place on the ring.
	Self chord.Contact

	// Seed of the replica's randomness. Each life of a peer needs another.
	Seed uint64

	// Quorums of the ring.
	Quorums

	// RoundEvery is the pause between two regular rounds of reconciliation,
	// spread by a quarter each way. Default 30 s.
	RoundEvery time.Duration

	// RequestTimeout is how long another peer may take to answer, and ten times
	// as long where many records are on their way. Default 1 s.
	RequestTimeout time.Duration

	// Grace is how long a tombstone is kept at least, and how long a peer may be
	// away without missing a delete. Default 24 h.
	Grace time.Duration

	// Presence of the peer before it was restarted; zero if it holds nothing, or if
	// that is not known.
	Presence Presence

	// Reader gives back the values that were stored.
	Reader Reader
}

// A Reader reads stored records.
type Reader interface {
	// Get gives the record of a key, and false if there is none.
	Get(key string) (Record, bool, error)
}

func (c *Config) validate() error {
	c.Quorums = c.Quorums.Complete()
	c.RoundEvery = cmp.Or(c.RoundEvery, 30*time.Second)
	c.RequestTimeout = cmp.Or(c.RequestTimeout, time.Second)
	c.Grace = cmp.Or(c.Grace, 24*time.Hour)
	switch {
	case c.Self.IsZero() || c.Reader == nil:
		return errors.New("replica: Config.Self or Config.Reader is not set")
	case c.Quorums.Valid() != nil:
		return fmt.Errorf("replica: %w", c.Quorums.Valid())
	case c.RoundEvery < 0 || c.RequestTimeout < 0 || c.Grace < 0:
		return errors.New("replica: a duration of Config is negative")
	}
	return nil
}

// Never is later than any other time.
const Never = chord.Never

// A Replica is one peer's part of the data plane. It is not safe for concurrent
// use. Its times are nanoseconds since 1970, for the versions' sake.
type Replica struct {
	cfg      Config
	rand     *rand.Rand
	clock    Clock
	index    Index
	place    place
	presence Presence
	away     Presence   // that ended too long ago for what we hold outside our arc
	leaving  bool       // no rounds any more
	outdated bool       // on its way out it has turned a write down, or handed all over: others know better
	driven   chord.Time // the last Tick, message or news of neighbours; 0 before the first

	round   round
	session *session // the one going on, if its round is
	repair  throttle
	reason  string // why the last round did not go well

	ops      []*operation // by id
	requests []request    // by seq
	locating []location   // by id
	lastID   uint64
	luck     luck
	reads    chord.RoundTrip // of reads that were answered

	expiring   agenda // records that will expire
	tombstones agenda // that will be collected

	damaged map[string]Item // records that the store cannot give back, until they are mended
	outbox
	durable [2]standpoint // at the last Ready, and at the one before
}

// New makes a replica that holds nothing.
func New(cfg Config) (*Replica, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	random := rand.New(rand.NewPCG(cfg.Seed, 1))
	return &Replica{
		cfg:    cfg,
		rand:   random,
		lastID: uint64(random.Uint32()), // so that answers to an earlier life fit no request
		place:  place{self: cfg.Self, n: cfg.N},
		round:  round{at: Never}, presence: cfg.Presence,
		luck:   luck{right: allRight},
		reads:  chord.RoundTrip{Mean: cfg.RequestTimeout / 20, Dev: cfg.RequestTimeout / 80},
		outbox: newOutbox(), damaged: map[string]Item{},
	}, nil
}

// Load tells of a record that the store holds already.
func (r *Replica) Load(it Item) {
	r.clock.Observe(it.Version)
	r.hold(it)
	r.wasPresent(it.Version)
}

// Step takes in a message that arrived, or news from the transport.
func (r *Replica) Step(now chord.Time, m Message) {
	r.wake(now)
	switch m.Kind {
	case Unreachable:
		r.unreachable(now, m.From)
	case Write:
		r.onWrite(now, m)
	case Read:
		r.onRead(now, m)
	case List:
		r.onList(now, m)
	case Compare:
		r.onCompare(now, m)
	case Pull:
		r.onPull(m)
	default:
		if q, ok := r.answered(m); ok {
			if m.Kind == Answer {
				r.reads.Observe(now.Sub(q.sent))
			}
			q.then(now, m, true)
		}
	}
}

// Tick does what is due. It is harmless before the deadline.
func (r *Replica) Tick(now chord.Time) {
	r.wake(now)
	r.expireRequests(now)
	r.expireOperations(now)
	r.expireRecords(now)
	if now >= r.round.at {
		r.beginRound(now)
	}
}

// Deadline is when Tick must be called next.
func (r *Replica) Deadline() chord.Time {
	at := min(r.round.at, r.expiring.next())
	for i := range r.requests {
		at = min(at, r.requests[i].deadline, r.requests[i].lateAt)
	}
	for _, o := range r.ops {
		at = min(at, o.deadline, o.retryAt, o.reportAt, o.hedgeAt)
	}
	return at
}

// Len is the number of records held, tombstones and strays included.
func (r *Replica) Len() int { return r.index.Len() }

// Bytes is how many the values of these records have.
func (r *Replica) Bytes() int64 { return r.index.root.summary().Bytes }

// Live is the number of keys held on an arc, tombstones and internal ones not
// counted.
func (r *Replica) Live(arc chord.Arc) int { return int(r.index.Summary(arc).Live) }

// Replicated reports whether, as far as the replica knows, everything on its
// arc is on all its replicas, it holds nothing else, and every write that it
// coordinated has reached all.
func (r *Replica) Replicated() bool {
	return r.round.settled && r.strays() == 0 && !slices.ContainsFunc(r.ops, func(o *operation) bool { return o.reported })
}

// strays is how many records are held that belong to others.
func (r *Replica) strays() int { return r.index.Len() - int(r.index.Summary(r.place.arc).Count) }
