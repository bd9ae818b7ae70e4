package node

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"peal/chord"
)

const (
	dialTimeout = 5 * time.Second
	firstRedial = time.Second // grows by half each time
	lastRedial  = 5 * time.Minute
)

// bootstrap finds a way into the ring: by the addresses given, and by those of
// the peers met before. If nobody answers, the node is a ring of its own for
// now, unless somebody refused it: then Open ends. It goes on, with growing pauses: with
// addresses that have not answered, and with the others in turn, since peers that started
// at the same time may have become several rings.
func (n *Node) bootstrap(remembered []string) {
	ctx, cancel := n.lifetime()
	defer cancel()
	ways := slices.Concat(n.cfg.Join, remembered)
	answered, refused := n.dialAll(ctx, ways, n.cfg.Join)
	missing := without(slices.Clone(ways), answered)
	before := peersAt(remembered)
	n.absent.Store(int32(len(before)))
	n.find(answered, before)
	if len(answered) == 0 && !refused {
		if len(remembered) > 0 {
			n.cfg.Logger.Warn("none of the peers met before answers: serving alone, and trying again", "addresses", len(remembered))
		}
		n.do(n.createRing)
	}
	turn := 0
	for pause := firstRedial; n.sleep(pause); pause = min(pause*3/2, lastRedial) {
		targets := slices.Clone(missing)
		if len(n.Info().Successors) == 0 {
			targets = ways
		} else if len(ways) > 0 && pause >= n.cfg.Redial {
			targets = append(targets, ways[turn%len(ways)])
			turn++
		}
		answered, _ = n.dialAll(ctx, targets, nil)
		missing = without(missing, answered)
		n.find(answered, before)
	}
}

func (n *Node) createRing(now chord.Time) {
	if !n.ring.Member() {
		n.ring.Create(now)
	}
}

// lifetime is a context that ends with the node.
func (n *Node) lifetime() (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.Background())
	n.work.Go(func() {
		select {
		case <-n.closing:
			cancel()
		case <-ctx.Done():
		}
	})
	return ctx, cancel
}

// sleep reports false when the node closes.
func (n *Node) sleep(d time.Duration) bool {
	select {
	case <-n.closing:
		return false
	case <-time.After(d):
		return true
	}
}

// dialAll dials addresses at the same time, meets the peers that answer, and
// gives their addresses; refused says that some are of a ring with other terms. The
// user is warned of those that were not met, if they are among the named.
func (n *Node) dialAll(ctx context.Context, addrs, named []string) (answered []string, refused bool) {
	var wait sync.WaitGroup
	var mu sync.Mutex
	for _, addr := range slices.Compact(slices.Sorted(slices.Values(addrs))) {
		wait.Go(func() {
			ctx, cancel := context.WithTimeout(ctx, dialTimeout)
			defer cancel()
			level := slog.LevelDebug
			if slices.Contains(named, addr) {
				level = slog.LevelWarn
			}
			peer, err := n.cfg.Transport.Connect(ctx, addr)
			if err != nil {
				n.cfg.Logger.Log(ctx, level, "cannot join by this address yet; serving, and trying again", "address", addr, "error", err)
				return
			}
			if err = n.mayMeet(ctx, peer); err == nil {
				n.meet(peer, addr)
			}
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				refused = refused || errors.Is(err, errTerms)
				n.turnedAway(level, addr, err)
				return
			}
			answered = append(answered, addr)
		})
	}
	wait.Wait()
	return answered, refused
}

// turnedAway tells that an address leads to no ring for us. When the node has just
// started, with terms of another ring, it need not go on.
func (n *Node) turnedAway(level slog.Level, addr string, err error) {
	if errors.Is(err, errTerms) {
		level = slog.LevelWarn
		select {
		case n.refusal <- fmt.Errorf("%s: %w", addr, err):
		default:
		}
	}
	n.cfg.Logger.Log(context.Background(), level, "cannot join by this address", "address", addr, "error", err)
}

func without(list, gone []string) []string {
	return slices.DeleteFunc(list, func(s string) bool { return slices.Contains(gone, s) })
}
