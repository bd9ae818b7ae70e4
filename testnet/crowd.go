package testnet

import (
	"time"

	"peal/chord"
)

// roomy is how many peers look after their ring as often as real ones, and mostCrowded
// how much less often very many ask their neighbours. The peers of a testnet share the
// processors: where they spend more than these have on asking each other whether they live,
// the answers come too late, and those who wait for them take each other for dead.
const (
	roomy       = 250
	mostCrowded = 4
)

// crowdedFingers is the pause between two refreshed fingers in a crowd. Each asks peers to
// which there is no connection; a thousand over TCP spent more on that than on all else.
const crowdedFingers = 5 * time.Minute

// crowd is how many times the pauses between rounds and the patience of a real peer are those
// of a peer of this testnet.
func (c *Config) crowd() time.Duration {
	return time.Duration(min(max((c.Peers*c.Processes+roomy-1)/roomy, 1), mostCrowded))
}

// upkeep is how a peer looks after the ring. All others are equally far from it, so that
// none is measured to find a nearer one. In a crowd, an answer that is late is seldom a
// death, and to ask others about it, or a second hop beside the first, over connections that
// they have yet to make, costs more of the time that is short: they wait longer for it, ask
// one other peer, and one hop at a time.
func (c *Config) upkeep() chord.Config {
	times := c.crowd()
	if times == 1 {
		return chord.Config{FingerSamples: -1}
	}
	return chord.Config{
		StabilizeEvery: times * time.Second,
		FixFingerEvery: crowdedFingers,
		MinTimeout:     times * time.Second,
		MaxTimeout:     times * 3 * time.Second,
		Confirmers:     1,
		Parallel:       1,
		FingerSamples:  -1,
	}
}

// redial is the pause, of those that grow, from which on a peer looks whether one that it
// joined by is in another ring. They never are to begin with, since a testnet grows from a
// single peer; and in a crowd the lookup that it takes costs connections.
func (c *Config) redial() time.Duration {
	if c.crowd() > 1 {
		return time.Minute
	}
	return 10 * time.Second
}

// idle is how long a connection stays open that nobody uses.
func (c *Config) idle() time.Duration { return time.Minute / c.crowd() }
