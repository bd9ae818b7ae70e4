package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"peal/node/recording"
	"peal/node/replica"
	"peal/testnet"
	"peal/web"
)

// settleTime bounds how long the ring of a testnet is waited for before it is
// said that something is wrong.
const settleTime = 2 * time.Minute

// A testnetConfig holds the flags of testnet.
type testnetConfig struct {
	testnet.Config
	http, logLevel, record string
	open                   bool
}

func (c *cli) testnetVerb() *cobra.Command {
	var t testnetConfig
	cmd := &cobra.Command{
		Use:   "testnet",
		Short: "Run a ring of many peers on this machine",
		Long: `Run a ring of many real peers, until Ctrl-C. They talk over loopback and keep their
keys in memory, unless --data names a directory. All run in this process, or, since a
process may only have so many connections open, in several others (--processes).

One HTTP address serves the API and the dashboard for all of them, so that every other
verb works: a request enters the ring at a random live peer, or at the one that --via
names. The verbs below change the running testnet.`,
		Example: "  peal testnet --peers 30 --open\n  peal testnet kill 5",
		Args:    noSuchVerb,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := notZero(cmd.Flags(), "replicas"); err != nil {
				return err
			}
			return c.testnet(cmd.Context(), t)
		},

		SuggestionsMinimumDistance: 2,
	}
	flags := cmd.Flags()
	flags.IntVar(&t.Peers, "peers", 100, "how many peers to start")
	flags.IntVar(&t.Quorums.N, "replicas", replica.DefaultN, "how many peers hold each key, 1 to 7")
	flags.StringVar(&t.Transport, "transport", testnet.TCP, "what the peers talk over: tcp, quic or memory")
	flags.IntVar(&t.Processes, "processes", 1, "how many processes the peers run in")
	flags.StringVar(&t.DataDir, "data", "", "`DIR` of their identities and keys (default: in memory)")
	flags.StringVar(&t.http, "http", defaultHTTP, "`ADDRESS` to serve the API and the dashboard at")
	flags.BoolVar(&t.open, "open", false, "open the dashboard in the browser")
	flags.Uint64Var(&t.Seed, "seed", 0, "seed of the random choices of peers (0: another one each time)")
	flags.StringVar(&t.record, "record", "", "`FILE` to record in all that happens, for 'peal replay'")
	flags.StringVar(&t.logLevel, "log-level", "warn", "least `LEVEL` to log: debug, info, warn or error")
	cmd.AddCommand(c.testnetKillVerb(), c.testnetJoinVerb(), c.testnetPauseVerb(), c.testnetResumeVerb(), c.testnetRestartVerb(),
		c.testnetCutVerb(), c.testnetImpairVerb(), c.testnetHealVerb(), c.testnetChurnVerb(), c.testnetHostVerb())
	return cmd
}

func (t *testnetConfig) check() error {
	if t.Peers < 1 || t.Peers > testnet.MaxPeers {
		return fail(codeUsage, "--peers %d: want 1 to %d", t.Peers, testnet.MaxPeers)
	}
	if err := t.Quorums.Complete().Valid(); err != nil {
		return fail(codeUsage, "--replicas %d: %v", t.Quorums.N, err)
	}
	switch {
	case t.Processes < 1 || t.Processes > t.Peers:
		return fail(codeUsage, "--processes %d: want 1 to %d, the number of peers", t.Processes, t.Peers)
	case t.Processes > 1 && t.Transport == testnet.Memory:
		return fail(codeUsage, "--processes %d: --transport memory stays within one process: leave one of the two out", t.Processes)
	}
	return checkTransport(t.Transport)
}

func checkTransport(name string) error {
	switch name {
	case testnet.TCP, testnet.QUIC, testnet.Memory:
		return nil
	}
	return fail(codeUsage, "--transport %q: want tcp, quic or memory", name)
}

func (c *cli) testnet(ctx context.Context, t testnetConfig) (err error) {
	if err := t.check(); err != nil {
		return err
	}
	log, err := c.logger(t.logLevel)
	if err != nil {
		return err
	}
	if t.DataDir != "" {
		if t.DataDir, err = c.dataDir(t.DataDir); err != nil {
			return err
		}
	}
	l, err := c.listenHTTP(t.http)
	if err != nil {
		return err
	}
	defer l.Close()
	tape, err := recordLive(t.record, recording.Testnet, "testnet", t.Seed, log)
	if err != nil {
		return err
	}
	defer tape.closeInto(&err)
	feed := web.NewFeed()
	t.Version, t.Logger, t.Observer = thisBuild().Version, log, tape.observing(feed.Publish)
	t.Command = c.hostCommand(t.logLevel)
	net, err := testnet.New(t.Config)
	if err != nil {
		return err
	}
	peers := newLab(net)
	api := c.serve(ctx, l, web.Config{Backend: peers, Feed: feed, Logger: log, Simulation: pageSimulation}, peers.left)
	defer net.Close()
	defer api.close() // before the peers are closed: an empty ring would be the last thing seen
	tape.watch(peers.Ring, recordTestnet)
	defer tape.closeInto(&err)
	if t.open {
		if err := openBrowser(api.url); err != nil {
			fmt.Fprintln(c.err, err)
		}
	}
	if err := c.settle(ctx, net, t.Peers, api.url); err != nil || ctx.Err() != nil {
		return err
	}
	return api.wait(ctx, func() error {
		api.close()
		return c.farewell(peers, farewellTime)
	})
}

// settle starts the peers and says when they form a ring. An interruption is no
// error.
func (c *cli) settle(ctx context.Context, net *testnet.Testnet, peers int, url string) error {
	begin := time.Now()
	bar := c.progress("joining", "peer", peers)
	err := net.Start(ctx, func(joined, _ int) { bar.set(joined, 0) })
	bar.end()
	if ctx.Err() != nil {
		return nil
	}
	if err != nil {
		return err
	}
	within, cancel := context.WithTimeout(ctx, settleTime)
	defer cancel()
	if err := net.Settle(within); err != nil {
		net.Rest()
		if ctx.Err() == nil {
			fmt.Fprintf(c.err, "warning: %v; it goes on\n", err)
		}
		return nil
	}
	took := time.Since(begin)
	net.Rest()
	return c.printSettled(settled{peers, took.Seconds(), net.Memory() / int64(peers), url})
}

// A settled says how a testnet started; it is its JSON.
type settled struct {
	Peers        int     `json:"peers"`
	Seconds      float64 `json:"seconds"`
	BytesPerPeer int64   `json:"bytes_per_peer"`
	URL          string  `json:"url"`
}

func (c *cli) printSettled(s settled) error {
	if c.json() {
		return c.printJSON(s)
	}
	return c.printf("%s settled in %.1f s, %s of memory each: dashboard at %s, Ctrl-C ends\n",
		counted(s.Peers, "peer"), s.Seconds, sizeText(s.BytesPerPeer), s.URL)
}
