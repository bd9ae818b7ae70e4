package main

import (
	"context"
	"log/slog"
	"os"
	"sync"
	"time"

	"peal/node"
	"peal/node/recording"
)

// Bounds of recording what runs.
const (
	recordQueue   = 4096 // events that may wait for the disk
	recordFlush   = time.Second
	recordPeer    = 2 * time.Second        // between two walks of the ring
	recordTestnet = 250 * time.Millisecond // between two looks at a testnet
	lookPatience  = 30 * time.Second
)

// A liveTape records peers that run. They never wait for the disk: events that
// come too fast for it are counted, and the recording says how many. When it
// cannot go on, the log says so at once, and the peers run on.
type liveTape struct {
	tape   *tape
	log    *slog.Logger
	events chan node.Event
	stop   context.CancelFunc
	ended  sync.WaitGroup
	once   sync.Once

	mu     sync.Mutex
	missed int
}

// recordLive begins a recording of what runs; an empty name gives nil, which
// records nothing.
func recordLive(name string, source recording.Source, ring string, seed uint64, log *slog.Logger) (*liveTape, error) {
	t, err := newTape(name, recording.Header{
		Source: source, Ring: ring, Seed: seed, Start: time.Now().UTC(), Command: commandLine(os.Args),
	})
	if t == nil || err != nil {
		return nil, err
	}
	return &liveTape{tape: t, log: log, events: make(chan node.Event, recordQueue)}, nil
}

// observing hears events before next does.
func (t *liveTape) observing(next func(node.Event)) func(node.Event) {
	if t == nil {
		return next
	}
	return func(e node.Event) {
		select {
		case t.events <- e:
		default:
			t.mu.Lock()
			t.missed++
			t.mu.Unlock()
		}
		next(e)
	}
}

// watch writes what comes, and how the ring looks, until close.
func (t *liveTape) watch(look func(context.Context) (node.Ring, error), every time.Duration) {
	if t == nil {
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	t.stop = stop
	rings := make(chan node.Ring)
	t.ended.Go(func() { lookAgain(ctx, look, every, rings) })
	t.ended.Go(func() { t.write(ctx, rings) })
}

func lookAgain(ctx context.Context, look func(context.Context) (node.Ring, error), every time.Duration, rings chan<- node.Ring) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for ctx.Err() == nil {
		looking, cancel := context.WithTimeout(ctx, lookPatience)
		ring, err := look(looking)
		cancel()
		if err == nil {
			select {
			case rings <- ring:
			case <-ctx.Done():
			}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
		}
	}
}

// write writes until ctx ends, or the recording can take no more.
func (t *liveTape) write(ctx context.Context, rings <-chan node.Ring) {
	flush := time.NewTicker(recordFlush)
	defer flush.Stop()
	for {
		select {
		case e := <-t.events:
			t.tape.to.Event(e)
		case ring := <-rings:
			t.tape.to.Ring(time.Now(), ring)
		case <-flush.C:
			t.tellMissed()
			t.tape.to.Flush()
			if err := t.tape.to.Err(); err != nil {
				t.log.Error("the recording has ended before the peers do", "file", t.tape.name, "err", err)
				t.stop() // no more looks at the ring
				return
			}
		case <-ctx.Done():
			return
		}
	}
}

func (t *liveTape) tellMissed() {
	t.mu.Lock()
	missed := t.missed
	t.missed = 0
	t.mu.Unlock()
	if missed > 0 {
		t.tape.to.Event(node.Event{Time: time.Now(), Kind: recording.Missed, Count: missed})
	}
}

// closeInto ends the recording at the end of a verb, whose own error comes
// first. It may be called again, and then does nothing.
func (t *liveTape) closeInto(err *error) {
	if t == nil {
		return
	}
	t.once.Do(func() {
		if closing := t.close(); *err == nil {
			*err = closing
		}
	})
}

// close writes what still waits.
func (t *liveTape) close() error {
	if t.stop != nil {
		t.stop()
		t.ended.Wait()
	}
	for {
		select {
		case e := <-t.events:
			t.tape.to.Event(e)
			continue
		default:
		}
		t.tellMissed()
		return t.tape.close()
	}
}
