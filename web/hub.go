package web

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"peal/node"
)

const (
	// lookTimeout bounds one look at the ring.
	lookTimeout = 30 * time.Second

	// queueLen is how many messages may wait for a client to read.
	queueLen = 16
)

// A hub shows the ring to all its clients. While it has none it does nothing.
type hub struct {
	backend Backend
	feed    *Feed
	refresh time.Duration
	lab     bool
	player  Player        // nil for a ring that runs
	nudge   chan struct{} // asks for a look before its time

	mu      sync.Mutex
	clients map[*client]bool
	closed  bool
	stop    context.CancelFunc // of the goroutines that run while there are clients
	events  *subscription
	seq     uint64   // of the last delta
	shown   *picture // what clients in sync have; nil until the ring was seen
	latest  *picture // what they are sent next
	meter   meter
}

// A client is one WebSocket as the hub sees it. The hub's mutex guards synced,
// and all sending to and closing of queue.
type client struct {
	queue  chan []byte
	synced bool // it has the picture shown, or it is in the queue
}

func newHub(b Backend, f *Feed, refresh time.Duration) *hub {
	_, lab := b.(Lab)
	player, _ := b.(Player)
	return &hub{
		backend: b, feed: f, refresh: refresh, lab: lab, player: player,
		nudge: make(chan struct{}, 1), clients: make(map[*client]bool),
	}
}

// add admits a client; nil once the hub is closed.
func (h *hub) add() *client {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return nil
	}
	c := &client{queue: make(chan []byte, queueLen)}
	h.clients[c] = true
	if len(h.clients) == 1 {
		h.start()
	} else if h.shown != nil {
		h.sendSnapshots()
	}
	return c
}

// remove closes the client's queue. It may be called again.
func (h *hub) remove(c *client) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.drop(c)
}

func (h *hub) drop(c *client) {
	if !h.clients[c] {
		return
	}
	delete(h.clients, c)
	close(c.queue)
	if len(h.clients) == 0 {
		h.stop()
		h.events.cancel()
		h.shown, h.latest, h.meter = nil, nil, meter{}
	}
}

// resync sends the client a snapshot with the next flush.
func (h *hub) resync(c *client) {
	h.mu.Lock()
	defer h.mu.Unlock()
	c.synced = false
}

// close drops all clients and admits no more.
func (h *hub) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for c := range h.clients {
		h.drop(c)
	}
}

// lastLook is what was last seen of all peers, and when; nothing while nobody watches.
func (h *hub) lastLook() ([]node.Info, time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.latest == nil {
		return nil, time.Time{}
	}
	return h.latest.infos, h.latest.seen
}

func (h *hub) count() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.clients)
}

func (h *hub) start() {
	ctx, stop := context.WithCancel(context.Background())
	h.stop = stop
	h.events = h.feed.subscribe()
	go h.watch(ctx)
	go h.flushAll(ctx)
}

// watch looks at the ring again and again. A look may take longer than the
// time between two; then there is no pause.
func (h *hub) watch(ctx context.Context) {
	tick := time.NewTicker(h.refresh)
	defer tick.Stop()
	for ctx.Err() == nil {
		h.see(ctx, h.look(ctx))
		select {
		case <-tick.C:
		case <-h.nudge:
		case <-ctx.Done():
		}
	}
}

// lookNow makes the next look come at once.
func (h *hub) lookNow() {
	select {
	case h.nudge <- struct{}{}:
	default:
	}
}

// look gives what there is to see. Where the ring cannot be seen, the picture
// has only the state that says so.
func (h *hub) look(ctx context.Context) *picture {
	if h.player != nil {
		m := h.player.Look()
		p := pictureOf(m.Ring)
		p.Replay, p.log = m.Playback, m.Log
		return p
	}
	ctx, cancel := context.WithTimeout(ctx, lookTimeout)
	defer cancel()
	ring, err := h.backend.Ring(ctx)
	p := pictureOf(ring)
	if err != nil {
		p = &picture{state: state{Problem: "the ring cannot be seen: " + oneLine(err)}, unseen: true, troubles: []trouble{}, flows: []flow{}}
	}
	return p
}

// see takes in a look at the ring. If it failed, the peers stay as they were
// last seen.
func (h *hub) see(ctx context.Context, next *picture) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if ctx.Err() != nil {
		return // whatever is shown now belongs to other clients
	}
	if next.unseen && h.latest != nil {
		next.ring, next.peers, next.infos, next.seen = h.latest.ring, h.latest.peers, h.latest.infos, h.latest.seen
	}
	next.Traffic = h.meter.take(next.infos, next.seen)
	if h.player != nil {
		h.passed(next)
	}
	h.latest = next
	if h.shown == nil {
		h.shown = next
		h.sendSnapshots()
	}
}

// passed gives a picture of a recording the events on the way to it that no message has
// brought yet. Only a look publishes any, so there are no others.
func (h *hub) passed(next *picture) {
	next.events, next.more = h.events.take()
	switch {
	case h.latest == nil || h.latest.Replay.Jumps != next.Replay.Jumps:
		next.events, next.more = nil, nil // its log has them
	case len(h.latest.events) > 0:
		next.events = slices.Concat(h.latest.events, next.events)
		next.more = sum(h.latest.more, next.more)
	}
}

// sum adds counts by kind.
func sum(a, b map[node.EventKind]int) map[node.EventKind]int {
	if len(a) == 0 {
		return b
	}
	all := maps.Clone(a)
	for kind, n := range b {
		all[kind] += n
	}
	return all
}
