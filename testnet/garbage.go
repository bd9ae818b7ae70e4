package testnet

import (
	"os"
	"runtime/debug"
)

// How many percent of garbage may gather, as GOGC says. While many peers join, all that
// a collection finds is still in use, and a busy machine takes seconds for one, in which
// the peers answer late. A ring at rest makes little garbage, but by default as much may
// lie around as there is in use, stacks included.
const (
	garbageMeanwhile = 300
	garbageUsual     = 100
	garbageAtRest    = 50
)

// few peers join without further ado.
const few = 20

func (t *Testnet) collect(percent int) {
	for _, h := range t.hosts {
		h.Collect(percent)
	}
}

func (t *Testnet) collectAsUsual() { t.collect(int(t.garbage.Load())) }

// Rest has the processes give back what only the start of peers took, and take less
// from then on.
func (t *Testnet) Rest() {
	t.garbage.Store(garbageAtRest)
	t.collectAsUsual()
}

// Collect lets so many percent of garbage gather, unless GOGC says otherwise. When that
// becomes less, all that is not in use is given back.
func (l *local) Collect(percent int) {
	if os.Getenv("GOGC") == "" && debug.SetGCPercent(percent) > percent {
		debug.FreeOSMemory()
	}
}
