package testnet

import (
	"os"
	"runtime/debug"
)

// garbageAtRest is how many percent of garbage may gather, as GOGC says, once a testnet has
// started: a ring at rest makes little, but by default as much may lie around as there is in
// use, stacks included.
const garbageAtRest = 50

// Rest has the processes give back what only the start of peers took, and take less
// from then on.
func (t *Testnet) Rest() {
	for _, h := range t.hosts {
		h.Collect(garbageAtRest)
	}
}

// Collect lets so many percent of garbage gather, unless GOGC says otherwise, and gives back
// all that is not in use.
func (l *local) Collect(percent int) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(percent)
		debug.FreeOSMemory()
	}
}
