package sim

import (
	"errors"
	"slices"
	"time"
)

// Shrink looks for a smaller schedule with which a simulation still ends in a
// violation, by delta debugging (Zeller and Hildebrandt, "Simplifying and
// isolating failure-inducing input", IEEE TSE 2002): it leaves out ever smaller
// groups of faults, until none can be spared, and then makes those that are
// left smaller. One is left in any case, needed or not: without a schedule, a
// Config has other defaults. It returns the Config with the smallest schedule and
// its violation, nil if the given one has none. After every run it calls tried,
// unless that is nil, with the number of faults that are left.
func Shrink(cfg Config, tried func(left int)) (Config, *Violation, error) {
	cfg.Progress = nil
	cfg.validate() // so that the Config that is returned has its defaults; Run tells of an error
	k := shrinking{cfg: cfg, tried: tried}
	if !k.fails(cfg.Faults) {
		return cfg, nil, k.err
	}
	k.leaveOut()
	k.weaken()
	return k.cfg, k.found, k.err
}

// shrinking is the smallest failing run found so far.
type shrinking struct {
	cfg   Config
	found *Violation
	err   error // of a Config that cannot run
	tried func(int)
}

// fails runs a schedule, and keeps it if it ends in a violation.
func (k *shrinking) fails(faults []Fault) bool {
	cfg := k.cfg
	cfg.Faults = faults
	_, err := Run(cfg)
	var v *Violation
	if errors.As(err, &v) {
		k.cfg, k.found = cfg, v
	} else if err != nil {
		k.err = err
	}
	if k.tried != nil {
		k.tried(len(k.cfg.Faults))
	}
	return v != nil
}

// leaveOut leaves out groups of faults, first halves, in the end single ones,
// until every fault is needed, or there is only one.
func (k *shrinking) leaveOut() {
	for size := (len(k.cfg.Faults) + 1) / 2; size > 0; {
		spared := false
		for from := 0; from < len(k.cfg.Faults); {
			rest := slices.Clone(k.cfg.Faults)
			rest = slices.Delete(rest, from, min(from+size, len(rest)))
			if len(rest) > 0 && k.fails(rest) {
				spared = true
			} else {
				from += size
			}
		}
		if size > 1 {
			size /= 2
		} else if !spared {
			return
		}
	}
}

// weaken lets each fault hit fewer peers, and last a shorter time.
func (k *shrinking) weaken() {
	for i := range k.cfg.Faults {
		for k.fewer(i) || k.shorter(i) {
		}
	}
}

func (k *shrinking) fewer(i int) bool {
	f := k.cfg.Faults[i]
	f.Count /= 2
	return f.Count > 0 && k.failsWith(i, f)
}

func (k *shrinking) shorter(i int) bool {
	f := k.cfg.Faults[i]
	f.For = (f.For / 2).Round(time.Millisecond)
	return f.For >= time.Second && k.failsWith(i, f)
}

func (k *shrinking) failsWith(i int, f Fault) bool {
	faults := slices.Clone(k.cfg.Faults)
	faults[i] = f
	return k.fails(faults)
}
