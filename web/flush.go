package web

import (
	"context"
	"slices"
	"time"

	"peal/node"
)

// flushEvery bounds how often a client is sent something.
const flushEvery = 200 * time.Millisecond

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
