package sim

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"time"

	"peal/chord"
)

// Config of a simulation. Zero fields take their defaults.
type Config struct {
	// Peers is the number of members before anything else happens. Default 1000.
	Peers int

	// Seed of all randomness.
	Seed uint64

	// Grown lets the peers join one after another, JoinEvery apart (default
	// 50 ms), and waits until the ring is ideal. Otherwise it is there from the
	// start, with complete fingers.
	Grown     bool
	JoinEvery time.Duration

	// Rings, if above 1, lets the peers begin as so many rings of one name that
	// know nothing of each other. When the Duration begins, a member of each but
	// the first is told of one of the first.
	Rings int

	// Duration of the time in which all below happens, a year at most. Default
	// 1 min.
	Duration time.Duration

	// CrashShare of the members, from 0 to below 1, crash at once when it begins.
	CrashShare float64

	// Lookups, Joins, Leaves, Crashes and Restarts are so many a second on
	// average, at random times; each 0, or from a millionth to a million. A
	// restart is a crashed peer that comes back. Default 10 lookups a second,
	// negative for none, and nothing else.
	Lookups, Joins, Leaves, Crashes, Restarts float64

	// Confirm has every lookup confirmed by the owner, as package node does for
	// those who ask for the owner alone.
	Confirm bool

	// Faults is what goes wrong at set times, beside the rates above.
	Faults []Fault

	// Redial lets those who join dial the addresses that they were told again
	// and again, as package node does.
	Redial bool

	// MinLatency and MaxLatency bound the time that a message takes; Latency
	// says how it is spread. Defaults 10 and 90 ms, evenly.
	MinLatency, MaxLatency time.Duration
	Latency                Latency

	// Loss is the share of the messages that are lost, Duplicate the share that
	// arrive twice, Reorder the share that are up to a second late; from 0 to
	// below 1.
	Loss, Duplicate, Reorder float64

	// ClockDrift is by what share each peer's clock may run too fast or too
	// slow, at most; from 0 to below 1.
	ClockDrift float64

	// Refuse tells a peer that its message came to a dead one, as a machine
	// does that refuses connections. Otherwise the dead are silent.
	Refuse bool

	// CheckEvery is the pause between two checks of all invariants. Default:
	// after every event up to 64 peers, with Faults up to 4096; 1 s above.
	// Negative: after every event.
	CheckEvery time.Duration

	// SettleFor bounds the time in which the ring must become ideal once
	// nothing changes any more. Default 5 min; with Faults 25 min, since peers
	// that were given up are tried again after up to 16 min. Negative for a ring
	// that may stay as it is, so that only the lookups under way are waited for.
	SettleFor time.Duration

	// Node has the settings of every node; Self and Seed are filled in.
	Node chord.Config

	// Data, unless nil, has the peers keep data, and clients use it.
	Data *Data

	// Progress, unless nil, is called about once every simulated second with
	// the seconds that have passed and those that are planned.
	Progress func(done, total int) `json:"-"`

	// Stop, unless nil, is asked every now and then whether the run is to end, with
	// [ErrStopped].
	Stop func() bool `json:"-"`

	// Observe, unless nil, is told of every lookup that ended.
	Observe func(Outcome) `json:"-"`

	// Record, unless nil, is told of all that happens, in order.
	Record func(Observation) `json:"-"`

	invariant func(*Simulation) error // one more, for tests
}

// Longest bounds a run, and each time of a fault, so that no sum of them overflows.
const Longest = 365 * 24 * time.Hour

// The largest rings that are checked after every event.
const (
	checkAlways = 64
	checkFaults = 4096 // with a schedule of faults
)

func (c *Config) validate() error {
	c.Peers = cmp.Or(c.Peers, 1000)
	c.JoinEvery = cmp.Or(c.JoinEvery, 50*time.Millisecond)
	c.Duration = cmp.Or(c.Duration, time.Minute)
	c.Lookups = cmp.Or(c.Lookups, 10)
	c.MinLatency = cmp.Or(c.MinLatency, 10*time.Millisecond)
	c.MaxLatency = cmp.Or(c.MaxLatency, max(90*time.Millisecond, c.MinLatency))
	if len(c.Faults) > 0 {
		c.SettleFor = cmp.Or(c.SettleFor, 25*time.Minute)
	}
	c.SettleFor = cmp.Or(c.SettleFor, 5*time.Minute)
	if c.Peers > checkAlways && len(c.Faults) == 0 || c.Peers > checkFaults {
		c.CheckEvery = cmp.Or(c.CheckEvery, time.Second)
	}
	switch {
	case c.Peers < 1:
		return errors.New("sim: Config.Peers is negative")
	case c.Rings < 0 || c.Rings > c.Peers || c.Rings > 1 && c.Grown:
		return errors.New("sim: Config.Rings is negative, above Peers, or set for a ring that grows")
	case c.JoinEvery < 0 || c.Duration < 0:
		return errors.New("sim: a duration of Config is negative")
	case c.Duration > Longest:
		return errors.New("sim: Config.Duration is more than a year")
	case c.MinLatency < 0 || c.MaxLatency < c.MinLatency:
		return errors.New("sim: Config.MinLatency is negative, or above MaxLatency")
	case c.Latency > Internet:
		return errors.New("sim: Config.Latency is none of the kinds")
	case !share(c.CrashShare) || !share(c.Loss) || !share(c.Duplicate) || !share(c.Reorder) || !share(c.ClockDrift):
		return errors.New("sim: a share of Config is not from 0 to below 1")
	case !rate(c.Joins) || !rate(c.Leaves) || !rate(c.Crashes) || !rate(c.Restarts) || !rate(max(0, c.Lookups)) || math.IsInf(c.Lookups, 0):
		return errors.New("sim: a rate of Config is neither 0 nor from 0.000001 to 1000000 a second")
	}
	if c.Data != nil {
		c.CheckEvery = -1 // who gives up whom is followed event by event
		data := *c.Data
		c.Data = &data
		if err := data.validate(); err != nil {
			return err
		}
	}
	for i := range c.Faults {
		err := c.Faults[i].validate()
		if err == nil && c.Data == nil && c.Faults[i].Kind >= DiskFails {
			err = fmt.Errorf("%v needs disks, which peers have only with data", c.Faults[i].Kind)
		}
		if err != nil {
			return fmt.Errorf("sim: fault %d: %w", i+1, err)
		}
	}
	return nil
}

func share(v float64) bool { return v >= 0 && v < 1 }

// rate reports whether something may happen so many times a second. If it were
// much less, the pause between two times would be no Duration any more.
func rate(v float64) bool { return v == 0 || v >= 1e-6 && v <= 1e6 }
