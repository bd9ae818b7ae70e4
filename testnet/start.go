package testnet

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"peal/chord"
	"peal/node"
)

// The transports that peers of a testnet can talk over.
const (
	TCP    = "tcp"
	QUIC   = "quic"
	Memory = "memory"
)

// waysIn is how many peers each newcomer is told of, since one may be killed
// meanwhile.
const waysIn = 2

// few peers join without further ado.
const few = 20

// atOnce is how many peers join at the same time: enough to keep the processors busy,
// and not so many that all wait for each other until they take each other for dead.
func atOnce() int { return 4 * runtime.GOMAXPROCS(0) }

var listenAddrs = map[string][]string{
	TCP:    {"/ip4/127.0.0.1/tcp/0"},
	QUIC:   {"/ip4/127.0.0.1/udp/0/quic-v1"},
	Memory: nil,
}

func validTransport(name string) error {
	if _, ok := listenAddrs[name]; !ok {
		return fmt.Errorf("transport %q: want tcp, quic or memory", name)
	}
	return nil
}

// Join starts n more peers and returns when they are members.
func (t *Testnet) Join(ctx context.Context, n int) ([]chord.Contact, error) {
	if n < 1 || n > MaxPeers {
		return nil, fmt.Errorf("%w: join %d peers: want 1 to %d", node.ErrInvalid, n, MaxPeers)
	}
	peers, err := t.start(ctx, t.fresh(n), nil)
	return contacts(peers), err
}

// fresh are the numbers of so many newcomers.
func (t *Testnet) fresh(n int) []int {
	t.mu.Lock()
	defer t.mu.Unlock()
	numbers := make([]int, n)
	for i := range numbers {
		numbers[i] = t.started
		t.started++
	}
	return numbers
}

// start runs the peers of these numbers. The first of a testnet is alone; the others join
// through live ones.
func (t *Testnet) start(ctx context.Context, numbers []int, progress func(joined, total int)) ([]Peer, error) {
	var mu sync.Mutex
	var started []Peer
	one := func(number int) error {
		p, err := t.startOne(ctx, number)
		if err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		started = append(started, p)
		if progress != nil {
			progress(len(started), len(numbers))
		}
		return nil
	}
	if len(t.Live()) == 0 {
		if err := one(numbers[0]); err != nil {
			return started, err
		}
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce())
	for _, number := range numbers[len(started):] {
		group.Go(func() error {
			begin := time.Now()
			err := one(number)
			if len(numbers) > few {
				t.breathe(ctx, time.Since(begin))
			}
			return err
		})
	}
	err := group.Wait()
	return started, err
}

func (t *Testnet) startOne(ctx context.Context, number int) (Peer, error) {
	p, err := t.hosts[number%len(t.hosts)].Start(ctx, number, t.entrances())
	if err != nil {
		return nil, fmt.Errorf("start peer %d: %w", number, err)
	}
	if !t.admit(p, number) {
		return nil, ErrNoPeers
	}
	if p.Lost() {
		t.mourn()
		return nil, fmt.Errorf("start peer %d: %w", number, node.ErrClosed)
	}
	return p, nil
}

// admit takes a peer among the live ones, unless the testnet has ended.
func (t *Testnet) admit(p Peer, number int) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.closed {
		t.peers = append(t.peers, p)
		t.numbers[p] = number
	}
	return !t.closed
}
