package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"peal/chord"
	"peal/node"
	"peal/node/recording"
	"peal/testnet/sim"
)

// A tape is a file that is being recorded. A nil one records nothing, which is
// how a verb runs without --record.
type tape struct {
	name string
	file *os.File

	mu sync.Mutex // a simulation that was given up may go on for a while
	to *recording.Writer
}

// newTape begins a recording, in the place of an older one if there is one. An
// empty name gives none.
func newTape(name string, h recording.Header) (*tape, error) {
	if name == "" {
		return nil, nil
	}
	if err := spare(name); err != nil {
		return nil, err
	}
	file, err := os.Create(name)
	if err != nil {
		return nil, fail(codeError, "--record: %v", err)
	}
	h.Version = thisBuild().Version
	return &tape{name: name, file: file, to: recording.NewWriter(file, h)}, nil
}

// spare refuses to overwrite a file that has something else than a recording. A
// device may be recorded to as well.
func spare(name string) error {
	const begin = `{"peal_recording":`
	info, err := os.Stat(name)
	if err != nil || !info.Mode().IsRegular() || info.Size() == 0 {
		return nil // what else is wrong, creating it will tell
	}
	file, err := os.Open(name)
	if err != nil {
		return fail(codeError, "--record: %v", err)
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, int64(len(begin))))
	if err != nil {
		return fail(codeError, "--record: %v", err)
	}
	if string(text) != begin {
		return fail(codeError, "--record: %s exists and is no recording: choose another name, or remove it first", name)
	}
	return nil
}

// simulationHeader is that of a run with the settings of some options.
func simulationHeader(o *simOptions, cfg *sim.Config) (recording.Header, error) {
	config, err := json.Marshal(cfg)
	return recording.Header{
		Source: recording.Simulator, Ring: "simulation", Start: recording.SimulatedStart,
		Seed: cfg.Seed, Command: o.command(cfg.Seed), Link: o.link(cfg.Seed), Config: config, Version: thisBuild().Version,
	}, err
}

// recordSimulation lets a simulation be recorded in a file; with an empty name, it does
// nothing. Close the tape when the run is over, also a failed one.
func recordSimulation(name string, h recording.Header, cfg *sim.Config) (*tape, error) {
	t, err := newTape(name, h)
	if err == nil && t != nil {
		cfg.Record = t.observe
	}
	return t, err
}

// writer is what a recording goes to, and nil once it is closed. The tape is
// locked until done is called.
func (t *tape) writer() (w *recording.Writer, done func()) {
	t.mu.Lock()
	return t.to, t.mu.Unlock
}

// close ends the recording.
func (t *tape) close() error {
	if t == nil {
		return nil
	}
	w, done := t.writer()
	defer done()
	if w == nil {
		return nil
	}
	t.to = nil
	err := w.Close()
	if closing := t.file.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return fail(codeError, "--record: %v", err)
	}
	return nil
}

// closeTape ends a simulation's recording at the end of the verb, whose own error
// comes first, and says how to see it once the file is whole, and which command runs
// it again.
func (c *cli) closeTape(t *tape, command string, err *error) {
	closing := t.close()
	switch {
	case t == nil || codeOf(*err) == codeInterrupted:
	case closing == nil:
		fmt.Fprintf(c.err, "'%s' shows this run, and '%s' runs it again\n", commandLine([]string{"peal", "replay", t.name}), command)
	case *err == nil:
		*err = closing
	default:
		fmt.Fprintf(c.err, "%v\n", closing)
	}
}

// observe writes what happened in a simulation.
func (t *tape) observe(o sim.Observation) {
	w, done := t.writer()
	defer done()
	if w != nil {
		writeObservation(w, o)
	}
}

// writeObservation writes what happened in a simulation as a running peer would tell it.
func writeObservation(w *recording.Writer, o sim.Observation) {
	e := node.Event{Time: simulated(o.At), Peer: o.Peer, Text: o.Text}
	switch o.Kind {
	case sim.Viewed:
		w.View(e.Time, infoOf(o.View))
		return
	case sim.Emitted:
		e.Kind, e.About = node.KindOf(o.Event.Kind), o.Event.About
		if o.Event.Kind == chord.JoinFailed {
			e.Kind, e.Text = node.Failed, "found no place on the ring"
		}
	case sim.Crashed, sim.Left:
		w.Gone(e.Time, o.Peer)
		e.Kind = map[sim.ObservationKind]node.EventKind{sim.Crashed: node.Killed, sim.Left: node.Left}[o.Kind]
	case sim.LookedUp:
		e.Kind, e.Count, e.Route = node.LookedUp, len(o.Result.Hops), routeOf(o.Result)
		e.About = e.Route.Owner
	case sim.Faulted:
		e.Kind = node.Fault
	case sim.Violated:
		e.Kind = recording.Violation
	}
	if e.Kind != "" {
		w.Event(e)
	}
}

func simulated(t chord.Time) time.Time { return recording.SimulatedStart.Add(time.Duration(t)) }

// infoOf is a view as a peer tells it. A simulated peer holds no records, so
// none of them lacks a replica.
func infoOf(v *sim.View) node.Info {
	return node.Info{
		Contact: v.Self, Member: v.Member, Predecessor: v.Pred(), Successors: v.Succ,
		Fingers: v.Fingers, Known: v.Known, Replicated: true,
	}
}

func routeOf(r *chord.Result) *node.Route {
	route := &node.Route{ID: r.Target, Millis: milliseconds(r.Took), Hops: node.HopsOf(*r), Replicas: []chord.Contact{}}
	if len(r.Owners) > 0 {
		route.Owner = r.Owners[0]
	}
	return route
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
