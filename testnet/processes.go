package testnet

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"slices"

	"peal/node"
	"peal/testnet/remote"
)

// place makes the hosts that peers run on: this process, or others.
func (t *Testnet) place() error {
	n := t.cfg.Processes
	if n == 1 {
		cfg := t.cfg
		cfg.Observer = t.hear
		t.hosts = []remote.Host{newLocal(cfg)}
		return nil
	}
	share := t.cfg
	share.Peers = (t.cfg.Peers + n - 1) / n
	settings, err := json.Marshal(share)
	if err != nil {
		return err
	}
	for i := range n {
		t.hosts = append(t.hosts, remote.NewProcess(remote.ProcessConfig{
			Command: t.cfg.Command, Settings: settings, Observer: t.hear,
			Lost: func(err error) {
				t.cfg.Logger.Warn("a process has ended, and all its peers with it", "process", i+1, "of", n, "err", err)
				t.mourn()
			},
		}))
	}
	return nil
}

// mourn takes out of the live peers those whose process has ended.
func (t *Testnet) mourn() {
	t.mu.Lock()
	gone := slices.Clone(t.peers)
	gone = slices.DeleteFunc(gone, func(p Peer) bool { return !p.Lost() })
	t.forget(gone)
	t.mu.Unlock()
	t.happened(gone, node.Killed)
}

// Serve makes this process one of those of a testnet, whose peers it runs until the other
// end of in and out has gone, or ctx ends; see [Config.Command].
func Serve(ctx context.Context, in io.Reader, out io.Writer, log *slog.Logger) error {
	return remote.Serve(ctx, in, out, func(settings []byte, observe func(node.Event)) (remote.Host, error) {
		cfg := Config{Observer: observe, Logger: log}
		if err := json.Unmarshal(settings, &cfg); err != nil {
			return nil, err
		}
		return newLocal(cfg), nil
	})
}
