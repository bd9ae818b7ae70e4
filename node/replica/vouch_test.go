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
	source, silent := ending{ok: true, heard: true, source: &all}, ending{}
	newcomer, lame, hurt := ending{ok: true, heard: true}, ending{heard: true}, ending{heard: true, source: &all}
	for _, test := range []struct {
		name    string
		endings []ending // of those behind, the nearest first
		sources int
	}{
		{"the nearest", []ending{source, source, source, source}, 3},
		{"those who came in between do not count", []ending{newcomer, newcomer, lame, source, source}, 2},
		{"the silent do", []ending{silent, silent, silent, source, source}, 0},
		{"sources with which not all went well do", []ending{hurt, silent, hurt, source, source}, 0},
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

// Partners behind our arc are asked again as the walk comes round to them.
func TestWitnessCountsOnce(t *testing.T) {
	for _, sources := range [][]bool{{false, false}, {false, true}, {true, false}, {true, true}} {
		c := cell{arc: chord.Arc{From: tens[6].ID, To: tens[0].ID}}
		for _, source := range sources {
			c.hear(witness{id: tens[1].ID, source: source})
		}
		if got, want := len(c.sources(3)), sources[0] || sources[1]; len(c.witnesses) != 1 || (got == 1) != want {
			t.Errorf("%v: %d witnesses, %d sources; want 1, a source: %v", sources, len(c.witnesses), got, want)
		}
	}
}

// Between a probe and the session with a source it may hand over what it has, to somebody
// who had nothing yet when he was probed.
func TestSourceThatGaveAwayFailsTheRound(t *testing.T) {
	all := chord.Arc{From: tens[0].ID, To: tens[0].ID}
	for _, test := range []struct {
		then *chord.Arc
		fail bool
	}{{&all, false}, {nil, true}, {&chord.Arc{From: tens[5].ID, To: tens[1].ID}, false}, {&chord.Arc{From: tens[0].ID, To: tens[1].ID}, true}} {
		p := newCluster(t, 1).newPeer(tens[0], shelf{})
		p.round.cells = []cell{{arc: chord.Arc{From: tens[6].ID, To: tens[0].ID}}}
		p.round.shares = []share{{}} // another one follows
		p.shareDone(startTime, share{with: tens[1], arc: p.round.cells[0].arc, way: onlyTake, source: &all}, ending{ok: true, heard: true, source: test.then})
		if p.round.failed != test.fail {
			t.Errorf("a source everywhere, then on %v: the round failed: %v, want %v", test.then, p.round.failed, test.fail)
		}
	}
}
