package transport

import (
	"context"
	"errors"
	"os"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"

	"peal/chord"
)

const (
	defaultSmallIdle = time.Minute // until a lane without messages closes
	defaultBulkIdle  = 30 * time.Second

	maxQueued     = 4096    // messages waiting in a lane
	maxSmallBytes = 4 << 20 // of their bodies
	maxBulkBytes  = 32 << 20
)

type message struct {
	body  []byte
	about []chord.PeerID
}

type laneKey struct {
	peer chord.PeerID
	bulk bool
}

// A lane is a queue of messages for one peer, and the stream that they are written
// to. A goroutine does that as long as there is something to write.
type lane struct {
	t        *Transport
	key      laneKey
	protocol protocol.ID
	room     int // bytes that the queue may hold

	move atomic.Bool // a better connection than the stream's may exist

	// Guarded by t.mu.
	queue   []message
	bytes   int
	running bool        // the goroutine is
	rested  time.Time   // when it last ended
	idle    *time.Timer // looks whether to close the lane

	out *outStream // the goroutine's own; nil while there is no stream
}

func newLane(t *Transport, key laneKey) *lane {
	l := &lane{t: t, key: key, protocol: t.small, room: maxSmallBytes}
	if key.bulk {
		l.protocol, l.room = t.bulk, maxBulkBytes
	}
	return l
}

// patience is how long a lane without messages stays open.
func (l *lane) patience() time.Duration {
	if l.key.bulk {
		return l.t.bulkIdle
	}
	return l.t.smallIdle
}

// push queues a message if there is room. The caller holds t.mu.
func (l *lane) push(m message) bool {
	if len(l.queue) == maxQueued || l.bytes+len(m.body) > l.room {
		return false
	}
	l.queue = append(l.queue, m)
	l.bytes += len(m.body)
	l.poke()
	return true
}

// poke makes the lane see to what is new. The caller holds t.mu.
func (l *lane) poke() {
	if l.running || l.t.closed {
		return
	}
	l.running = true
	l.t.work.Add(1)
	workers.do(l.run)
}

// take empties the queue.
func (l *lane) take() []message {
	l.t.mu.Lock()
	defer l.t.mu.Unlock()
	batch := l.queue
	l.queue, l.bytes = nil, 0
	return batch
}

// run writes what is queued, until there is nothing left.
func (l *lane) run() {
	defer l.t.work.Done()
	for {
		if l.move.Swap(false) {
			l.changeConn()
		}
		batch := l.take()
		if len(batch) > 0 {
			l.deliver(batch)
		}
		if l.rest() {
			return
		}
	}
}

// rest ends the goroutine, unless there is something new to do.
func (l *lane) rest() bool {
	l.t.mu.Lock()
	defer l.t.mu.Unlock()
	if !l.t.closed && (len(l.queue) > 0 || l.move.Load()) {
		return false
	}
	l.running, l.rested = false, time.Now()
	if l.idle == nil && !l.t.closed {
		l.idle = time.AfterFunc(l.patience(), l.retire)
	}
	return true
}

// retire closes a lane that has been idle, unless its peer's is kept.
func (l *lane) retire() {
	if !l.leave() {
		return
	}
	defer l.t.work.Done()
	l.hangUp()
}

// leave takes the lane out of the transport. It reports whether it is to be closed,
// which Close then waits for.
func (l *lane) leave() bool {
	l.t.mu.Lock()
	defer l.t.mu.Unlock()
	if l.t.closed || l.t.lanes[l.key] != l {
		return false
	}
	left := l.patience() - time.Since(l.rested)
	if l.running || l.t.kept[l.key] {
		left = l.patience()
	}
	if left > 0 {
		l.idle.Reset(left)
		return false
	}
	delete(l.t.lanes, l.key)
	l.t.work.Add(1)
	return true
}

// deliver writes messages, and those that are queued meanwhile. When the stream
// breaks, those not yet written get one more stream.
func (l *lane) deliver(batch []message) {
	for range 2 {
		if l.out == nil && l.open() != nil {
			break
		}
		var err error
		if batch, err = l.write(batch); err == nil {
			return
		}
		l.out.stream.Reset()
		l.out = nil
		if errors.Is(err, os.ErrDeadlineExceeded) {
			break // it is connected, but does not read
		}
	}
	batch = append(batch, l.take()...)
	l.t.stats.dropped.Add(uint64(len(batch)))
	if l.t.ctx.Err() == nil {
		l.t.receiver.Unreachable(l.key.peer)
	}
}

// write returns the messages of which no byte has left, if there is an error. Where
// several messages came at once it waits for more: on a busy machine that takes long, and
// a single one had better leave.
func (l *lane) write(batch []message) ([]message, error) {
	for len(batch) > 0 {
		busy := len(batch) > 1
		for i, m := range batch {
			if unsent, err := l.out.write(m); err != nil {
				return append(unsent, batch[i+1:]...), err
			}
		}
		batch = nil
		if busy && !l.move.Load() {
			runtime.Gosched() // whoever has one more message for this write
			batch = l.take()
		}
	}
	return l.out.flush()
}

// open dials the peer unless it is connected, and opens a stream.
func (l *lane) open() error {
	ctx, cancel := context.WithTimeout(l.t.ctx, l.t.cfg.DialTimeout)
	defer cancel()
	stream, err := l.t.openStream(ctx, peer.ID(l.key.peer), l.protocol)
	if err != nil {
		l.t.cfg.Logger.Debug("peer is unreachable", "peer", l.key.peer, "err", err)
		return err
	}
	l.t.host.ConnManager().TagPeer(stream.Conn().RemotePeer(), string(l.protocol), 1)
	l.out = newOutStream(l.t, stream)
	return nil
}

// changeConn closes the stream in good order if it does not run over the
// connection that the two peers keep.
func (l *lane) changeConn() {
	if l.out != nil && l.out.stream.Conn() != l.t.preferred(peer.ID(l.key.peer)) {
		l.out.finish()
		l.out = nil
	}
}

// hangUp closes the stream in good order.
func (l *lane) hangUp() {
	if l.out == nil {
		return
	}
	l.t.host.ConnManager().UntagPeer(peer.ID(l.key.peer), string(l.protocol)) // first: a new lane may open meanwhile
	l.out.finish()
}
