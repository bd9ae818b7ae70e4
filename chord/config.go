package chord

import (
	"cmp"
	"errors"
	"time"
)

// Time is nanoseconds since an origin of the driver's choice. It never goes
// backwards.
type Time int64

// Add is the time d later.
func (t Time) Add(d time.Duration) Time { return t + Time(d) }

// Sub is the duration since u.
func (t Time) Sub(u Time) time.Duration { return time.Duration(t - u) }

// Never is later than any other time.
const Never Time = 1<<63 - 1

// Config of a node. Zero fields take their defaults.
type Config struct {
	// Self is this node's own contact.
	Self Contact

	// Seed of the node's randomness, which spreads its timers and numbers its
	// requests. It should be another one in each life of a peer.
	Seed uint64

	// Successors is r, the length of the successor list. Default 8.
	Successors int

	// CacheSize bounds the location cache, in contacts. Default 1024;
	// negative for none.
	CacheSize int

	// StabilizeEvery is the pause between two rounds of stabilize while things
	// change, spread by a half each way. Default 1 s.
	StabilizeEvery time.Duration

	// FixFingerEvery is the pause between two refreshed fingers while things
	// change; the first round after joining does not pause. Default 5 s; negative
	// for never.
	FixFingerEvery time.Duration

	// FixedPauses keeps these two pauses as they are while nothing changes, as
	// in the Chord paper. Otherwise they grow, to twice and 32 times as long.
	FixedPauses bool

	// FingerSamples is how many peers are measured each time that a finger is
	// refreshed; it becomes the one with the shortest round trip. Default 4, at most
	// as many as a list has; negative for the first of the interval, as in the paper.
	FingerSamples int

	// Parallel is how many hops of a lookup are asked at a time, once a first one
	// has referred it to others. Default 2.
	Parallel int

	// MinTimeout and MaxTimeout bound the time a request may take before it
	// counts as unanswered; in between, it follows the round trips measured.
	// Defaults 500 ms and 3 s.
	MinTimeout, MaxTimeout time.Duration

	// Tries is how often at least a neighbour is asked before it counts as
	// dead, at most 100. Default 3.
	Tries int

	// Confirmers is how many other neighbours are asked each time whether they
	// can reach it. Default 3; negative for none.
	Confirmers int

	// FixedTimeout, unless 0, replaces the failure detector by a plain one, to
	// compare with: a neighbour is dead when for this long after a request
	// nothing was heard from it.
	FixedTimeout time.Duration

	// LookupTimeout ends a lookup that found nothing. Default 10 s.
	LookupTimeout time.Duration

	// Outbox, unless nil, is shared with other nodes, which must all be driven
	// from one goroutine.
	Outbox *Outbox
}

// DefaultSuccessors is the default of [Config.Successors].
const DefaultSuccessors = 8

const (
	closerContacts = 6                // contacts offered to a lookup that is not yet there
	firstRetry     = 60 * time.Second // longest pause before a dead contact is tried again; doubles
	lastRetry      = 16 * time.Minute
	maxTries       = 100
	suspectsBehind = 5                      // peers asked as well, behind a silent one
	newsFanout     = 2                      // peers told of another part of the ring
	joinPatience   = 2 * time.Second        // with ways in that are joining themselves
	lookupPause    = 250 * time.Millisecond // before a lookup that ran dry starts over
)

// validate fills in the defaults, and says what is wrong with the rest.
func (c *Config) validate() error {
	c.Successors = cmp.Or(c.Successors, DefaultSuccessors)
	c.CacheSize = cmp.Or(c.CacheSize, 1024)
	c.StabilizeEvery = cmp.Or(c.StabilizeEvery, time.Second)
	c.FixFingerEvery = cmp.Or(c.FixFingerEvery, 5*time.Second)
	c.FingerSamples = cmp.Or(c.FingerSamples, 4)
	c.Parallel = cmp.Or(c.Parallel, 2)
	c.MinTimeout = cmp.Or(c.MinTimeout, 500*time.Millisecond)
	c.MaxTimeout = cmp.Or(c.MaxTimeout, 3*time.Second)
	c.Tries = cmp.Or(c.Tries, 3)
	c.Confirmers = cmp.Or(c.Confirmers, 3)
	if c.FixedTimeout > 0 {
		c.Tries, c.Confirmers = 1, -1
	}
	c.LookupTimeout = cmp.Or(c.LookupTimeout, 10*time.Second)
	switch {
	case c.Self.IsZero():
		return errors.New("chord: Config.Self is not set")
	case c.Successors < 1 || c.Successors > MaxContacts:
		return errors.New("chord: Config.Successors is not between 1 and 64")
	case c.Parallel < 1:
		return errors.New("chord: Config.Parallel is negative")
	case c.Tries > maxTries:
		return errors.New("chord: Config.Tries is above 100")
	case c.StabilizeEvery < 0 || c.MinTimeout < 0 || c.MaxTimeout < c.MinTimeout || c.Tries < 0 || c.LookupTimeout < 0 || c.FixedTimeout < 0:
		return errors.New("chord: a duration of Config is negative, or MaxTimeout below MinTimeout")
	}
	return nil
}
