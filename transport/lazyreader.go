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
	maxBody  int // of a frame
	*reading     // nil at rest
}

type reading struct {
	buf     *bufio.Reader
	scratch []byte
}

var readings = sync.Pool{New: func() any { return &reading{buf: bufio.NewReaderSize(nil, readBuffer)} }}

// wait waits for a frame, and returns its size.
func (r *lazyReader) wait() (int, error) { return readSize(r.stream, r.maxBody) }

// burst reads the frame that was waited for and those that arrive together with it.
func (r *lazyReader) burst(size int, deliver func(frame) error) error {
	r.reading = readings.Get().(*reading)
	r.buf.Reset(r.stream)
	defer r.rest()
	for {
		f, scratch, err := readRest(r.buf, size, r.scratch)
		r.scratch = scratch
		if err == nil {
			err = deliver(f)
		}
		if err != nil || r.buf.Buffered() == 0 {
			return err
		}
		if size, err = readSize(r.buf, r.maxBody); err != nil {
			return err
		}
	}
}

// rest lets others have the buffers.
func (r *lazyReader) rest() {
	if r.buf.Reset(nil); cap(r.scratch) > keepScratch {
		r.scratch = nil
	}
	readings.Put(r.reading)
	r.reading = nil
}
