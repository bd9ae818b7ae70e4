package sim

import (
	"flag"
	"testing"
)

var dataSeedCount = flag.Int("data-seeds", 20, "how many fresh seeds of mixed faults to run with data")

// TestFreshDataSeeds runs mixed faults over data that nobody has run before.
func TestFreshDataSeeds(t *testing.T) {
	base := firstSeed(t)
	for i := range *dataSeedCount {
		mustHoldData(t, base+uint64(i))
	}
}
