package replica

import "testing"

// What was given up and came back, before the store was told, is not deleted there.
func TestDropOfWhatCameBack(t *testing.T) {
	_, a, _ := pair(t, 1)
	for _, key := range []string{"back", "newer", "gone"} {
		rec := old(key, "value")
		give(a, rec)
		a.discard(rec.Item())
	}
	a.keep(old("back", "value"))
	a.keep(newer("newer", "value"))
	if got := a.Ready().Drops; len(got) != 1 || got[0].Key != "gone" {
		t.Errorf("drops %v, want what did not come back alone", got)
	}
}
