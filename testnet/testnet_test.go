package testnet_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"peal/chord"
	"peal/node"
	"peal/testnet"
)

// start runs a testnet for a test and waits until it has settled.
func start(t *testing.T, cfg testnet.Config) (context.Context, *testnet.Testnet) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	net, err := testnet.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { net.Close() })
	if err := net.Start(ctx, nil); err != nil {
		t.Fatal(err)
	}
	if err := net.Settle(ctx); err != nil {
		t.Fatal(err)
	}
	return ctx, net
}

// fill stores count keys, each with its own name as value, and read gets them
// back, each by another peer.
func fill(ctx context.Context, t *testing.T, net *testnet.Testnet, count int) {
	t.Helper()
	for i := range count {
		peer, err := net.Peer("")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := peer.Put(ctx, fmt.Append(nil, "key ", i), fmt.Append(nil, "value ", i), node.WriteOptions{}); err != nil {
			t.Fatalf("put %d: %v", i, err)
		}
	}
}

func read(ctx context.Context, t *testing.T, net *testnet.Testnet, count int) {
	t.Helper()
	for i := range count {
		peer, err := net.Peer("")
		if err != nil {
			t.Fatal(err)
		}
		v, err := peer.Get(ctx, fmt.Append(nil, "key ", i), node.ReadOptions{})
		if want := fmt.Sprint("value ", i); err != nil || string(v.Data) != want {
			t.Errorf("key %d: got %q, %v; want %q", i, v.Data, err, want)
		}
	}
}

func TestKeysSurviveKillsAndJoins(t *testing.T) {
	for transport, waves := range map[string]int{testnet.TCP: 2, testnet.QUIC: 1, testnet.Memory: 2} {
		t.Run(transport, func(t *testing.T) {
			t.Parallel() // they wait for timeouts most of the time
			ctx, net := start(t, testnet.Config{Peers: 15, Transport: transport})
			fill(ctx, t, net, 60)
			if err := net.Settle(ctx); err != nil {
				t.Fatal(err)
			}
			for wave := range waves {
				if _, err := net.KillRandom(4, false, testnet.Crash); err != nil {
					t.Fatal(err)
				}
				read(ctx, t, net, 60) // while the ring mends
				if _, err := net.Join(ctx, 4); err != nil {
					t.Fatal(err)
				}
				if err := net.Settle(ctx); err != nil {
					t.Fatalf("wave %d: %v", wave, err)
				}
			}
			read(ctx, t, net, 60)
			if got := len(net.Ring().Peers); got != 15 {
				t.Errorf("got %d peers, want 15", got)
			}
		})
	}
}

func TestDataDirectoryKeepsPeersAndKeys(t *testing.T) {
	cfg := testnet.Config{Peers: 4, Transport: testnet.Memory, DataDir: t.TempDir()}
	ctx, net := start(t, cfg)
	fill(ctx, t, net, 20)
	before := positions(net)
	if err := net.Close(); err != nil {
		t.Fatal(err)
	}
	ctx, net = start(t, cfg)
	if after := positions(net); !slices.Equal(before, after) {
		t.Errorf("got the peers %v, want %v as before", after, before)
	}
	read(ctx, t, net, 20)
}

func positions(net *testnet.Testnet) []chord.ID {
	var ids []chord.ID
	for _, p := range net.Ring().Peers {
		ids = append(ids, p.ID)
	}
	return ids
}

func TestRandomKillsNeverTakeThreeInARow(t *testing.T) {
	_, net := start(t, testnet.Config{Peers: 12, Transport: testnet.Memory})
	ring := positions(net)
	killed, err := net.KillRandom(7, false, testnet.Crash)
	if err != nil {
		t.Fatal(err)
	}
	dead := make([]bool, len(ring))
	for _, c := range killed.Peers {
		dead[slices.Index(ring, c.ID)] = true
	}
	for i := range ring {
		if dead[i] && dead[(i+1)%12] && dead[(i+2)%12] {
			t.Errorf("killed %v of %v: three in a row", killed, ring)
		}
	}
	if live := len(net.Live()); len(killed.Peers) != 7 || live != 5 {
		t.Errorf("killed %d, %d live; want 7 and 5", len(killed.Peers), live)
	}
	if killed.InARow < 1 || killed.InARow > 2 {
		t.Errorf("got %d in a row, want 1 or 2", killed.InARow)
	}
}

func TestAdjacentKillsAreInARow(t *testing.T) {
	_, net := start(t, testnet.Config{Peers: 8, Transport: testnet.Memory})
	ring := positions(net)
	killed, err := net.KillAdjacent(3, testnet.Crash)
	if err != nil || len(killed.Peers) != 3 || killed.InARow != 3 {
		t.Fatalf("killed %v, %v; want three in a row", killed, err)
	}
	first := slices.Index(ring, killed.Peers[0].ID)
	for i, c := range killed.Peers {
		if want := ring[(first+i)%8]; c.ID != want {
			t.Errorf("kill %d: got %v, want %v", i, c, want)
		}
	}
}

func TestKillsByName(t *testing.T) {
	_, net := start(t, testnet.Config{Peers: 4, Transport: testnet.Memory})
	byID, byPosition := net.Live()[0].Self(), net.Live()[1].Self()
	killed, err := net.KillPeers([]string{byID.Peer.String(), byPosition.ID.String()}, testnet.Crash)
	if want := []chord.Contact{byID, byPosition}; err != nil || !slices.Equal(killed.Peers, want) {
		t.Errorf("killed %v, %v; want %v", killed, err, want)
	}
	if _, err := net.KillPeers([]string{byID.Peer.String()}, testnet.Crash); !errors.Is(err, node.ErrInvalid) {
		t.Errorf("killed a dead peer: got %v, want %v", err, node.ErrInvalid)
	}
}

func TestLeavingPeerHandsOverItsKeys(t *testing.T) {
	ctx, net := start(t, testnet.Config{Peers: 5, Transport: testnet.Memory})
	fill(ctx, t, net, 20)
	var went []chord.Contact
	for range 3 {
		name := net.Live()[0].Self().Peer.String()
		left, err := net.Leave(ctx, name)
		if err != nil || left.Peer.String() != name {
			t.Fatalf("left %v, %v; want %s", left, err, name)
		}
		went = append(went, left)
	}
	read(ctx, t, net, 20)
	if live := len(net.Live()); live != 2 {
		t.Errorf("%d peers live, want 2", live)
	}
	if _, err := net.Leave(ctx, went[0].Peer.String()); !errors.Is(err, node.ErrInvalid) {
		t.Errorf("left twice: got %v, want %v", err, node.ErrInvalid)
	}
}

// The peers that were still joining cannot reach the others any more, which is
// nothing to warn of.
func TestInterruptedStartIsQuiet(t *testing.T) {
	var warned atomic.Int64
	log := slog.New(slog.NewTextHandler(counter{&warned}, &slog.HandlerOptions{Level: slog.LevelWarn}))
	net, err := testnet.New(testnet.Config{Peers: 200, Logger: log})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	err = net.Start(ctx, func(joined, _ int) {
		if joined == 20 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("start: got %v, want %v", err, context.Canceled)
	}
	net.Close()
	if n := warned.Load(); n > 0 {
		t.Errorf("%d warnings, want none", n)
	}
}

type counter struct{ writes *atomic.Int64 }

func (c counter) Write(b []byte) (int, error) { c.writes.Add(1); return len(b), nil }

func TestBadRequests(t *testing.T) {
	for _, cfg := range []testnet.Config{{Peers: -1}, {Peers: 10_001}, {Transport: "carrier pigeon"}} {
		if _, err := testnet.New(cfg); err == nil {
			t.Errorf("%+v: no error", cfg)
		}
	}
	ctx, net := start(t, testnet.Config{Peers: 3, Transport: testnet.Memory})
	_, tooMany := net.KillRandom(4, true, testnet.Crash)
	_, inARow := net.KillRandom(3, false, testnet.Crash)
	_, none := net.KillAdjacent(0, testnet.Crash)
	_, ambiguous := net.KillPeers([]string{"not a peer"}, testnet.Crash)
	_, joinNone := net.Join(ctx, 0)
	for i, err := range []error{tooMany, inARow, none, ambiguous, joinNone} {
		if !errors.Is(err, node.ErrInvalid) {
			t.Errorf("%d: got %v, want %v", i, err, node.ErrInvalid)
		}
	}
	if len(net.Live()) != 3 {
		t.Errorf("%d peers live, want all 3", len(net.Live()))
	}
	if _, err := net.KillRandom(3, true, testnet.Crash); err != nil {
		t.Error(err)
	}
	if _, err := net.KillRandom(1, true, testnet.Crash); err == nil || !strings.Contains(err.Error(), "no peer is left to kill") {
		t.Errorf("killed nobody: got %v", err)
	}
	if _, err := net.Peer(""); !errors.Is(err, testnet.ErrNoPeers) {
		t.Errorf("got %v, want %v", err, testnet.ErrNoPeers)
	}
}
