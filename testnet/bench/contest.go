package bench

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// An ask makes one request about a key, and says how many rounds it took.
type ask func(ctx context.Context, key string) (rounds int, err error)

// A contestant is one kind of request, made by a number of clients at the same time,
// each of which waits for its answer before it makes the next.
type contestant struct {
	name    string
	clients []func() string // how each chooses keys
	ask     ask
	each    int  // operations that one ask stands for
	onRing  bool // the peers of a testnet do the work
	bare    bool // others are compared with it
	tally   tally
}

func newContestant(name string, clients int, d *data, ask ask) *contestant {
	c := &contestant{name: name, ask: ask, each: 1}
	for range clients {
		c.clients = append(c.clients, d.choice())
	}
	return c
}

// A tally is what came of the requests of a contestant.
type tally struct {
	took    []time.Duration // a request, whether it failed or not
	failed  int
	rounds  int // of all
	failure error
	busy    time.Duration // of all clients, each until its last answer
	used    meter         // during the turns
}

func (t *tally) count(took time.Duration, rounds int, err error) {
	t.took = append(t.took, took)
	t.rounds += rounds
	if err != nil {
		t.failed++
		t.failure = err
	}
}

func (t *tally) add(o tally) {
	t.took = append(t.took, o.took...)
	t.failed += o.failed
	t.rounds += o.rounds
	t.busy += o.busy
	if o.failure != nil {
		t.failure = o.failure
	}
}

// turn lets the clients make requests for so long, and then waits for the last answers.
func (c *contestant) turn(ctx context.Context, d time.Duration, read func() meter) {
	before := read()
	tallies := make([]tally, len(c.clients))
	var wait sync.WaitGroup
	for i, choose := range c.clients {
		wait.Go(func() { tallies[i] = c.work(ctx, choose, d) })
	}
	wait.Wait()
	used := read().since(before)
	for _, t := range tallies {
		c.tally.add(t)
	}
	c.tally.used = c.tally.used.plus(used)
}

// work is one client's turn, of a request at least. One that an interruption ended does not
// count.
func (c *contestant) work(ctx context.Context, choose func() string, d time.Duration) (t tally) {
	start := time.Now()
	for begin := start; begin.Sub(start) < d; {
		rounds, err := c.ask(ctx, choose())
		now := time.Now()
		if ctx.Err() != nil {
			break
		}
		t.count(now.Sub(begin), rounds, err)
		t.busy, begin = now.Sub(start), now
	}
	return t
}

// Bounds of a turn: long enough for many requests, and so short that what disturbs
// one contestant disturbs the others too.
const (
	shortestTurn = 10 * time.Millisecond
	longestTurn  = 250 * time.Millisecond
)

// contest gives all contestants turns, until each has had its time. Their order is another
// one in each round: a collection of garbage that comes about once a round would otherwise
// always meet the same.
func contest(ctx context.Context, list []*contestant, duration time.Duration, read func() meter, progress func(done, total int)) {
	turn := min(max(duration/8, shortestTurn), longestTurn)
	rounds := int((duration + turn - 1) / turn)
	order := slices.Clone(list)
	for i := range rounds * len(list) {
		if ctx.Err() != nil {
			return
		}
		at := i % len(list)
		if at == 0 {
			rand.Shuffle(len(order), func(a, b int) { order[a], order[b] = order[b], order[a] })
		}
		order[at].turn(ctx, turn, read)
		progress(i+1, rounds*len(list))
	}
}
