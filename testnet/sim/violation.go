package sim

import (
	"fmt"
	"strings"
	"time"

	"peal/chord"
)

// A Violation is a broken promise of the protocol. The seed and the number of
// the event, with the rest of the [Config], are all that is needed to see it
// again: [EventLog] tells what led to it.
type Violation struct {
	Seed      uint64          `json:"seed"`
	Event     int             `json:"event"` // number of the event after which it was seen
	Time      time.Duration   `json:"time"`  // simulated, in nanoseconds
	Invariant string          `json:"invariant"`
	Peers     []chord.Contact `json:"peers"` // involved, as far as the invariant names them

	err error
}

// Error is a line for people.
func (v *Violation) Error() string {
	return fmt.Sprintf("seed %d, %v, event %d: %s", v.Seed, v.Time, v.Event, v.Invariant)
}

// Unwrap is what the checker said.
func (v *Violation) Unwrap() error { return v.err }

func (s *Simulation) violation(err error) error {
	v := &Violation{Seed: s.cfg.Seed, Event: s.tally.events, Time: time.Duration(s.now), Invariant: err.Error(), err: err}
	for _, p := range s.peers {
		if strings.Contains(v.Invariant, p.self.String()) {
			v.Peers = append(v.Peers, p.self)
		}
	}
	return v
}
