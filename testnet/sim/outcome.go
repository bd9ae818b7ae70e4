package sim

import (
	"time"

	"peal/chord"
)

// An Outcome is what became of one lookup, for a caller that counts more than
// the [Report] does.
type Outcome struct {
	Began    chord.Time
	Path     int  // as the package comment says
	Requests int  // made until the owner was known, answered or not
	Timeouts int  // requests that were not answered
	Silent   int  // owners named before the first one that lives, and not asked
	Found    bool // owners were named at all
	Right    bool // the first of them that lives is the first member at or behind the target

	// Overtaken says of a lookup that is not right only for peers that became members
	// after it began.
	Overtaken bool

	// With the Internet's latencies, and where another peer is the owner: the time
	// until it could answer a question, the lookup included, and the time that it takes to ask
	// one who is known.
	Took, Direct time.Duration
}
