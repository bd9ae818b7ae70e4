package chord

import "time"

// A RoundTrip estimates the time from a request to its answer as TCP does (RFC 6298):
// by moving averages of it and of the deviation from it. The zero RoundTrip has
// measured nothing yet.
type RoundTrip struct{ Mean, Dev time.Duration }

// Observe takes in a measured time.
func (r *RoundTrip) Observe(d time.Duration) {
	if *r == (RoundTrip{}) {
		*r = RoundTrip{Mean: d, Dev: d / 2}
		return
	}
	r.Dev += ((r.Mean - d).Abs() - r.Dev) / 4
	r.Mean += (d - r.Mean) / 8
}

// Patience is how long an answer may take before it is unusual.
func (r RoundTrip) Patience() time.Duration { return r.Mean + 4*r.Dev }
