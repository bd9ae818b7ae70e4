package transport

import (
	"bufio"
	"io"
	"sync"
)

const (
	readBuffer  = 4 << 10
	keepScratch = 64 << 10 // a larger buffer is not kept for other frames
)

// A lazyReader reads the frames of a stream on which nothing arrives most of the
// time. It has buffers only from the first frame of a burst to the last: a peer
// keeps dozens of streams, and a testnet tens of thousands.
type lazyReader struct {
	stream   io.Reader
	*reading // nil at rest
}

type reading struct {
	buf     *bufio.Reader
	scratch []byte
}

var readings = sync.Pool{New: func() any { return &reading{buf: bufio.NewReaderSize(nil, readBuffer)} }}

// next waits for a frame, whose body has at most maxBody bytes; see readSize
// for errors.
func (r *lazyReader) next(maxBody int) (f frame, err error) {
	source := r.stream
	if r.reading != nil {
		source = r.buf
	}
	size, err := readSize(source, maxBody)
	if err != nil {
		return frame{}, err
	}
	if r.reading == nil {
		r.reading = readings.Get().(*reading)
		r.buf.Reset(r.stream)
	}
	if f, r.scratch, err = readRest(r.buf, size, r.scratch); err != nil {
		return frame{}, err
	}
	if r.buf.Buffered() == 0 {
		r.rest()
	}
	return f, nil
}

// rest lets others have the buffers.
func (r *lazyReader) rest() {
	if r.reading == nil {
		return
	}
	if r.buf.Reset(nil); cap(r.scratch) > keepScratch {
		r.scratch = nil
	}
	readings.Put(r.reading)
	r.reading = nil
}
