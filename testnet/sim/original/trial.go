package original

import (
	"errors"
	"math/rand/v2"
	"slices"
	"time"

	"peal/chord"
	"peal/testnet/sim"
)

// The schedule of a trial, from which the seed takes the times.
const (
	members  = 8
	length   = 2 // of the successor lists: two contacts, so that the loss of one in a round does no harm
	joinAt   = 3 * time.Second
	duration = 20 * time.Second
)

// A Trial is one schedule: a peer joins; within the second in which the others are to
// learn of it, it crashes; and when there was a round since then, and before there were
// two, so does its successor.
type Trial struct {
	Seed uint64

	// Original and Present, unless nil, are told of all that happens under the old
	// rules and under ours.
	Original, Present func(sim.Observation)
}

// A Result says what became of the ring under both rules.
type Result struct {
	Spared   bool   `json:"spared"`             // the second crash would have taken all that a peer knew, under ours: nothing is compared
	Original string `json:"original,omitempty"` // what is broken for good
	Present  string `json:"present,omitempty"`
}

// A change is a join or a crash, and when it happened.
type change struct {
	at    chord.Time
	peer  chord.Contact
	crash bool
}

// Run runs the schedule under our rules, and then repeats its joins and crashes, each
// at its moment, under the old ones.
func (t Trial) Run() (Result, error) {
	cfg, err := t.schedule()
	if err != nil {
		return Result{}, err
	}
	first, changes, err := observed(cfg, t.Present)
	var broken *sim.Violation
	result := Result{}
	switch {
	case errors.As(err, &broken):
		result.Present = broken.Error()
	case err != nil:
		return Result{}, err
	}
	if len(changes) < 3 {
		result.Spared = result.Present == ""
		return result, nil
	}
	result.Original = t.repeat(first, changes)
	return result, nil
}

// schedule finds out where and when the newcomer is a member, which does not depend on
// the crashes that come later.
func (t Trial) schedule() (sim.Config, error) {
	r := rand.New(rand.NewPCG(t.Seed, 0))
	upTo := func(d time.Duration) time.Duration { return time.Duration(r.Int64N(int64(d))) }
	cfg := sim.Config{
		Peers: members, Seed: t.Seed, Duration: duration, Lookups: -1, Refuse: true,
		MinLatency: time.Millisecond, MaxLatency: 5 * time.Millisecond, Node: chord.Config{Successors: length},
		Faults: []sim.Fault{{At: joinAt + upTo(every), Kind: sim.Join, Pick: t.Seed}},
	}
	first, changes, err := observed(cfg, nil)
	if err == nil && len(changes) != 1 {
		err = errors.New("original: nobody joined")
	}
	if err != nil {
		return cfg, err
	}
	place, _ := slices.BinarySearchFunc(first, changes[0].peer.ID, func(c chord.Contact, id chord.ID) int { return c.ID.Compare(id) })
	crash := time.Duration(changes[0].at) + upTo(every)
	cfg.Faults = append(cfg.Faults,
		sim.Fault{At: crash, Kind: sim.Crash, Pick: uint64(place), Adjacent: true},
		sim.Fault{At: crash + every + upTo(every), Kind: sim.Crash, Pick: uint64(place % members), Adjacent: true},
	)
	return cfg, nil
}

// observed runs a simulation, and gives those who are there first, by position, and
// what changes: a join counts when the peer is a member.
func observed(cfg sim.Config, record func(sim.Observation)) (first []chord.Contact, changes []change, err error) {
	cfg.Record = func(o sim.Observation) {
		switch {
		case o.Kind == sim.Viewed && o.At == 0 && !slices.Contains(first, o.Peer):
			first = append(first, o.Peer)
		case o.Kind == sim.Emitted && o.Event.Kind == chord.Joined && o.At > 0:
			changes = append(changes, change{o.At, o.Peer, false})
		case o.Kind == sim.Crashed:
			changes = append(changes, change{o.At, o.Peer, true})
		}
		if record != nil {
			record(o)
		}
	}
	_, err = sim.Run(cfg)
	slices.SortFunc(first, func(a, b chord.Contact) int { return a.ID.Compare(b.ID) })
	return first, changes, err
}

// repeat has the same happen under the old rules, and says what is still broken long
// after.
func (t Trial) repeat(first []chord.Contact, changes []change) string {
	record := t.Original
	if record == nil {
		record = func(sim.Observation) {}
	}
	r := newRing(first, length, record)
	for _, c := range changes {
		r.advance(c.at)
		if c.crash {
			r.crash(c.peer)
		} else {
			r.join(c.peer)
		}
	}
	r.advance(chord.Time(duration))
	err := chord.Check(r.views())
	if err == nil {
		return ""
	}
	record(sim.Observation{At: r.now, Kind: sim.Violated, Text: err.Error()})
	return err.Error()
}
