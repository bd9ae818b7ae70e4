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
	// flushEvery bounds how often a client is sent something.
	flushEvery = 200 * time.Millisecond

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

func (h *hub) flushAll(ctx context.Context) {
	tick := time.NewTicker(flushEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			h.mu.Lock()
			if ctx.Err() == nil && h.shown != nil {
				h.flush()
			}
			h.mu.Unlock()
		case <-ctx.Done():
			return
		}
	}
}

// flush sends what changed to the clients in sync, and then a snapshot to the
// others. Every message is encoded once.
func (h *hub) flush() {
	if h.shown.Replay.Jumps != h.latest.Replay.Jumps {
		h.takeEvents() // the log of the snapshot has them
		h.desync()     // what lies between is not shown
	} else if d := h.nextDelta(); d != nil {
		h.seq++
		d.Seq = h.seq
		h.sendDelta(encode(d))
	}
	if h.shown.ring != h.latest.ring {
		h.desync() // a delta does not tell the name
	}
	h.shown = h.latest
	h.sendSnapshots()
}

func (h *hub) desync() {
	for c := range h.clients {
		c.synced = false
	}
}

// nextDelta is nil if nothing happened.
func (h *hub) nextDelta() *delta {
	d := &delta{Type: "delta", state: h.latest.state}
	d.Peers, d.Gone = h.shown.changes(h.latest)
	d.Events, d.More = h.takeEvents()
	if !slices.EqualFunc(h.shown.troubles, h.latest.troubles, trouble.equal) {
		d.Problems = h.latest.troubles
	}
	if !slices.Equal(h.shown.flows, h.latest.flows) {
		d.Flows = h.latest.flows
	}
	if d.empty() && h.shown.state == h.latest.state {
		return nil
	}
	d.Peers, d.Gone, d.Events = list(d.Peers), list(d.Gone), list(d.Events)
	return d
}

// takeEvents gives what has happened until the latest picture.
func (h *hub) takeEvents() (events []node.Event, more map[node.EventKind]int) {
	if h.player == nil {
		return h.events.take()
	}
	events, more = h.latest.events, h.latest.more
	h.latest.events, h.latest.more = nil, nil
	return events, more
}

// sendDelta takes a client whose queue is full out of sync instead of waiting.
func (h *hub) sendDelta(message []byte) {
	for c := range h.clients {
		if !c.synced {
			continue
		}
		select {
		case c.queue <- message:
		default:
			c.synced = false
		}
	}
}

// sendSnapshots waits until a client has read its whole queue, or a slow one
// would be sent nothing but snapshots.
func (h *hub) sendSnapshots() {
	var message []byte
	for c := range h.clients {
		if c.synced || len(c.queue) > 0 {
			continue
		}
		if message == nil {
			message = encode(snapshot{"snapshot", h.seq, h.shown.ring, h.lab, h.shown.state, list(h.shown.peers), h.shown.troubles, h.shown.flows, h.shown.log})
		}
		c.queue <- message
		c.synced = true
	}
}
