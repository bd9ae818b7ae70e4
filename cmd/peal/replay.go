package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"peal/chord"
	"peal/node"
	"peal/node/recording"
	"peal/web"
)

// A replayConfig holds the flags of replay.
type replayConfig struct {
	http string
	open bool
}

func (c *cli) replayVerb() *cobra.Command {
	var r replayConfig
	cmd := &cobra.Command{
		Use:   "replay FILE",
		Short: "Show a recording in the dashboard",
		Long: `Show what --record kept of a simulation, a testnet or a peer in the dashboard, as if it
happened now, until Ctrl-C. The page plays and pauses it, steps from event to event,
and goes to any moment; faults and violations are marked.

It begins when a page is open, and stands still while none is. The other verbs that
only look, such as 'peal ring', see the ring of the moment that is shown.`,
		Example: "  peal testnet --peers 30 --record run.jsonl\n  peal replay run.jsonl --open",
		Args:    wants(1, "FILE"),
		RunE:    func(cmd *cobra.Command, args []string) error { return c.replay(cmd.Context(), args[0], r) },
	}
	flags := cmd.Flags()
	flags.StringVar(&r.http, "http", defaultHTTP, "`ADDRESS` to serve the dashboard at")
	flags.BoolVar(&r.open, "open", false, "open the dashboard in the browser")
	return cmd
}

func (c *cli) replay(ctx context.Context, name string, r replayConfig) error {
	rec, err := loadRecording(name)
	if err != nil {
		return err
	}
	l, err := c.listenHTTP(r.http)
	if err != nil {
		return err
	}
	defer l.Close()
	feed := web.NewFeed()
	backend := &replayed{name: name, rec: rec, player: recording.NewPlayer(rec, feed.Publish, time.Now)}
	api := c.serve(ctx, l, web.Config{Backend: backend, Feed: feed, Simulation: pageSimulation}, nil)
	defer api.close()
	if err := c.printFilm(backend.Film(), api.url); err != nil {
		return err
	}
	if r.open {
		if err := openBrowser(api.url); err != nil {
			fmt.Fprintln(c.err, err)
		}
	}
	return api.wait(ctx, func() error { return nil })
}

// loadRecording reads a file.
func loadRecording(name string) (*recording.Recording, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, fail(codeError, "%v", err)
	}
	defer file.Close()
	if info, err := file.Stat(); err == nil && info.IsDir() {
		return nil, fail(codeUsage, "%s is a directory: name the file of a recording", show(name))
	}
	rec, err := recording.Load(file)
	if err != nil {
		return nil, fail(codeError, "%s: %v", name, err)
	}
	return rec, nil
}

func (c *cli) printFilm(f web.Film, url string) error {
	if f.Cut {
		fmt.Fprintf(c.err, "warning: %s ends in the middle of a line; it is shown up to there\n", f.File)
	}
	if c.json() {
		return c.printJSON(struct {
			web.Film
			URL string `json:"url"`
		}{f, url})
	}
	length := time.Duration(f.Length * float64(time.Second)).Round(100 * time.Millisecond)
	return c.printf("%s: %s and %s in %v, recorded from a %s: dashboard at %s, Ctrl-C ends\n",
		f.File, counted(f.Peers, "peer"), counted(f.Events, "event"), length, f.Source, url)
}

// A replayed is the backend of a recording.
type replayed struct {
	name   string
	rec    *recording.Recording
	player *recording.Player
}

var _ web.Player = (*replayed)(nil)

func (r *replayed) Look() web.Moment {
	m := r.player.Look()
	return web.Moment{Ring: m.Ring, Log: m.Log, Playback: web.Playback(m.Position)}
}

func (r *replayed) Steer(s web.Steering) (web.Playback, error) {
	p, err := r.player.Steer(recording.Steering(s))
	return web.Playback(p), err
}

func (r *replayed) Film() web.Film {
	h := r.rec.Header
	f := web.Film{
		File: r.name, Source: string(h.Source), Ring: h.Ring, Start: h.Start, Length: r.rec.Length().Seconds(),
		Peers: r.rec.Peers(), Events: len(r.rec.Events()), Seed: h.Seed, Command: h.Command, Link: h.Link, Version: h.Version, Cut: r.rec.Cut,
	}
	for _, m := range r.rec.Marks() {
		f.Marks = append(f.Marks, web.Mark(m))
	}
	return f
}

// Ring is the ring of the moment that is shown.
func (r *replayed) Ring(context.Context) (node.Ring, error) { return r.player.Ring(), nil }

// Peer is one of the peers of the moment, as a picture of itself; with an empty
// via, any.
func (r *replayed) Peer(via string) (web.Peer, error) {
	var found []still
	for _, info := range r.player.Ring().Peers {
		if via == "" || via == info.Peer.String() {
			return still{info}, nil
		}
		position, _ := info.ID.MarshalText()
		if strings.HasPrefix(string(position), strings.ToLower(via)) {
			found = append(found, still{info})
		}
	}
	switch len(found) {
	case 0:
		return nil, fmt.Errorf("%w: at this moment of the recording there is no such peer: 'peal ring' lists them", node.ErrNoPeer)
	case 1:
		return found[0], nil
	}
	return nil, fmt.Errorf("%w: %q is the beginning of several positions: give more digits", node.ErrInvalid, via)
}

func (r *replayed) Leave(context.Context, string) ([]chord.Contact, error) {
	return nil, web.ErrRecording
}

// A still is a peer at a moment of a recording.
type still struct{ info node.Info }

func (s still) Info() node.Info { return s.info }

func (still) Put(context.Context, []byte, []byte, node.WriteOptions) (node.Receipt, error) {
	return node.Receipt{}, web.ErrRecording
}
func (still) Touch(context.Context, []byte, node.WriteOptions) (node.Receipt, error) {
	return node.Receipt{}, web.ErrRecording
}
func (still) LimitRepair(node.RepairLimit) error { return web.ErrRecording }
func (still) Get(context.Context, []byte, node.ReadOptions) (node.Value, error) {
	return node.Value{}, web.ErrRecording
}
func (still) Delete(context.Context, []byte, node.WriteOptions) (node.Receipt, error) {
	return node.Receipt{}, web.ErrRecording
}
func (still) Lookup(context.Context, []byte) (node.Route, error) {
	return node.Route{}, web.ErrRecording
}
func (still) Keys(context.Context, []byte, string, int) (node.Page, error) {
	return node.Page{}, web.ErrRecording
}
