package replica

import (
	"slices"
	"testing"

	"peal/chord"
)

// A peer that was the only one for a stretch while the ring was in parts, and is a source
// for it until it has handed it over, knows nothing of what those nearer wrote since.
func TestOnlyTheNearestVouch(t *testing.T) {
	all := chord.Arc{From: tens[0].ID, To: tens[0].ID}
	source, silent, newcomer := ending{ok: true, source: &all}, ending{}, ending{ok: true}
	for _, test := range []struct {
		name    string
		endings []ending // of those behind, the nearest first
		sources int
	}{
		{"the nearest", []ending{source, source, source, source}, 3},
		{"those who came in between do not count", []ending{newcomer, newcomer, newcomer, source, source}, 2},
		{"the silent do", []ending{silent, silent, silent, source, source}, 0},
		{"one is near enough", []ending{silent, silent, newcomer, source, source}, 1},
		{"nobody answers", []ending{silent}, 0},
	} {
		p := newCluster(t, 1).newPeer(tens[0], shelf{})
		p.round.cells = []cell{{arc: chord.Arc{From: tens[6].ID, To: tens[0].ID}}}
		for i, end := range slices.Backward(test.endings) { // the order does not matter
			p.vouch(share{with: tens[i+1], arc: p.round.cells[0].arc}, end)
		}
		for enough := 1; enough <= 4; enough++ {
			if got, want := p.vouched(enough), enough <= test.sources; got != want {
				t.Errorf("%s: %d are vouched for: %v, want %v", test.name, enough, got, want)
			}
		}
	}
}
