package churn

import (
	"encoding/json"
	"slices"
	"time"

	"peal/chord"
)

// A Report says what a churn did and found.
type Report struct {
	Seconds    float64  `json:"seconds"`
	Before     int      `json:"peers_before"`
	After      int      `json:"peers_after"`
	Joins      int      `json:"joins"`
	Kills      int      `json:"kills"`
	Refused    []string `json:"refused,omitempty"` // joins and kills that failed, or whose answer was lost
	Lookups    int      `json:"lookups"`
	Right      int      `json:"right"`
	Unsure     int      `json:"unsure"`     // said that they do not know, and were asked again
	Unanswered int      `json:"unanswered"` // for 30 s
	Wrong      []Wrong  `json:"wrong"`
	WellFormed bool     `json:"well_formed"` // within 15 s after the churn
	Healed     float64  `json:"healed_seconds"`
	Problem    string   `json:"problem,omitempty"` // why it is not well-formed
	Took       Spread   `json:"took"`

	Interrupted bool `json:"interrupted,omitempty"` // nobody looked at the ring in the end
}

// MarshalJSON has an empty list where nothing is wrong, not null.
func (r Report) MarshalJSON() ([]byte, error) {
	if r.Wrong == nil {
		r.Wrong = []Wrong{}
	}
	type plain Report // without this method
	return json.Marshal(plain(r))
}

// A Spread is how long lookups took, in milliseconds, the times that they were
// asked again included.
type Spread struct {
	Median  float64 `json:"median_ms"`
	P99     float64 `json:"p99_ms"`
	Longest float64 `json:"longest_ms"`
}

func spreadOf(took []time.Duration) Spread {
	if len(took) == 0 {
		return Spread{}
	}
	slices.Sort(took)
	at := func(share float64) float64 {
		d := took[int(share*float64(len(took)-1))]
		return float64(d.Microseconds()) / 1000
	}
	return Spread{at(0.5), at(0.99), at(1)}
}

// Wrong is an answer that was true at no moment between question and answer.
type Wrong struct {
	At    float64       `json:"at_seconds"` // since the churn began
	Key   string        `json:"key"`
	ID    chord.ID      `json:"id"`
	Named chord.Contact `json:"named"`
	Owner chord.Contact `json:"owner"` // the true one when the answer came
	Why   string        `json:"why"`
}

// Passed reports whether every lookup was answered right in the end, and the
// ring came into order again.
func (r *Report) Passed() bool {
	return len(r.Wrong) == 0 && r.Unanswered == 0 && r.WellFormed
}

// Share of the lookups that were right, from 0 to 1.
func (r *Report) Share() float64 {
	if r.Lookups == 0 {
		return 1
	}
	return float64(r.Right) / float64(r.Lookups)
}
