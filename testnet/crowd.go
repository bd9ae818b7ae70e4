package testnet

import (
	"time"

	"peal/chord"
)

// roomy is how many peers look after their ring as often as real ones, and mostCrowded
// how much less often very many do. The peers of a testnet share the processors: where
// they spend more than these have on asking each other whether they live, the answers
// come too late, and those who wait for them take each other for dead.
const (
	roomy       = 250
	mostCrowded = 4
)

// redial is when a peer first looks whether those that it joined by are in another ring.
// They never are to begin with, since a testnet grows from a single peer, and each look is
// a lookup through peers to which it has no connection.
const redial = time.Minute

// crowd is how many times the pauses and patience of a real peer are those of a peer of
// this testnet.
func (c *Config) crowd() time.Duration {
	return time.Duration(min(max((c.Peers*c.Processes+roomy-1)/roomy, 1), mostCrowded))
}

// upkeep is how a peer looks after the ring. All others are equally far from it, so that
// none is measured to find a nearer one. In a crowd, an answer that is late is seldom a
// death, and to ask others about it, or a second hop beside the first, over connections that
// they have yet to make, costs more of the time that is short: they wait longer for it, ask
// one other peer, and one hop at a time. Fingers are refreshed least of all, since each time
// takes a connection to a stranger.
func (c *Config) upkeep() chord.Config {
	times := c.crowd()
	if times == 1 {
		return chord.Config{FingerSamples: -1}
	}
	return chord.Config{
		StabilizeEvery: times * time.Second,
		FixFingerEvery: times * times * times * 5 * time.Second,
		MinTimeout:     times * time.Second,
		MaxTimeout:     times * 3 * time.Second,
		Confirmers:     1,
		Parallel:       1,
		FingerSamples:  -1,
	}
}

// idle is how long a connection stays open that nobody uses.
func (c *Config) idle() time.Duration { return time.Minute / c.crowd() }
