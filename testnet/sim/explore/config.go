package explore

import (
	"cmp"
	"errors"
	"math/bits"
)

// maxPeers bounds members and joiners together.
const maxPeers = 6

// A Config says which ring is explored, and what may happen to it. Zero fields
// take their defaults.
type Config struct {
	// Members of the ring at the beginning, which is ideal. Default 1.
	Members int `json:"members"`

	// Joiners may join, each once, at any time and through any member. They
	// are put into every gap between the members.
	Joiners int `json:"joiners"`

	// Successors is the length of a full successor list. Default 2.
	Successors int `json:"successors"`

	// Crashes and Leaves may happen to any peer that can be spared.
	Crashes int `json:"crashes"`
	Leaves  int `json:"leaves"`

	// Rounds of stabilize that may begin, at any peers and any times, before
	// the ring is left alone. Default 2.
	Rounds int `json:"rounds"`

	// Silent lets the dead swallow what is sent to them, so that only timeouts
	// tell. Otherwise a message to the dead comes back as unreachable.
	Silent bool `json:"silent"`

	// Losses are messages without an answer that may get lost; others are asked
	// for again, and so at worst late. Duplicates may arrive once more.
	Losses     int `json:"losses"`
	Duplicates int `json:"duplicates"`

	// Cache gives the nodes a location cache.
	Cache bool `json:"cache"`

	// MaxStates bounds the states that are visited. Default 10 million.
	MaxStates int `json:"max_states"`

	// Stop, unless nil, is asked now and then whether to end early.
	Stop func() bool `json:"-"`
}

func (c *Config) validate() error {
	c.Members = cmp.Or(c.Members, 1)
	c.Successors = cmp.Or(c.Successors, 2)
	c.Rounds = cmp.Or(c.Rounds, 2)
	c.MaxStates = cmp.Or(c.MaxStates, 10_000_000)
	switch {
	case c.Members < 1 || c.Joiners < 0 || c.Members+c.Joiners > maxPeers:
		return errors.New("explore: want 1 to 6 members and joiners together")
	case c.Successors < 1 || c.Successors > maxPeers:
		return errors.New("explore: Config.Successors is not from 1 to 6")
	case !small(c.Rounds) || !small(c.Crashes) || !small(c.Leaves) || !small(c.Losses) || !small(c.Duplicates):
		return errors.New("explore: a number of rounds, crashes, leaves, losses or duplicates is not from 0 to 15")
	case c.MaxStates < 0 || c.MaxStates > 1<<31:
		return errors.New("explore: Config.MaxStates is not from 0 to 2 billion")
	}
	return nil
}

// small reports whether a budget fits into four bits of a world's encoding.
func small(budget int) bool { return budget >= 0 && budget <= 15 }

// arrangements lists the ways to put joiners among members on the circle, as
// bit masks of the joiners' slots. Of those that are rotations of each other
// there is one: the protocol compares positions only with each other.
func arrangements(members, joiners int) []uint {
	slots := members + joiners
	var list []uint
	for mask := range uint(1) << slots {
		if bits.OnesCount(mask) == joiners && leastRotation(mask, slots) == mask {
			list = append(list, mask)
		}
	}
	return list
}

func leastRotation(mask uint, slots int) uint {
	least := mask
	for range slots {
		mask = mask>>1 | mask&1<<(slots-1)
		least = min(least, mask)
	}
	return least
}
