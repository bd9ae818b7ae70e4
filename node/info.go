package node

import (
	"time"

	"peal/chord"
	"peal/node/replica"
)

// Info is what a peer knows of itself.
type Info struct {
	chord.Contact
	Ring        string          `json:"ring"`
	Quorums     replica.Quorums `json:"quorums,omitzero"` // of the ring, once they are settled
	Addresses   []string        `json:"addresses"`        // full multiaddrs, ending in /p2p/PEER
	Member      bool            `json:"member"`           // false while it joins and after it left
	Paused      bool            `json:"paused,omitempty"` // it stands still, and this is how it was before
	Predecessor chord.Contact   `json:"predecessor"`
	Successors  []chord.Contact `json:"successors"`
	Fingers     []chord.Contact `json:"fingers"`           // the distinct ones, nearest first
	Known       int             `json:"known"`             // contacts in the location cache
	Absent      int             `json:"absent,omitempty"`  // peers that it knew before it was started, while none of them answers: keys may be with them
	Keys        int             `json:"keys"`              // live keys whose owner this peer is
	Records     int             `json:"records"`           // all records held: replicas and tombstones too
	Bytes       int64           `json:"bytes"`             // of their values
	Refused     string          `json:"refused,omitempty"` // why its store did not take the last write, empty if it did
	Replicated  bool            `json:"replicated"`        // everything it holds is on all its replicas, as far as it knows
	Repair      Repair          `json:"repair"`
	Sent        Traffic         `json:"sent"` // since it was started
	Started     time.Time       `json:"started"`
	Version     string          `json:"version"` // of the software
}

// A Repair tells how far a peer is with having what it should hold, and nothing else.
type Repair struct {
	Complete bool      `json:"complete"`           // its answers count for every key of its arc
	Strays   int       `json:"strays,omitempty"`   // records that it has yet to hand over
	Damaged  int       `json:"damaged,omitempty"`  // records that its store could not give back
	Paused   bool      `json:"paused,omitempty"`   // by its operator
	Rate     int64     `json:"rate,omitempty"`     // bytes a second at most; 0: no bound
	Reason   string    `json:"reason,omitempty"`   // why the last round did not go well
	Transfer *Transfer `json:"transfer,omitempty"` // the one going on
}

// A Transfer is the reconciliation of an arc with another peer.
type Transfer struct {
	With    chord.Contact `json:"with"`
	From    chord.ID      `json:"from"` // the arc (From, To]
	To      chord.ID      `json:"to"`
	Moved   int           `json:"moved"`             // records so far
	Bytes   int64         `json:"bytes"`             // of their values
	Left    int           `json:"left"`              // records found to differ that are still to be moved
	Waiting string        `json:"waiting,omitempty"` // what for
}

// A Ring is the result of a walk along the successors.
type Ring struct {
	Name       string `json:"ring"`
	Peers      []Info `json:"peers"` // clockwise, beginning with the peer that walked; those of another ring of the same name, too
	WellFormed bool   `json:"well_formed"`
	Problem    string `json:"problem,omitempty"` // why it is not well-formed, in a line
	Replicated bool   `json:"replicated"`        // every peer says so of itself, and their neighbourhoods fit together

	Problems []Problem `json:"problems,omitempty"` // all that keeps it from being well-formed
}

// A Receipt tells where a write is.
type Receipt struct {
	Key      string          `json:"-"`
	Version  replica.Version `json:"version"`           // of the write; of a conflict, the one that the key has
	Expires  *time.Time      `json:"expires,omitempty"` // when the key ceases to exist
	Replicas []chord.Contact `json:"replicas"`          // have it durably
	Owed     []Owed          `json:"owed,omitempty"`    // do not have it yet
	Wanted   int             `json:"wanted"`            // replicas a key should have: N, or as many peers as the ring has
	N        int             `json:"n"`                 // replicas a key has in a ring of enough peers
	Hops     int             `json:"hops"`              // requests made to find the replicas
	Millis   float64         `json:"ms"`

	Replaced []replica.Record `json:"-"` // manifests that it took the place of, for package blob
}

// An Owed is a replica that does not have a write yet. Holder, if there is one, keeps
// it meanwhile, and hands it over.
type Owed struct {
	chord.Contact
	Holder *chord.Contact `json:"holder,omitempty"`
}

// A Value is what a read found.
type Value struct {
	Data     []byte          `json:"-"`
	Total    uint64          `json:"-"` // bytes of the value that Data is the manifest of, for package blob; 0: it is none
	Version  replica.Version `json:"version"`
	Expires  *time.Time      `json:"expires,omitempty"` // when the key ceases to exist
	Asked    int             `json:"asked"`             // replicas that answered
	Agreed   int             `json:"agreed"`            // of these, how many had this version
	Repaired int             `json:"repaired"`          // stale replicas that were sent this version
	Replies  []Reply         `json:"replies,omitempty"` // what those that answered had before that
	Hops     int             `json:"hops"`
	Millis   float64         `json:"ms"`
}

// A Reply is what a replica had of a key.
type Reply struct {
	chord.Contact
	Version *replica.Version `json:"version,omitempty"` // nil: it had nothing
	Deleted bool             `json:"deleted,omitempty"` // this version is that of a delete, or has expired
}

// A Route is how a lookup found a key's place.
type Route struct {
	ID       chord.ID        `json:"id"`
	Owner    chord.Contact   `json:"owner"`
	Replicas []chord.Contact `json:"replicas"` // the owner and those that follow it, N at most
	Hops     []Hop           `json:"hops"`
	Millis   float64         `json:"ms"`
}

// A Hop is one request of a lookup.
type Hop struct {
	chord.Contact
	Millis float64 `json:"ms"`
	Failed bool    `json:"failed,omitempty"` // it did not answer in time
	Why    string  `json:"why,omitempty"`    // it was asked: a [chord.Reason]
	After  int     `json:"after,omitempty"`  // how many hops had ended by then
	Others []Other `json:"others,omitempty"` // whom the lookup could have asked instead, some of them
}

// An Other is a peer that a lookup knew of and did not ask at a hop.
type Other struct {
	chord.Contact
	Why string `json:"why"` // a [chord.Reason]
}

// A Page is part of a key listing, in the order of positions.
type Page struct {
	Keys []KeyInfo `json:"keys"`
	Next string    `json:"next,omitempty"` // hand it in for the next page; empty at the end
}

// KeyInfo is one key of a listing.
type KeyInfo struct {
	Key     string
	Version replica.Version
	Size    int64 // bytes of the value
}
