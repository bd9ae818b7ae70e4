package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"peal/node"
	"peal/node/replica"
)

// A pace bounds in time a request that moves a value of any size: so long may every
// MiB take that the client sends or reads, and every step on the ring. The request as
// a whole may take as long as it goes on.
type pace struct {
	step    time.Duration
	control *http.ResponseController
}

// paceKey is under which a request's context holds its pace.
type paceKey struct{}

// run hands the request on with its pace.
func (p pace) run(w http.ResponseWriter, r *http.Request, handle handler) error {
	r = r.WithContext(context.WithValue(r.Context(), paceKey{}, p))
	r.Body = &pacedBody{ReadCloser: r.Body, pace: p}
	err := handle(&pacedWriter{w, p}, r)
	_ = p.control.SetWriteDeadline(time.Now().Add(2 * answerTime)) // of what is still to be sent
	return err
}

// pacedBody is a request's body.
type pacedBody struct {
	io.ReadCloser
	pace  pace
	quota int // bytes until the time begins anew
}

// Read sets no deadline before the first read, as it would end the request, and
// leaves none behind at the end: what the ring does with the value has bounds of its
// own.
func (b *pacedBody) Read(p []byte) (int, error) {
	if b.quota <= 0 {
		_ = b.pace.control.SetReadDeadline(time.Now().Add(b.pace.step + answerTime))
		b.quota = replica.MaxValueLen
	}
	n, err := b.ReadCloser.Read(p[:min(len(p), b.quota)])
	b.quota -= n
	switch {
	case errors.Is(err, io.EOF):
		_ = b.pace.control.SetReadDeadline(time.Time{})
	case errors.Is(err, os.ErrDeadlineExceeded):
		err = fmt.Errorf("less than 1 MiB came within %v: allow more time", b.pace.step)
	}
	return n, err
}

// pacedWriter writes an answer, 1 MiB at a time at most.
type pacedWriter struct {
	http.ResponseWriter
	pace pace
}

func (w *pacedWriter) Write(p []byte) (int, error) {
	_ = w.pace.control.SetWriteDeadline(time.Now().Add(w.pace.step + answerTime))
	return w.ResponseWriter.Write(p)
}

// A pacedPeer gives every operation the time of one step.
type pacedPeer struct {
	Peer
	step time.Duration
}

// paced gives the peer of a request its pace, if it has one.
func paced(r *http.Request, p Peer) Peer {
	if pace, ok := r.Context().Value(paceKey{}).(pace); ok {
		return pacedPeer{p, pace.step}
	}
	return p
}

func (p pacedPeer) Put(ctx context.Context, key, value []byte, opt node.WriteOptions) (node.Receipt, error) {
	ctx, cancel := context.WithTimeout(ctx, p.step)
	defer cancel()
	return p.Peer.Put(ctx, key, value, opt)
}

func (p pacedPeer) Touch(ctx context.Context, key []byte, opt node.WriteOptions) (node.Receipt, error) {
	ctx, cancel := context.WithTimeout(ctx, p.step)
	defer cancel()
	return p.Peer.Touch(ctx, key, opt)
}

func (p pacedPeer) Delete(ctx context.Context, key []byte, opt node.WriteOptions) (node.Receipt, error) {
	ctx, cancel := context.WithTimeout(ctx, p.step)
	defer cancel()
	return p.Peer.Delete(ctx, key, opt)
}

func (p pacedPeer) Get(ctx context.Context, key []byte, opt node.ReadOptions) (node.Value, error) {
	ctx, cancel := context.WithTimeout(ctx, p.step)
	defer cancel()
	return p.Peer.Get(ctx, key, opt)
}
