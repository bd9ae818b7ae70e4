package main

import (
	"context"
	"errors"
	"io"
	"sync/atomic"
	"time"
)

// winding is how many bytes of a value wind up a watch.
const winding = 1 << 20

// A watch ends a request that stands still for too long. Where a value is moved,
// every MiB of it winds the watch up again.
type watch struct {
	ctx      context.Context // of the request
	cancel   context.CancelCauseFunc
	patience time.Duration
	timer    *time.Timer
	start    time.Time
	follower follower
	bytes    int64       // moved so far
	sent     atomic.Bool // the value, to its end
}

// A follower is told with every MiB how many bytes of a value have moved, and in the
// end that no more will.
type follower interface {
	reach(bytes int64)
	end()
}

// nobody follows.
type nobody struct{}

func (nobody) reach(int64) {}
func (nobody) end()        {}

func newWatch(ctx context.Context, patience time.Duration, f follower) *watch {
	w := &watch{patience: patience, start: time.Now(), follower: nobody{}}
	if f != nil {
		w.follower = f
	}
	w.ctx, w.cancel = context.WithCancelCause(ctx)
	w.timer = time.AfterFunc(patience, func() { w.cancel(context.DeadlineExceeded) })
	return w
}

func (w *watch) stop() {
	w.timer.Stop()
	w.cancel(nil)
	w.follower.end()
}

// late reports whether the watch has ended the request.
func (w *watch) late() bool { return errors.Is(context.Cause(w.ctx), context.DeadlineExceeded) }

// saw takes note of bytes that moved.
func (w *watch) saw(n int) {
	before := w.bytes
	w.bytes += int64(n)
	if w.bytes/winding > before/winding {
		w.timer.Reset(w.patience)
		w.follower.reach(w.bytes)
	}
}

// sending watches a value that is sent. Once all of it is, the peer has work to do
// that takes no longer than the sending.
func (w *watch) sending(value io.Reader) io.Reader {
	return readerFunc(func(p []byte) (int, error) {
		n, err := value.Read(p)
		w.saw(n)
		if errors.Is(err, io.EOF) && !w.sent.Swap(true) {
			w.timer.Reset(w.patience + time.Since(w.start))
		}
		return n, err
	})
}

// receiving watches a value that is received.
func (w *watch) receiving(value io.Reader) io.Reader {
	return readerFunc(func(p []byte) (int, error) {
		n, err := value.Read(p)
		w.saw(n)
		return n, err
	})
}

// A readerFunc is a Reader.
type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
