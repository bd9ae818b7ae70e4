package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"net/url"
	"os"
	"reflect"
	"time"

	"github.com/spf13/pflag"

	"peal/chord"
	"peal/testnet/sim"
)

// simOptions holds the flags of the simulator.
type simOptions struct {
	set     *pflag.FlagSet
	peers   int
	seed    uint64
	minutes float64
	faults  string
	seeds   int
	flags   sim.Config // the settings that were given one by one
	latency string
	data    bool
	noCache bool
	plan    []sim.Fault // read from a file
	record  string      // file
}

// shortestRun is in minutes. A run of no time would be one of the default time.
const shortestRun = 0.001

// What --faults may be, besides a file.
const (
	mixedFaults = "mixed"
	noFaults    = "none"
)

func (o *simOptions) addTo(flags *pflag.FlagSet) {
	flags.IntVar(&o.peers, "peers", 0, "how many peers the ring has at first (default: 1000; mixed: 8 to 64, as the seed says)")
	flags.Uint64Var(&o.seed, "seed", 0, "seed of all that is random (0: another one each time)")
	flags.Float64Var(&o.minutes, "minutes", 1, "how long, in simulated time, or until the last fault is over; the ring then settles")
	flags.StringVar(&o.faults, "faults", mixedFaults, "what goes wrong: mixed, none, or a `FILE` with a schedule")
	flags.BoolVar(&o.data, "data", false, "peers keep data, which clients write and read; disks fail too (mixed: 8 to 32 peers)")
	n := &o.flags
	flags.IntVar(&n.Node.Successors, "successors", 0, "length of the successor lists (default: 8; mixed: 3 to 8)")
	flags.BoolVar(&o.noCache, "no-cache", false, "peers keep no location cache, only fingers")
	flags.Float64Var(&n.Lookups, "lookups", 0, "lookups a second (default: 10; mixed: 2)")
	flags.Float64Var(&n.Joins, "joins", 0, "joins a second, at random times beside the faults")
	flags.Float64Var(&n.Leaves, "leaves", 0, "leaves a second")
	flags.Float64Var(&n.Crashes, "crashes", 0, "crashes a second")
	flags.Float64Var(&n.Restarts, "restarts", 0, "crashed peers that come back, a second")
	flags.Float64Var(&n.CrashShare, "crash-share", 0, "share of the peers that crash at once in the beginning")
	flags.StringVar(&o.latency, "latency", "", "how long messages take: uniform, exponential, clustered or internet")
	flags.Float64Var(&n.Loss, "loss", 0, "share of the messages that get lost")
	flags.Float64Var(&n.Duplicate, "duplicate", 0, "share of the messages that arrive twice")
	flags.Float64Var(&n.Reorder, "reorder", 0, "share of the messages that are up to a second late")
	flags.Float64Var(&n.ClockDrift, "clock-drift", 0, "by what share clocks run wrong, at most")
	flags.BoolVar(&n.Refuse, "refuse", false, "machines of dead peers refuse messages, instead of being silent")
	flags.BoolVar(&n.Confirm, "confirm", false, "the owner confirms what a lookup finds (mixed: for odd seeds)")
	flags.BoolVar(&n.Redial, "redial", false, "newcomers dial the addresses that they joined by again")
}

// simBounds are those of the numbers among the flags.
var simBounds = []bound{
	between("peers", 1, 5_000_000), between("seeds", 1, 1_000_000), between("successors", 1, chord.MaxContacts),
	rateOf("lookups"), rateOf("joins"), rateOf("leaves"), rateOf("crashes"), rateOf("restarts"),
	shareOf("crash-share"), shareOf("loss"), shareOf("duplicate"), shareOf("reorder"), shareOf("clock-drift"),
}

// complete checks what was given, and reads the file that it names.
func (o *simOptions) complete(flags *pflag.FlagSet) error {
	o.set = flags
	if err := checkBounds(flags, simBounds); err != nil {
		return err
	}
	switch {
	case !(o.minutes >= shortestRun) || o.minutes > sim.Longest.Minutes():
		return fail(codeUsage, "--minutes %v: want %v to %.0f, which is a year", o.minutes, shortestRun, sim.Longest.Minutes())
	case o.record != "" && o.seeds > 1:
		return fail(codeUsage, "--record: want one seed, not --seeds %d", o.seeds)
	}
	if o.latency != "" {
		if err := o.flags.Latency.UnmarshalText([]byte(o.latency)); err != nil {
			return fail(codeUsage, "--latency: %v", err)
		}
	}
	for o.seed == 0 {
		o.seed = rand.Uint64() >> 32 // short enough to be read out
	}
	if o.faults == mixedFaults || o.faults == noFaults {
		return nil
	}
	if o.faults == "" {
		return fail(codeUsage, "--faults '': want mixed, none or a file")
	}
	raw, err := os.ReadFile(o.faults)
	if err != nil {
		return fail(codeUsage, "--faults: %v; want mixed, none or a file", err)
	}
	if o.plan, err = sim.ParseFaults(raw); err != nil {
		return fail(codeUsage, "--faults %s: %v", o.faults, err)
	}
	return nil
}

// config is the run of one seed.
func (o *simOptions) config(seed uint64) sim.Config {
	duration := time.Duration(math.Round(o.minutes * float64(time.Minute)))
	cfg := sim.Config{Peers: o.peers, Seed: seed, Duration: duration, Faults: o.plan}
	switch {
	case o.faults == mixedFaults && o.data:
		cfg = sim.MixedDataConfig(seed, o.peers, duration)
	case o.faults == mixedFaults:
		cfg = sim.MixedConfig(seed, o.peers, duration)
	case o.data:
		cfg.Data = sim.MixedData(seed)
	}
	if o.noCache {
		cfg.Node.CacheSize = -1
	}
	for name, take := range o.single(&cfg) {
		if o.set.Changed(name) {
			take()
		}
	}
	return cfg
}

// single says what each flag of one setting changes.
func (o *simOptions) single(cfg *sim.Config) map[string]func() {
	n := &o.flags
	return map[string]func(){
		"successors":  func() { cfg.Node.Successors = n.Node.Successors },
		"lookups":     func() { cfg.Lookups = lookupRate(n.Lookups) },
		"joins":       func() { cfg.Joins = n.Joins },
		"leaves":      func() { cfg.Leaves = n.Leaves },
		"crashes":     func() { cfg.Crashes = n.Crashes },
		"restarts":    func() { cfg.Restarts = n.Restarts },
		"crash-share": func() { cfg.CrashShare = n.CrashShare },
		"latency":     func() { cfg.Latency = n.Latency },
		"loss":        func() { cfg.Loss = n.Loss },
		"duplicate":   func() { cfg.Duplicate = n.Duplicate },
		"reorder":     func() { cfg.Reorder = n.Reorder },
		"clock-drift": func() { cfg.ClockDrift = n.ClockDrift },
		"refuse":      func() { cfg.Refuse = n.Refuse },
		"confirm":     func() { cfg.Confirm = n.Confirm },
		"redial":      func() { cfg.Redial = n.Redial },
	}
}

// lookupRate makes no lookups of 0, which is the default for a [sim.Config].
func lookupRate(perSecond float64) float64 {
	if perSecond == 0 {
		return -1
	}
	return perSecond
}

// command is the command line that runs a seed again: the flags as they were.
func (o *simOptions) command(seed uint64) string {
	words := []string{"peal", "sim"}
	o.set.VisitAll(func(flag *pflag.Flag) {
		if flag.Changed && o.matters(flag.Name) {
			words = append(words, said(flag.Name, flag.Value.String())...)
		}
	})
	return commandLine(append(words, said("seed", seed)...))
}

// link has the same flags as a query, in which there is no file.
func (o *simOptions) link(seed uint64) string {
	if o.faults != mixedFaults && o.faults != noFaults {
		return ""
	}
	query := url.Values{"seed": {fmt.Sprint(seed)}}
	o.set.Visit(func(flag *pflag.Flag) {
		if o.matters(flag.Name) {
			query.Set(flag.Name, flag.Value.String())
		}
	})
	return query.Encode()
}

// matters reports whether a flag changes what a run does, the seed aside.
func (o *simOptions) matters(flag string) bool {
	_, single := o.single(&sim.Config{})[flag]
	return single || flag == "peers" || flag == "minutes" || flag == "faults" || flag == "data" || flag == "no-cache"
}

// said is a flag in the words of a command line.
func said(flag string, value any) []string {
	switch text := fmt.Sprint(value); text {
	case "true":
		return []string{"--" + flag}
	case "false": // the next word would not belong to the flag
		return []string{"--" + flag + "=false"}
	default:
		return []string{"--" + flag, text}
	}
}

// explicit is the command line for a schedule in a file: what the seed said
// otherwise is in flags now.
func explicit(cfg sim.Config, file string) string {
	words := []string{"peal", "sim"}
	for _, flag := range []struct {
		name  string
		value any
	}{
		{"faults", file}, {"data", cfg.Data != nil}, {"seed", cfg.Seed}, {"peers", cfg.Peers}, {"minutes", cfg.Duration.Minutes()},
		{"successors", cfg.Node.Successors}, {"no-cache", cfg.Node.CacheSize < 0}, {"lookups", max(0, cfg.Lookups)},
		{"joins", cfg.Joins}, {"leaves", cfg.Leaves}, {"crashes", cfg.Crashes}, {"restarts", cfg.Restarts}, {"crash-share", cfg.CrashShare},
		{"latency", cfg.Latency}, {"loss", cfg.Loss}, {"duplicate", cfg.Duplicate}, {"reorder", cfg.Reorder},
		{"clock-drift", cfg.ClockDrift}, {"refuse", cfg.Refuse}, {"confirm", cfg.Confirm}, {"redial", cfg.Redial},
	} {
		if !reflect.ValueOf(flag.value).IsZero() || flag.name == "lookups" {
			words = append(words, said(flag.name, flag.value)...)
		}
	}
	return commandLine(words)
}
