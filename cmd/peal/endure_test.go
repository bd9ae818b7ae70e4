//go:build unix

package main

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

var endureFor = flag.Duration("endure", 6*time.Second, "how long peers die and stand still in TestPeersEndure")

const (
	enduringPeers = 7
	longestAway   = 10 * time.Second // or a fifth of the whole, if that is shorter
	writersAtOnce = 6
	shownLosses   = 50
)

// An enduring peer is a process that dies, or stands still, and returns.
type enduring struct {
	home home
	proc *process
	api  atomic.Pointer[client] // nil while it is away
}

func (e *enduring) client() *client { return e.api.Load() }

func (e *enduring) start(t *testing.T, args ...string) {
	t.Helper()
	e.proc = e.home.start(t, args...)
	api, err := (&cli{api: e.proc.URL}).client(patience)
	if err != nil {
		t.Fatal(err)
	}
	e.api.Store(api)
}

// dies ends the process as kill -9 does; it returns with what is on its disk.
func (e *enduring) dies(t *testing.T, away time.Duration) {
	t.Helper()
	e.api.Store(nil)
	e.proc.kill()
	sleep(t.Context(), away)
	e.start(t)
}

// standsStill stops the process, with all its connections open.
func (e *enduring) standsStill(t *testing.T, away time.Duration) {
	t.Helper()
	api := e.api.Swap(nil)
	e.signal(t, syscall.SIGSTOP)
	sleep(t.Context(), away)
	e.signal(t, syscall.SIGCONT)
	e.api.Store(api)
}

func (e *enduring) signal(t *testing.T, s syscall.Signal) {
	t.Helper()
	if err := e.proc.cmd.Process.Signal(s); err != nil {
		t.Fatalf("%v: %v", s, err)
	}
}

// newEnduringRing starts processes that form one ring.
func newEnduringRing(t *testing.T) []*enduring {
	t.Helper()
	first := &enduring{home: newHome(t)}
	first.start(t)
	peers := []*enduring{first}
	for len(peers) < enduringPeers {
		e := &enduring{home: newHome(t)}
		e.start(t, "--join", first.proc.address(t))
		peers = append(peers, e)
	}
	settles(t, first)
	for _, e := range peers[1:] {
		e.home.remembers(t, first.home)
	}
	return peers
}

func settles(t *testing.T, e *enduring) {
	t.Helper()
	e.proc.peal(t, "ring", "wait", "--replicated", "--peers", strconv.Itoa(enduringPeers), "--timeout", "1m")
}

// harass kills or stops peers until the time is over, never two at once, and says
// how often it did.
func harass(t *testing.T, r *rand.Rand, peers []*enduring) (kills, stops int) {
	t.Helper()
	longest := min(longestAway, *endureFor/5)
	for end := time.Now().Add(*endureFor); time.Now().Before(end); {
		e := peers[r.IntN(len(peers))]
		if r.IntN(2) == 0 {
			kills++
			e.dies(t, time.Duration(r.Int64N(int64(longest))))
		} else {
			stops++
			e.standsStill(t, longest)
		}
		sleep(t.Context(), time.Duration(r.Int64N(int64(longest/2))))
	}
	return kills, stops
}

// What was acknowledged is there, whichever peer is asked, after the processes of a
// ring have died and stood still, one at a time, and returned. What was deleted
// stays so.
func TestPeersEndure(t *testing.T) {
	if testing.Short() {
		t.Skip("takes twice as long as -endure says")
	}
	t.Parallel() // its processes stand still most of the time
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	peers := newEnduringRing(t)
	ctx, stop := context.WithCancel(t.Context())
	var working sync.WaitGroup
	var writers []*writer
	for number := range writersAtOnce {
		w := newWriter(number, seed, peers)
		writers = append(writers, w)
		working.Go(func() { w.run(ctx) })
	}
	kills, stops := harass(t, rand.New(rand.NewPCG(seed, writersAtOnce)), peers)
	stop()
	working.Wait()
	settles(t, peers[0])

	sum := deeds{done: map[string]int{}}
	for _, w := range writers {
		sum.add(w.did)
	}
	t.Logf("%d kills and %d stops in %v: %v", kills, stops, *endureFor, &sum)
	if sum.done["puts"] == 0 || kills+stops == 0 {
		t.Error("nothing was tested")
	}
	for _, wrong := range sum.foreign {
		t.Error(wrong)
	}
	readBack(t, writers, peers)
}

// readBack reads every key at every peer.
func readBack(t *testing.T, writers []*writer, peers []*enduring) {
	t.Helper()
	losses := make([][]string, len(writers))
	var reading sync.WaitGroup
	keys := 0
	for i, w := range writers {
		keys += len(w.names)
		reading.Go(func() {
			for at, e := range peers {
				for _, wrong := range w.losses(t.Context(), e.client()) {
					losses[i] = append(losses[i], fmt.Sprintf("at peer %d, %s", at, wrong))
				}
			}
		})
	}
	reading.Wait()
	all := slices.Concat(losses...)
	t.Logf("%d keys read at %d peers: %d losses", keys, len(peers), len(all))
	for _, loss := range all[:min(len(all), shownLosses)] {
		t.Error(loss)
	}
}
