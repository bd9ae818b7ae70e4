package testnet_test

import (
	"errors"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"peal/chord"
	"peal/node"
	"peal/testnet"
)

// paused are the peers that the ring shows as paused.
func paused(net *testnet.Testnet) []chord.Contact {
	var list []chord.Contact
	for _, p := range net.Ring().Peers {
		if p.Paused {
			list = append(list, p.Contact)
		}
	}
	return list
}

// A kept is a list of the kinds of events that were told.
type kept struct {
	mu    sync.Mutex
	kinds []node.EventKind
}

func (k *kept) observe(e node.Event) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.kinds = append(k.kinds, e.Kind)
}

func (k *kept) has(kind node.EventKind) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Contains(k.kinds, kind)
}

// While a peer is paused the others close the ring without it, and nothing enters there.
func TestPauseAndResume(t *testing.T) {
	t.Parallel() // it waits for timeouts most of the time
	var events kept
	ctx, net := start(t, testnet.Config{Peers: 6, Transport: testnet.Memory, Observer: events.observe})
	fill(ctx, t, net, 20)
	name := net.Live()[2].Self().Peer.String()
	stopped, err := net.Pause(testnet.Choice{Peers: []string{name, name}})
	if err != nil || len(stopped) != 1 {
		t.Fatalf("paused %v, %v; want one", stopped, err)
	}
	if _, err := net.Pause(testnet.Choice{Peers: []string{name}}); err != nil {
		t.Errorf("pause of one that is paused: %v", err)
	}
	if got := paused(net); !slices.Equal(got, stopped) {
		t.Errorf("the ring shows %v as paused, want %v", got, stopped)
	}
	if _, err := net.Peer(name); !errors.Is(err, node.ErrNoPeer) || !strings.Contains(err.Error(), "peal testnet resume") {
		t.Errorf("a request at the paused one: got %v, want %v and what to do", err, node.ErrNoPeer)
	}
	if err := net.Settle(ctx); err != nil {
		t.Fatal(err)
	}
	read(ctx, t, net, 20)
	if back, err := net.Resume(nil); err != nil || !slices.Equal(back, stopped) {
		t.Errorf("resumed %v, %v; want %v", back, err, stopped)
	}
	if err := net.Settle(ctx); err != nil {
		t.Fatal(err)
	}
	if got := paused(net); got != nil || !events.has(node.Paused) || !events.has(node.Resumed) {
		t.Errorf("afterwards %v are paused, and it was told of %v", got, events.kinds)
	}
}

func TestAllPaused(t *testing.T) {
	_, net := start(t, testnet.Config{Peers: 3, Transport: testnet.Memory})
	if stopped, err := net.Pause(testnet.Choice{Count: 3}); err != nil || len(stopped) != 3 {
		t.Fatalf("paused %v, %v; want all", stopped, err)
	}
	if _, err := net.Peer(""); !errors.Is(err, node.ErrNoPeer) {
		t.Errorf("got %v, want %v", err, node.ErrNoPeer)
	}
	if _, err := net.KillRandom(1, true, testnet.Crash); err != nil {
		t.Errorf("kill of a paused peer: %v", err)
	}
	if got := len(paused(net)); got != 2 {
		t.Errorf("%d are paused, want the 2 that live", got)
	}
}

// All replicas of all keys are down at the same time, and nothing is lost.
func TestRestartKeepsPeersAndKeys(t *testing.T) {
	for _, dir := range []string{"", t.TempDir()} {
		ctx, net := start(t, testnet.Config{Peers: 4, Transport: testnet.Memory, DataDir: dir})
		fill(ctx, t, net, 20)
		before := positions(net)
		back, err := net.Restart(ctx, testnet.Choice{Count: 4}, 10*time.Millisecond)
		if err != nil || len(back) != 4 {
			t.Fatalf("restarted %v, %v; want all 4", back, err)
		}
		if after := positions(net); !slices.Equal(before, after) {
			t.Errorf("got the peers %v, want %v as before", after, before)
		}
		if err := net.Settle(ctx); err != nil {
			t.Fatal(err)
		}
		read(ctx, t, net, 20)
	}
}

// A network that loses everything parts all peers, and one that is slow none.
func TestImpair(t *testing.T) {
	t.Parallel() // it waits for timeouts most of the time
	var events kept
	ctx, net := start(t, testnet.Config{Peers: 4, Transport: testnet.Memory, Observer: events.observe})
	fill(ctx, t, net, 10)
	if err := net.Impair(testnet.Impairment{Drop: 100}); err != nil || !events.has(node.Fault) {
		t.Fatalf("impair: %v, told %v", err, events.kinds)
	}
	within(ctx, t, time.Minute, "the peers to lose each other", func() (bool, string) {
		ring := net.Ring()
		return len(ring.Problems) > 0 && ring.Problems[0].Kind == node.Split, ring.Problem
	})
	if ended, left := net.Heal(), net.Network(); ended.Drop != 100 || left.Drop != 0 {
		t.Errorf("%+v was healed and %+v is left, want the loss and nothing", ended, left)
	}
	if err := net.Settle(ctx); err != nil {
		t.Fatal(err)
	}
	if err := net.Impair(testnet.Impairment{Drop: 1, Delay: 20, By: 20 * time.Millisecond}); err != nil {
		t.Fatal(err)
	}
	read(ctx, t, net, 10)
}

func TestBadFaults(t *testing.T) {
	ctx, net := start(t, testnet.Config{Peers: 2, Transport: testnet.Memory})
	want := func(what string, err error) {
		t.Helper()
		if !errors.Is(err, node.ErrInvalid) {
			t.Errorf("%s: got %v, want %v", what, err, node.ErrInvalid)
		}
	}
	for _, c := range []testnet.Choice{{}, {Count: 3}, {Count: -1}, {Peers: []string{"nobody"}}} {
		_, err := net.Pause(c)
		want("pause", err)
		_, err = net.Restart(ctx, c, 0)
		want("restart", err)
	}
	_, err := net.Resume([]string{net.Live()[0].Self().Peer.String()})
	want("resume of a peer that runs", err)
	for _, i := range []testnet.Impairment{
		{}, {Drop: -1}, {Drop: 101}, {Drop: math.NaN()}, {Delay: 5}, {By: time.Second}, {Delay: 5, By: -1}, {Delay: 5, By: time.Hour},
	} {
		want("impair", net.Impair(i))
	}
	if !net.Ring().WellFormed {
		t.Errorf("the ring has changed: %s", net.Ring().Problem)
	}
}
