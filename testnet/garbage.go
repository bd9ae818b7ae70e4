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
		h.Rest()
	}
}

// Rest does nothing where GOGC says how much garbage may gather.
func (l *local) Rest() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbageAtRest)
		debug.FreeOSMemory()
	}
}
