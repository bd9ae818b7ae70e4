package testnet_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"peal/node"
	"peal/testnet"
)

// asHost in the environment makes the test binary be a process of a testnet.
const asHost = "TEST_AS_HOST"

func TestMain(m *testing.M) {
	if os.Getenv(asHost) == "" {
		flag.Parse()
		_ = flag.Set("test.parallel", strconv.Itoa(3*runtime.GOMAXPROCS(0))) // the parallel tests mostly wait
		os.Exit(m.Run())
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	if err := testnet.Serve(context.Background(), os.Stdin, os.Stdout, log); err != nil {
		log.Error("serve", "err", err)
		os.Exit(1)
	}
}

// A spread is a testnet in several processes, and what is heard of it.
type spread struct {
	mu     sync.Mutex
	cmds   []*exec.Cmd // in the order in which they were started
	events map[node.EventKind]int
}

func (s *spread) command() *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env, cmd.Stderr = append(os.Environ(), asHost+"=1"), os.Stderr
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cmds = append(s.cmds, cmd)
	return cmd
}

func (s *spread) hear(e node.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.events[e.Kind]++
}

func (s *spread) heard(kind node.EventKind) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.events[kind]
}

// startSpread runs so many peers in two processes.
func startSpread(t *testing.T, peers int) (context.Context, *testnet.Testnet, *spread) {
	t.Helper()
	s := &spread{events: map[node.EventKind]int{}}
	ctx, net := start(t, testnet.Config{Peers: peers, Processes: 2, Command: s.command, Observer: s.hear})
	return ctx, net, s
}

func TestPeersInSeveralProcesses(t *testing.T) {
	t.Parallel() // it waits for other processes most of the time
	ctx, net, s := startSpread(t, 6)
	fill(ctx, t, net, 20)
	read(ctx, t, net, 20)
	killed, err := net.KillRandom(1, false, testnet.Crash)
	if err != nil || len(killed.Peers) != 1 {
		t.Fatalf("killed %+v, %v; want one", killed, err)
	}
	if _, err := net.Leave(ctx, net.Live()[0].Self().Peer.String()); err != nil {
		t.Errorf("leave: %v", err)
	}
	if joined, err := net.Join(ctx, 2); err != nil || len(joined) != 2 {
		t.Fatalf("joined %v, %v; want two", joined, err)
	}
	if err := net.Settle(ctx); err != nil {
		t.Fatal(err)
	}
	read(ctx, t, net, 20)
	within(ctx, t, time.Minute, "news of all", func() (bool, string) {
		joined, left, killed := s.heard(node.Joined), s.heard(node.Left), s.heard(node.Killed)
		return joined == 8 && left == 1 && killed == 1, fmt.Sprintf("%d joined, %d left, %d killed", joined, left, killed)
	})
	if stats := net.Stats(); len(s.cmds) != 2 || stats.Sent == 0 || stats.Connections == 0 || net.Memory() == 0 {
		t.Errorf("%d processes, %+v, %d bytes", len(s.cmds), stats, net.Memory())
	}
}

// What a peer answers means the same on the way through a pipe.
func TestAnswersOfAnotherProcess(t *testing.T) {
	t.Parallel() // it waits for other processes most of the time
	ctx, net, _ := startSpread(t, 2)
	p := net.Live()[0]
	empty, err := p.Put(ctx, []byte("k"), nil, node.WriteOptions{TTL: time.Hour})
	if err != nil || empty.Expires == nil || len(empty.Replicas) == 0 {
		t.Errorf("put: %+v, %v", empty, err)
	}
	if got, err := p.Get(ctx, []byte("k"), node.ReadOptions{}); err != nil || len(got.Data) != 0 || got.Version != empty.Version {
		t.Errorf("get: %+v, %v; want nothing of version %v", got, err, empty.Version)
	}
	if got, err := p.Get(ctx, []byte("k"), node.ReadOptions{R: node.All}); err != nil || len(got.Replies) != 2 || got.Replies[1].Version == nil || *got.Replies[1].Version != empty.Version {
		t.Errorf("get from all: %+v, %v; want two replies of version %v", got, err, empty.Version)
	}
	if _, err := p.Get(ctx, []byte("none"), node.ReadOptions{}); !errors.Is(err, node.ErrNotFound) {
		t.Errorf("get of no key: %v, want %v", err, node.ErrNotFound)
	}
	absent := node.WriteOptions{}
	absent.If.Absent = true
	if got, err := p.Put(ctx, []byte("k"), nil, absent); !errors.Is(err, node.ErrConflict) || got.Version != empty.Version {
		t.Errorf("put if absent: %v, %v; want %v and version %v", got.Version, err, node.ErrConflict, empty.Version)
	}
	if page, err := p.Keys(ctx, nil, "", 10); err != nil || len(page.Keys) != 1 || page.Keys[0].Key != "k" {
		t.Errorf("keys: %+v, %v; want k", page, err)
	}
	if route, err := p.Lookup(ctx, []byte("k")); err != nil || len(route.Replicas) != 2 {
		t.Errorf("lookup: %+v, %v; want two replicas", route, err)
	}
	for _, paused := range []bool{true, false} {
		if err := p.LimitRepair(node.RepairLimit{Paused: &paused}); err != nil || p.Info().Repair.Paused != paused {
			t.Errorf("paused %v: %+v, %v", paused, p.Info().Repair, err)
		}
	}
	over, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := p.Get(over, []byte("k"), node.ReadOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("get when it is over: %v, want %v", err, context.Canceled)
	}
}

func TestCutBetweenProcesses(t *testing.T) {
	t.Parallel() // it waits for timeouts most of the time
	ctx, net, s := startSpread(t, 4)
	cut(t, net, []int{2, 2})
	within(ctx, t, time.Minute, "a suspicion", func() (bool, string) { return s.heard(node.Suspected) > 0, "nobody suspects anybody" })
	net.Heal() // before anybody is given up, since rings take longer to merge
	if err := net.Settle(ctx); err != nil {
		t.Error(err)
	}
}

// A process that is killed takes its peers with it, and nobody else. It runs again
// with the next peers.
func TestAProcessDies(t *testing.T) {
	t.Parallel() // it waits for timeouts most of the time
	ctx, net, s := startSpread(t, 6)
	before := net.Live()
	if err := s.cmds[1].Process.Kill(); err != nil {
		t.Fatal(err)
	}
	within(ctx, t, time.Minute, "the death of three", func() (bool, string) {
		return len(net.Live()) == 3 && s.heard(node.Killed) == 3, fmt.Sprintf("%d live, %d were killed", len(net.Live()), s.heard(node.Killed))
	})
	lost := 0
	for _, p := range before {
		if !p.Lost() {
			continue
		}
		lost++
		if _, err := p.Get(ctx, []byte("k"), node.ReadOptions{}); !errors.Is(err, node.ErrClosed) {
			t.Errorf("get at a lost peer: %v, want %v", err, node.ErrClosed)
		}
		if _, err := p.Put(ctx, []byte("k"), nil, node.WriteOptions{}); !errors.Is(err, node.ErrUnknown) {
			t.Errorf("put at a lost peer: %v, want %v", err, node.ErrUnknown)
		}
	}
	if err := net.Settle(ctx); err != nil || lost != 3 {
		t.Fatalf("%d lost, %v; want 3", lost, err)
	}
	if _, err := net.Join(ctx, 2); err != nil {
		t.Fatal(err)
	}
	if err := net.Settle(ctx); err != nil || len(net.Ring().Peers) != 5 || len(s.cmds) != 3 {
		t.Errorf("%d peers, %d processes started, %v; want 5 and 3", len(net.Ring().Peers), len(s.cmds), err)
	}
}

// The processes of a testnet end with it.
func TestProcessesEndWithTheirTestnet(t *testing.T) {
	t.Parallel() // it waits for other processes most of the time
	_, net, s := startSpread(t, 2)
	if err := net.Close(); err != nil {
		t.Error(err)
	}
	for _, cmd := range s.cmds {
		if cmd.ProcessState == nil || !cmd.ProcessState.Success() {
			t.Errorf("a process has ended as %v, want success", cmd.ProcessState)
		}
	}
}

func TestBadProcesses(t *testing.T) {
	command := func() *exec.Cmd { return exec.Command(os.Args[0]) }
	for _, cfg := range []testnet.Config{
		{Processes: -1}, {Peers: 2, Processes: 3, Command: command}, {Processes: 2},
		{Processes: 2, Command: command, Transport: testnet.Memory},
	} {
		if _, err := testnet.New(cfg); err == nil {
			t.Errorf("%+v is accepted", cfg)
		}
	}
	broken := testnet.Config{Peers: 2, Processes: 2, Command: func() *exec.Cmd { return exec.Command(os.Args[0], "-test.run=^$") }}
	net, err := testnet.New(broken)
	if err != nil {
		t.Fatal(err)
	}
	defer net.Close()
	if err := net.Start(t.Context(), nil); !errors.Is(err, node.ErrClosed) {
		t.Errorf("with a command that ends at once: %v, want %v", err, node.ErrClosed)
	}
}

func TestFaultsInSeveralProcesses(t *testing.T) {
	t.Parallel() // it waits for timeouts most of the time
	ctx, net, s := startSpread(t, 4)
	fill(ctx, t, net, 10)
	before := positions(net)
	if stopped, err := net.Pause(testnet.Choice{Count: 4}); err != nil || len(stopped) != 4 || len(paused(net)) != 4 {
		t.Fatalf("paused %v, %v; the ring shows %v", stopped, err, paused(net))
	}
	if back, err := net.Resume(nil); err != nil || len(back) != 4 || paused(net) != nil {
		t.Fatalf("resumed %v, %v; the ring shows %v as paused", back, err, paused(net))
	}
	if back, err := net.Restart(ctx, testnet.Choice{Count: 4}, 0); err != nil || len(back) != 4 {
		t.Fatalf("restarted %v, %v; want all 4", back, err)
	}
	if after := positions(net); !slices.Equal(before, after) {
		t.Errorf("got the peers %v, want %v as before", after, before)
	}
	if err := net.Settle(ctx); err != nil {
		t.Fatal(err)
	}
	read(ctx, t, net, 10)
	if err := net.Impair(testnet.Impairment{Drop: 100}); err != nil {
		t.Fatal(err)
	}
	within(ctx, t, time.Minute, "the peers to lose each other", func() (bool, string) {
		ring := net.Ring()
		return len(ring.Problems) > 0 && ring.Problems[0].Kind == node.Split, ring.Problem
	})
	net.Heal()
	if len(s.cmds) != 2 {
		t.Errorf("%d processes were started, want 2", len(s.cmds))
	}
}
