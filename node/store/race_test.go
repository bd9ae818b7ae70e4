//go:build race

package store

import "testing"

// compactionsFail begins a test in which goleveldb's compactions do. It then may
// answer whoever waited on a channel that is closed already, and recovers from
// that on purpose; the race detector cannot know.
func compactionsFail(t *testing.T) {
	t.Skip("the race detector warns of goleveldb's own way to answer")
}
