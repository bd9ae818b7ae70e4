package bench

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"peal/node"
	"peal/testnet"
)

// Config of a bench. Zero fields take their defaults.
type Config struct {
	// Testnet is the ring that Run starts. Its DataDir is that of Durable.
	Testnet testnet.Config

	// ValueSize is the size of a value, and of a bare request and its answer, in
	// bytes. Default 1024.
	ValueSize int

	// Keys is how many keys there are. Default 1000.
	Keys int

	// Zipf makes some keys more popular than others: the k-th most popular is asked
	// for in proportion to k^-1.1. Default: all alike.
	Zipf bool

	// Clients is how many make requests at the same time, where it is not one.
	// Default 32.
	Clients int

	// Duration is how long each kind of request is measured in all, and how long the
	// ring is watched at rest, and after peers failed. Default 10 s.
	Duration time.Duration

	// Durable has the peers keep their records on disk, in a directory of their own
	// below the system's one for temporary files. Default: in memory.
	Durable bool

	// R and W are the quorums of gets and puts. Default: the ring's.
	R, W node.Quorum

	// Kill and Hang are shares of the peers, from 0 to MaxShare, that crash or freeze
	// at once, one after the other. If either is above 0, how the ring fares then is
	// all that is measured. Default 0: none.
	Kill, Hang float64

	// Rate is how many requests a second are made while peers fail. Default 200.
	Rate float64

	// Profiles is a directory for CPU profiles of the ring at rest, and under each
	// kind of request alone, after the contest. Default: none are taken.
	Profiles string

	// Progress is told how much of a stage is done, if it is not nil.
	Progress func(s Stage, done, total int)
}

// MaxShare bounds the share of the peers that fail at once: one that never takes all
// replicas of a key can always be found.
const MaxShare = 0.5

// A Stage is a part of a bench.
type Stage struct{ Doing, Unit string }

// The stages of a bench.
var (
	Joining   = Stage{"joining", "peer"}
	Resting   = Stage{"at rest", "second"}
	Storing   = Stage{"storing", "key"}
	Warming   = Stage{"warming up", "read"}
	Measuring = Stage{"measuring", "turn"}
	Profiling = Stage{"profiling", "profile"}
	Failing   = Stage{"while peers fail", "request"}
)

func (c *Config) validate() error {
	c.ValueSize = cmp.Or(c.ValueSize, 1024)
	c.Keys = cmp.Or(c.Keys, 1000)
	c.Clients = cmp.Or(c.Clients, 32)
	c.Duration = cmp.Or(c.Duration, 10*time.Second)
	c.Rate = cmp.Or(c.Rate, 200)
	if c.Progress == nil {
		c.Progress = func(Stage, int, int) {}
	}
	switch {
	case c.ValueSize < 1 || c.ValueSize > 1<<20:
		return fmt.Errorf("values of %d bytes: want 1 byte to 1 MiB", c.ValueSize)
	case c.Keys < 1 || c.Clients < 1 || c.Duration <= 0:
		return errors.New("keys, clients and the duration must be more than 0")
	case !(c.Rate >= 1 && c.Rate <= 100_000):
		return fmt.Errorf("%v requests a second: want 1 to 100000", c.Rate)
	case !share(c.Kill) || !share(c.Hang):
		return fmt.Errorf("a share of the peers that fail at once is from 0 to %v", MaxShare)
	}
	return nil
}

func share(v float64) bool { return v >= 0 && v <= MaxShare }
