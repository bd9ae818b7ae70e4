package web

import (
	"context"
	"time"

	"peal/chord"
	"peal/node"
	"peal/node/blob"
)

// A Peer is where a request enters the ring; [node.Node] is one.
type Peer interface {
	blob.Peer
	Lookup(ctx context.Context, key []byte) (node.Route, error)

	// Keys lists one page of at most limit keys that begin with prefix;
	// cursor is empty or the Next of the page before.
	Keys(ctx context.Context, prefix []byte, cursor string, limit int) (node.Page, error)

	// LimitRepair bounds the bytes a second that repair moves, and pauses it or lets
	// it go on.
	LimitRepair(node.RepairLimit) error

	Info() node.Info
}

// A Backend is what the server serves: one peer, or all those of a testnet.
type Backend interface {
	// Peer is the live peer that via names by its peer ID or by the first
	// digits of its position; with an empty via, one of the backend's choice.
	Peer(via string) (Peer, error)

	// Ring is the ring as it can be seen now.
	Ring(ctx context.Context) (node.Ring, error)

	// Leave makes the peer that via names leave the ring in good order; with
	// an empty via, all of them. It says which left.
	Leave(ctx context.Context, via string) ([]chord.Contact, error)
}

// A Lab is a Backend whose peers can be killed and joined at will.
type Lab interface {
	Backend

	// Kill stops peers without a goodbye.
	Kill(KillRequest) (Killed, error)

	// Join starts n more peers and waits until they are members.
	Join(ctx context.Context, n int) ([]chord.Contact, error)

	// Cut cuts peers off from the others, though all run on. It says who the
	// others are, and who is cut off.
	Cut(CutRequest) (parts [][]chord.Contact, err error)

	// Heal ends the cut and the impairment, if there are any, and says what they were.
	Heal() Network

	// Network says what is wrong with the network now.
	Network() Network

	Faults
}

// Faults of peers and of the network, after which all is as it was.
type Faults interface {
	// Pause stops peers with their connections open, until Resume.
	Pause(Choice) ([]chord.Contact, error)

	// Resume lets the named peers go on; without names, all that are paused.
	Resume(names []string) ([]chord.Contact, error)

	// Restart crashes peers, starts them again with their identities and records
	// after they were down for a while, and waits until they are members.
	Restart(ctx context.Context, which Choice, down time.Duration) ([]chord.Contact, error)

	// Impair makes the network lose and delay messages, until Heal.
	Impair(Impairment) error
}

// A Choice says which peers something is done to. One of the two is set.
type Choice struct {
	Count int      `json:"count,omitempty"` // this many of the live ones, at random
	Peers []string `json:"peers,omitempty"` // these: peer IDs or first digits of positions
}

// An Impairment is what a bad network does to the messages between peers.
type Impairment struct {
	Drop  float64       // percent of them that are lost
	Delay float64       // percent of the others that come late
	By    time.Duration // how late
}

// A Network says what is wrong with that between peers; the zero value is a whole one.
type Network struct {
	CutOff []chord.Contact // live peers that are cut off from the others
	Impairment
}

// A KillRequest says which peers to kill. One of Count, Adjacent and Peers is set.
type KillRequest struct {
	Count    int      `json:"count,omitempty"`    // this many at random, never three in a row on the ring
	Any      bool     `json:"any,omitempty"`      // with Count: in a row too
	Adjacent int      `json:"adjacent,omitempty"` // this many in a row, from a random place
	Peers    []string `json:"peers,omitempty"`    // these: peer IDs or first digits of positions
	Silent   bool     `json:"silent,omitempty"`   // their connections stay open, and nothing answers
}

// A CutRequest says which peers to cut off. One of the two is set.
type CutRequest struct {
	Percent float64  `json:"percent,omitempty"` // so many of the live ones, at random; more than 0, less than 100
	Peers   []string `json:"peers,omitempty"`   // these: peer IDs or first digits of positions
}

// Killed says which peers a kill stopped.
type Killed struct {
	Peers []chord.Contact `json:"killed"`

	// InARow is the longest run of them on the ring. From as many on as a key
	// has replicas, keys may be lost.
	InARow   int `json:"in_a_row"`
	Replicas int `json:"replicas"`
}
