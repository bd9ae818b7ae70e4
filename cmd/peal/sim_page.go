package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"slices"

	"github.com/spf13/pflag"

	"peal/node"
	"peal/node/recording"
	"peal/testnet/sim"
	"peal/web"
)

// Bounds of a simulation that a page asks for: it waits for it, and keeps all of it in
// memory.
const (
	pageWork  = 1000     // peers times simulated minutes
	pageRate  = 100      // times that a thing happens, a simulated second
	pageBytes = 64 << 20 // of the recording
)

// pageBounds are narrower than those of the flags.
var pageBounds = []bound{
	between("peers", 1, 1000), between("lookups", 0, pageRate), between("joins", 0, pageRate),
	between("leaves", 0, pageRate), between("crashes", 0, pageRate), between("restarts", 0, pageRate),
}

// pageSimulation is the run that a link asks for, whose parameters are flags of
// 'peal sim'.
func pageSimulation(parameters url.Values) (web.Simulation, error) {
	o, err := linkedOptions(parameters)
	if err != nil {
		return nil, err
	}
	cfg := o.config(o.seed)
	if err := fitsPage(&cfg); err != nil {
		return nil, err
	}
	if _, err := sim.New(cfg); err != nil {
		return nil, err
	}
	header, err := simulationHeader(o, &cfg)
	return func(ctx context.Context, to io.Writer) error { return recordInto(ctx, to, header, cfg) }, err
}

// linkedOptions reads the parameters of a link.
func linkedOptions(parameters url.Values) (*simOptions, error) {
	o, flags := new(simOptions), pflag.NewFlagSet("simulation", pflag.ContinueOnError)
	o.addTo(flags)
	for _, name := range slices.Sorted(maps.Keys(parameters)) {
		values := parameters[name]
		switch {
		case name != "seed" && !o.matters(name):
			return nil, fmt.Errorf("a simulation has no parameter %.40q: it has the flags that 'peal sim --help' lists", name)
		case len(values) != 1:
			return nil, fmt.Errorf("the parameter %s is there %d times: give it once", name, len(values))
		}
		if err := flags.Set(name, values[0]); err != nil {
			return nil, err
		}
	}
	if o.faults != mixedFaults && o.faults != noFaults {
		return nil, fmt.Errorf("--faults %.40q: a link can have %s or %s, and no file", o.faults, mixedFaults, noFaults)
	}
	if err := checkBounds(flags, pageBounds); err != nil {
		return nil, err
	}
	return o, o.complete(flags)
}

// fitsPage refuses what would keep a page, and the machine, busy for too long.
func fitsPage(cfg *sim.Config) error {
	peers, minutes := cmp.Or(cfg.Peers, 1000), cfg.Duration.Minutes()
	if float64(peers)*minutes > pageWork {
		return fmt.Errorf("%s for %.4g min are too many here, where peers times minutes are %d at most: record them with 'peal sim --record FILE', and see them with 'peal replay FILE'",
			counted(peers, "peer"), minutes, pageWork)
	}
	return nil
}

// recordInto runs a simulation, and writes its recording. Where the time runs out or
// the page would have no room, the recording says so at its end.
func recordInto(ctx context.Context, to io.Writer, h recording.Header, cfg sim.Config) error {
	w := recording.NewWriter(to, h)
	w.Limit(pageBytes)
	last := recording.SimulatedStart
	cfg.Record = func(o sim.Observation) {
		last = simulated(o.At)
		writeObservation(w, o)
	}
	cfg.Stop = func() bool { return ctx.Err() != nil || w.Err() != nil }
	_, err := sim.Run(cfg)
	switch {
	case !errors.Is(err, sim.ErrStopped): // a rule that was broken has been recorded
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		w.Event(node.Event{Time: last, Kind: recording.Missed, Text: "all that came later, as the time to simulate it ran out"})
	case ctx.Err() != nil:
		return ctx.Err()
	}
	if err := w.Close(); !errors.Is(err, recording.ErrFull) {
		return err
	}
	return nil
}
