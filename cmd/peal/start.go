package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"
	ma "github.com/multiformats/go-multiaddr"
	"github.com/spf13/cobra"

	"peal/node"
	"peal/node/recording"
	"peal/node/replica"
	"peal/node/store"
	"peal/transport"
	"peal/web"
)

// farewellTime bounds how long a peer may take to hand over its keys when a
// signal ends it, unless --leave-timeout says otherwise.
const farewellTime = 30 * time.Second

// A startConfig holds the flags of start.
type startConfig struct {
	data, http, ring, logLevel, record string
	listen, join                       []string
	noMDNS, noNAT                      bool
	quorums                            replica.Quorums
	repairRate                         byteSize
	leaveTimeout                       time.Duration
}

func (c *cli) startVerb() *cobra.Command {
	var s startConfig
	cmd := &cobra.Command{
		Use:   "start",
		Short: "Run a peer",
		Long: `Run a peer until Ctrl-C or 'peal leave'; it then hands its keys to others and says
goodbye. A second Ctrl-C ends it at once.

The peer looks for others of its ring on the LAN, and at the addresses that --join
names; 'peal status' at another peer shows them. With neither it is a ring of its own
until someone finds it. Its identity and its keys are in the data directory, so that it
is the same peer after a restart.

The HTTP address serves the API and the dashboard. Whoever reaches it may do everything.`,
		Example: "  peal start\n  peal start --data ./b --http 127.0.0.1:7610 --listen /ip4/127.0.0.1/tcp/7611 --join /ip4/127.0.0.1/tcp/7601/p2p/12D3Koo...",
		Args:    wants(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := notZero(cmd.Flags(), "replicas", "default-w", "default-r"); err != nil {
				return err
			}
			return c.start(cmd.Context(), s)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&s.data, "data", "", "`DIR` of the identity and the keys (default: "+filepath.Join("$XDG_DATA_HOME", "peal")+", or ~/.local/share/peal)")
	flags.StringVar(&s.http, "http", defaultHTTP, "`ADDRESS` to serve the API and the dashboard at")
	flags.StringVar(&s.ring, "ring", transport.DefaultRing, "`NAME` of the ring; peers of other rings are strangers")
	flags.StringSliceVar(&s.listen, "listen", nil, "`MULTIADDR` to listen on, repeatable (default: TCP and QUIC on port 7601)")
	flags.StringSliceVar(&s.join, "join", nil, "full `MULTIADDR` of a peer to join by, repeatable")
	flags.BoolVar(&s.noMDNS, "no-mdns", false, "do not look for peers on the LAN")
	flags.BoolVar(&s.noNAT, "no-nat", false, "do not map ports, punch holes or use relays")
	flags.IntVar(&s.quorums.N, "replicas", 0, "how many peers of a new ring hold each key, 1 to 7 (default: 3, or what the ring has)")
	flags.IntVar(&s.quorums.W, "default-w", 0, "how many of them a write of a new ring needs (default: a majority)")
	flags.IntVar(&s.quorums.R, "default-r", 0, "how many of them a read of a new ring needs (default: a majority)")
	flags.Var(&s.repairRate, "repair-rate", "`BYTES` a second that repair may move, such as 500k or 10M (default: no bound)")
	flags.DurationVar(&s.leaveTimeout, "leave-timeout", farewellTime, "how long to hand over keys when a signal ends the peer")
	flags.StringVar(&s.record, "record", "", "`FILE` to record in all that happens, for 'peal replay'")
	flags.StringVar(&s.logLevel, "log-level", "info", "least `LEVEL` to log: debug, info, warn or error")
	return cmd
}

// check refuses addresses that cannot be right, before anything starts.
func (s *startConfig) check() error {
	if err := transport.CheckRing(s.ring); err != nil {
		return fail(codeUsage, "--ring: %v", err)
	}
	if err := s.quorums.Complete().Valid(); err != nil {
		return fail(codeUsage, "--replicas, --default-w and --default-r: %v", err)
	}
	if s.leaveTimeout <= 0 {
		return fail(codeUsage, "--leave-timeout %v: want more than 0", s.leaveTimeout)
	}
	for _, addr := range s.listen {
		if _, err := ma.NewMultiaddr(addr); err != nil {
			return fail(codeUsage, "--listen %q is no multiaddr: want the like of /ip4/0.0.0.0/tcp/7601", addr)
		}
	}
	for _, addr := range s.join {
		if info, err := peer.AddrInfoFromString(addr); err != nil || len(info.Addrs) == 0 {
			return fail(codeUsage, "--join %q is no full multiaddr: want the like of /ip4/192.0.2.1/tcp/7601/p2p/12D3Koo..., as 'peal status' shows at that peer", addr)
		}
	}
	return nil
}

// dataDir is where a peer keeps its things, made if need be.
func (c *cli) dataDir(named string) (string, error) {
	dir := named
	if dir == "" {
		home := c.getenv("XDG_DATA_HOME")
		if home == "" && c.getenv("HOME") != "" {
			home = filepath.Join(c.getenv("HOME"), ".local", "share")
		}
		if home == "" {
			return "", fail(codeUsage, "there is no home directory: name a data directory with --data")
		}
		dir = filepath.Join(home, "peal")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fail(codeError, "data directory: %v: name another with --data", err)
	}
	return dir, nil
}

func (c *cli) start(ctx context.Context, s startConfig) (err error) {
	if err := s.check(); err != nil {
		return err
	}
	log, err := c.logger(s.logLevel)
	if err != nil {
		return err
	}
	dir, err := c.dataDir(s.data)
	if err != nil {
		return err
	}
	l, err := c.listenHTTP(s.http)
	if err != nil {
		return err
	}
	defer l.Close()
	tape, err := recordLive(s.record, recording.Peer, s.ring, 0, log)
	if err != nil {
		return err
	}
	defer tape.closeInto(&err)
	feed := web.NewFeed()
	config := node.Config{Ring: s.ring, Join: s.join, Version: thisBuild().Version, Logger: log, Observer: tape.observing(observer(feed, log))}
	config.Replica.Quorums, config.RepairRate = s.quorums, int64(s.repairRate)
	if err := s.open(&config, dir); err != nil {
		return err
	}
	peer := newSingle()
	api := c.serve(ctx, l, web.Config{Backend: peer, Feed: feed, Logger: log}, peer.left)
	defer api.close()
	n, err := node.Open(ctx, config)
	if err != nil && ctx.Err() != nil {
		return nil // interrupted before it was a member
	}
	if err != nil {
		return err
	}
	defer n.Close()
	debug.FreeOSMemory() // of a large store, much has been read and little is kept
	peer.node.Store(n)
	tape.watch(peer.Ring, recordPeer)
	defer tape.closeInto(&err) // before the peer is closed, which would be the last thing seen
	if err := c.introduce(n.Info(), api.url); err != nil {
		return err
	}
	return api.wait(ctx, func() error { return c.farewell(peer, s.leaveTimeout) })
}

// farewell leaves the ring because a signal asked for it.
func (c *cli) farewell(backend web.Backend, within time.Duration) error {
	fmt.Fprintln(c.err, "leaving the ring; Ctrl-C again ends at once")
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	_, err := backend.Leave(ctx, "")
	switch {
	case errors.Is(err, node.ErrNoPeer):
		return fail(codeNoPeer, "%v", err)
	case errors.Is(err, node.ErrQuorum):
		return fail(codeQuorum, "%v", err)
	}
	return err
}

// open opens the store, which nobody else may have open, and then the network.
func (s *startConfig) open(config *node.Config, dir string) error {
	db, err := store.Open(storeIn(dir))
	if err != nil {
		return err
	}
	t, err := transport.New(transport.Config{
		KeyFile: filepath.Join(dir, "identity.key"), Ring: s.ring, Listen: s.listen,
		MDNS: !s.noMDNS, NAT: !s.noNAT, Logger: config.Logger,
	})
	if err != nil {
		db.Close()
		return err
	}
	config.Store, config.Transport = db, t
	return nil
}

// introduce prints who the peer is.
func (c *cli) introduce(self node.Info, url string) error {
	if c.json() {
		return c.printJSON(struct {
			node.Info
			URL string `json:"url"`
		}{self, url})
	}
	facts := [][2]string{{"peer", self.Peer.String()}, {"position", self.ID.String()}, {"ring", self.Ring}}
	title := "addresses"
	for _, addr := range self.Addresses {
		facts = append(facts, [2]string{title, addr})
		title = ""
	}
	return printFacts(c.out, c.width, append(facts, [2]string{"dashboard", url}))
}

// observer hands a peer's events to the dashboard and to the log.
func observer(feed *web.Feed, log *slog.Logger) func(node.Event) {
	return func(e node.Event) {
		feed.Publish(e)
		if e.Logged {
			return
		}
		level := slog.LevelDebug
		switch e.Kind {
		case node.Joined, node.Met, node.Dead, node.Departed, node.Left:
			level = slog.LevelInfo
		case node.Rejected, node.Failed:
			level = slog.LevelWarn
		}
		var details []any
		if !e.About.IsZero() {
			details = append(details, "peer", e.About.Peer)
		}
		if e.Text != "" {
			details = append(details, "text", strings.ReplaceAll(e.Text, "\n", "; "))
		}
		if e.Count != 0 {
			details = append(details, "count", e.Count)
		}
		log.Log(context.Background(), level, string(e.Kind), details...)
	}
}
