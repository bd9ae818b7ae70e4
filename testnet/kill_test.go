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

// However large the circle is, one more place than the tightest choice has makes
// a run of three, or takes all there are.
func TestTightest(t *testing.T) {
	for n := 1; n <= 12; n++ {
		chosen := tightest(n, n/2, 3)
		taken := make([]bool, n)
		for _, at := range chosen {
			taken[at] = true
		}
		if got := longestRun(taken); len(chosen) != 2*n/3 || got > 2 || got == n {
			t.Errorf("of %d places %d were chosen, %d in a row: %v", n, len(chosen), got, chosen)
		}
	}
}
