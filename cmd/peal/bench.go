package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"peal/node"
	"peal/node/replica"
	"peal/testnet"
	"peal/testnet/bench"
)

// A benchConfig holds the flags of bench.
type benchConfig struct {
	bench.Config
	valueSize byteSize
	dist      string
	svg       string
}

func (c *cli) benchVerb() *cobra.Command {
	b := benchConfig{valueSize: 1024}
	cmd := &cobra.Command{
		Use:   "bench",
		Short: "Measure what a ring costs, beside what its transport and its disk cost",
		Long: `Start a testnet, let clients look up, get and put keys at peers at random, one at a time
and many at a time, and measure how long it takes and what it costs. In the same process,
in turn with that, make bare libp2p requests over the same kind of transport between as
many hosts (50 at most), and bare LevelDB writes. Every figure is also given as a multiple
of the bare cost, which says more than the figure: the machine slows both alike.

With --kill or --hang, measure gets and puts at a steady rate while a share of the peers
crash, or freeze with their connections open, beside the same before. A request counts
from when it was due, and one that fails with the time that it took.

With --api, measure the ring that runs there, beside the bare HTTP request. Its keys
bench/000000 and so on are overwritten; they expire an hour later.

Ctrl-C ends it, and prints what there is. docs/performance.md explains every figure.`,
		Example: "  peal bench --transport quic\n  peal bench --peers 20 --duration 2s -o json\n  peal bench --kill 0.2 --duration 1m\n  peal bench --api http://127.0.0.1:7600",
		Args:    wants(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := b.complete(cmd.Flags()); err != nil {
				return err
			}
			return c.bench(cmd.Context(), b, cmd.Flags().Changed("api"))
		},
	}
	c.apiFlags(cmd.Flags())
	b.addTo(cmd.Flags())
	return cmd
}

func (b *benchConfig) addTo(flags *pflag.FlagSet) {
	flags.IntVar(&b.Testnet.Peers, "peers", 100, "how many peers to start")
	flags.StringVar(&b.Testnet.Transport, "transport", testnet.TCP, "what they talk over: tcp, quic or memory")
	flags.DurationVar(&b.Testnet.Latency, "latency", 0, "round trip to add to each of their links, such as 20ms")
	flags.BoolVar(&b.Durable, "durable", false, "let them keep their records on disk, below $TMPDIR (default: in memory)")
	flags.Var(&b.valueSize, "value-size", "size of a value, in `BYTES` such as 100 or 4KiB, up to 1MiB")
	flags.IntVar(&b.Keys, "keys", 1000, "how many keys there are")
	flags.StringVar(&b.dist, "dist", "uniform", "which keys are asked for: uniform (all alike) or zipf (some more than others)")
	flags.IntVar(&b.Clients, "clients", 32, "how many make requests at the same time, where it is not one")
	flags.DurationVar(&b.Duration, "duration", 0, "how long each kind of request is measured (default: 10s)")
	flags.TextVar(&b.R, "r", node.Quorum(0), "read from `COUNT` replicas: one, quorum (more than half), all or a number (default: the ring's)")
	flags.TextVar(&b.W, "w", node.Quorum(0), "wait for `COUNT` replicas of a put (default: the ring's)")
	flags.Float64Var(&b.Kill, "kill", 0, "let this `SHARE` of the peers crash at once, such as 0.2, and measure nothing else")
	flags.Float64Var(&b.Hang, "hang", 0, "let this `SHARE` of the peers freeze at once, and measure nothing else")
	flags.Float64Var(&b.Rate, "rate", 200, "how many requests a second to make then")
	flags.StringVar(&b.svg, "svg", "", "write plots into this `DIR` too")
	flags.StringVar(&b.Profiles, "profile", "", "write CPU profiles of the ring at rest and under each kind of request into this `DIR`")
}

// benchBounds are those of package bench.
var benchBounds = []bound{
	between("peers", 2, testnet.MaxPeers), between("keys", 1, 1_000_000), between("clients", 1, 10_000), between("value-size", 1, 1<<20),
	failing("kill"), failing("hang"), between("rate", 1, 100_000),
}

// failing is the bound of a share of the peers that fail at once.
func failing(flag string) bound {
	return bound{flag, func(v float64) bool { return v >= 0 && v <= bench.MaxShare }, fmt.Sprintf("a share of the peers, 0 to %v", bench.MaxShare)}
}

// ofTestnet are the flags of a ring that is started, and of what can only be seen of one.
var ofTestnet = []string{"peers", "transport", "latency", "durable", "kill", "hang", "rate", "profile"}

// complete checks the flags and makes a configuration of them.
func (b *benchConfig) complete(flags *pflag.FlagSet) error {
	if err := checkBounds(flags, benchBounds); err != nil {
		return err
	}
	switch {
	case b.dist != "uniform" && b.dist != "zipf":
		return fail(codeUsage, "--dist %q: want uniform or zipf", b.dist)
	case flags.Changed("duration") && b.Duration <= 0:
		return fail(codeUsage, "--duration %v: want more than 0s", b.Duration)
	case b.Testnet.Latency < 0:
		return fail(codeUsage, "--latency %v: want 0s or more", b.Testnet.Latency)
	}
	most := replica.DefaultN
	if flags.Changed("api") {
		most = replica.MaxN
	}
	for _, quorum := range []struct {
		flag string
		node.Quorum
	}{{"r", b.R}, {"w", b.W}} {
		if int(quorum.Quorum) > most {
			return fail(codeUsage, "--%s %d: a key has at most %d replicas", quorum.flag, quorum.Quorum, most)
		}
	}
	for _, flag := range ofTestnet {
		if flags.Changed("api") && flags.Changed(flag) {
			return fail(codeUsage, "--%s is for a testnet of its own, not for --api: leave one of the two out", flag)
		}
	}
	b.ValueSize, b.Zipf = int(b.valueSize), b.dist == "zipf"
	b.Testnet.Version = thisBuild().Version
	return checkTransport(b.Testnet.Transport)
}

func (c *cli) bench(ctx context.Context, b benchConfig, remote bool) error {
	for flag, dir := range map[string]string{"--svg": b.svg, "--profile": b.Profiles} {
		if err := makeDir(flag, dir); err != nil {
			return err
		}
	}
	bars := c.stages()
	b.Progress = bars.show
	report, err := c.measure(ctx, b.Config, remote)
	bars.end()
	if err != nil {
		return err
	}
	if b.svg != "" {
		if err := writePlots(b.svg, report.Plots()); err != nil {
			return err
		}
	}
	if err := c.printBench(report); err != nil {
		return err
	}
	if report.Interrupted {
		return fail(codeInterrupted, "interrupted: this is what there was until then")
	}
	return nil
}

func (c *cli) measure(ctx context.Context, cfg bench.Config, remote bool) (*bench.Report, error) {
	if !remote {
		return bench.Run(ctx, cfg)
	}
	api, err := c.client(patience)
	if err != nil {
		return nil, err
	}
	ring := benched{api, cfg.R, cfg.W}
	return bench.Drive(ctx, cfg, api.base, ring, ring.healthz)
}

func (c *cli) printBench(r *bench.Report) error {
	if c.json() {
		return c.printJSON(r)
	}
	return printBenchText(c.out, c.width, r)
}

// stages shows a bar for each stage of a bench.
type stages struct {
	c   *cli
	now bench.Stage
	bar *progress
}

func (c *cli) stages() *stages { return &stages{c: c} }

func (s *stages) show(stage bench.Stage, done, total int) {
	if s.now != stage {
		s.end()
		s.now, s.bar = stage, s.c.progress(stage.Doing, stage.Unit, total)
	}
	s.bar.set(done, 0)
}

func (s *stages) end() {
	if s.bar != nil {
		s.bar.end()
	}
}
