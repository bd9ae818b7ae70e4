package transport

import (
	"bufio"
	"io"
	"sync"
)

const readBuffer = 4 << 10

var readBuffers = sync.Pool{New: func() any { return bufio.NewReaderSize(nil, readBuffer) }}

// A lazyReader is a buffered reader of a stream on which nothing arrives most of the
// time. It has a buffer only from the first frame of a burst to the last: a peer
// keeps dozens of streams, and a testnet tens of thousands.
type lazyReader struct {
	stream io.Reader
	buf    *bufio.Reader // nil at rest
}

// Read waits for the length of a frame without a buffer.
func (r *lazyReader) Read(p []byte) (int, error) {
	if r.buf == nil && len(p) <= prefix {
		return r.stream.Read(p)
	}
	if r.buf == nil {
		r.buf = readBuffers.Get().(*bufio.Reader)
		r.buf.Reset(r.stream)
	}
	return r.buf.Read(p)
}

// rest gives the buffer back if it is empty, and reports whether it has none now. It
// is called between frames, and when nothing is read any more.
func (r *lazyReader) rest() bool {
	if r.buf != nil && r.buf.Buffered() == 0 {
		r.buf.Reset(nil)
		readBuffers.Put(r.buf)
		r.buf = nil
	}
	return r.buf == nil
}
