package transport

import (
	"bytes"
	"sync"
	"time"

	"github.com/libp2p/go-libp2p/core/network"
)

const (
	flushAt      = 4 << 10          // bytes that are worth a write of their own
	writeTimeout = 20 * time.Second // for a peer that is connected but does not read
	closeTimeout = 3 * time.Second  // for the other end to read what was written
)

// An outStream encodes messages into one buffer and writes it in one piece.
type outStream struct {
	t        *Transport
	stream   network.Stream
	tale     *tale
	deadline time.Time

	*batch // nil at rest
}

// A batch is messages, encoded, that are to be written in one piece.
type batch struct {
	buf  bytes.Buffer
	held []message // whose frames are in buf
	ends []int     // where each frame ends
}

var batches = sync.Pool{New: func() any { return new(batch) }}

func newOutStream(t *Transport, s network.Stream) *outStream {
	return &outStream{t: t, stream: s, tale: newTale(s.Conn())}
}

// write adds a message to the buffer, and flushes it when it is worth it. With
// an error it returns the messages of which no byte has left.
func (o *outStream) write(m message) ([]message, error) {
	if o.batch == nil {
		o.batch = batches.Get().(*batch)
	}
	f := frame{head: head{Hints: o.t.hints(o.tale, m.about)}, Body: m.body}
	if err := appendFrame(&o.buf, f); err != nil {
		return o.held, err
	}
	o.held = append(o.held, m)
	o.ends = append(o.ends, o.buf.Len())
	if o.buf.Len() >= flushAt {
		return o.flush()
	}
	return nil, nil
}

func (o *outStream) flush() ([]message, error) {
	if o.batch == nil || o.buf.Len() == 0 {
		return nil, nil
	}
	o.extendDeadline()
	n, err := o.stream.Write(o.buf.Bytes())
	if err != nil {
		return o.unsent(n), err
	}
	o.t.stats.sent.Add(uint64(len(o.held)))
	o.t.stats.sentBytes.Add(uint64(n))
	o.recycle()
	return nil, nil
}

// recycle lets another stream have the batch's room. Large room stays with this
// stream, which is a bulk lane then.
func (o *outStream) recycle() {
	o.buf.Reset()
	clear(o.held) // the bodies can go
	o.held, o.ends = o.held[:0], o.ends[:0]
	if o.buf.Cap() <= keepScratch {
		batches.Put(o.batch)
		o.batch = nil
	}
}

// unsent are the messages whose frames begin behind the first n bytes. One that
// was cut may have arrived, and must not be sent again.
func (o *outStream) unsent(n int) []message {
	start := 0
	for i, end := range o.ends {
		if start >= n {
			return o.held[i:]
		}
		start = end
	}
	return nil
}

// extendDeadline moves the deadline only now and then, as each time costs a
// timer.
func (o *outStream) extendDeadline() {
	now := time.Now()
	if o.deadline.Sub(now) > writeTimeout/2 {
		return
	}
	o.deadline = now.Add(writeTimeout)
	_ = o.stream.SetWriteDeadline(o.deadline) // fails only where Write will too
}

// finish closes the stream when the other end has read all of it, so that a
// message on the next stream cannot overtake.
func (o *outStream) finish() {
	_ = o.stream.SetReadDeadline(time.Now().Add(closeTimeout))
	if o.stream.CloseWrite() == nil {
		_, _ = o.stream.Read(make([]byte, 1)) // returns at the other end's close
	}
	_ = o.stream.Close()
}
