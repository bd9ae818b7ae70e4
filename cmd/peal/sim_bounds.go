package main

import (
	"fmt"
	"math"
	"strconv"

	"github.com/spf13/pflag"
)

// A bound says what the value of a flag may be. Packages check their settings
// too, but do not know the flags that they come from.
type bound struct {
	flag string
	ok   func(float64) bool // false for NaN
	want string
}

// between bounds a number.
func between(flag string, least, most int) bound {
	return bound{flag, func(v float64) bool { return v >= float64(least) && v <= float64(most) }, fmt.Sprintf("%d to %d", least, most)}
}

// shareOf bounds a share of a whole.
func shareOf(flag string) bound {
	return bound{flag, func(v float64) bool { return v >= 0 && v < 1 }, "0 to below 1"}
}

// rateOf bounds how often a simulated thing happens a second.
func rateOf(flag string) bound {
	return bound{flag, func(v float64) bool { return v == 0 || v >= 1e-6 && v <= 1e6 }, "0, or 0.000001 to 1000000 a second"}
}

// checkBounds refuses the first given value that is out of bounds. A flag that
// was not given has its default, which may be outside.
func checkBounds(flags *pflag.FlagSet, bounds []bound) error {
	for _, b := range bounds {
		f := flags.Lookup(b.flag)
		if f == nil || !f.Changed {
			continue
		}
		v, err := strconv.ParseFloat(f.Value.String(), 64)
		if err != nil {
			v = math.NaN()
		}
		if !b.ok(v) {
			return fail(codeUsage, "--%s %v: want %s", b.flag, f.Value, b.want)
		}
	}
	return nil
}
