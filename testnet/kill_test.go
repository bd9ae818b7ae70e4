package testnet

import "testing"

// A run may cross the place where positions begin again at zero.
func TestLongestRun(t *testing.T) {
	for places, want := range map[string]int{"": 0, ".": 0, "x": 1, "..x...": 1, "x.x.x.": 1, ".xx.x.": 2, "xx...x": 3, "x.xx.x": 2, "xxxxxx": 6} {
		taken := make([]bool, len(places))
		for i := range places {
			taken[i] = places[i] == 'x'
		}
		if got := longestRun(taken); got != want {
			t.Errorf("%q: got %d, want %d", places, got, want)
		}
	}
}
