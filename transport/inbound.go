package transport

import (
	"errors"
	"fmt"
	"io"

	"github.com/libp2p/go-libp2p/core/network"

	"peal/chord"
)

// serve reads a stream that another peer opened, in the goroutine that libp2p
// made for it.
func (t *Transport) serve(s network.Stream, maxBody int) {
	if !t.begin() {
		s.Reset()
		return
	}
	defer t.work.Done()
	select {
	case <-t.started:
	case <-t.ctx.Done():
		s.Reset()
		return
	}
	from := chord.PeerID(s.Conn().RemotePeer())
	if !t.admit(from) {
		t.reject(s, from, "too many streams")
		return
	}
	defer t.dismiss(from)
	switch err := t.read(s, from, maxBody); {
	case err == io.EOF:
		s.Close()
	case errors.Is(err, errFrame):
		t.reject(s, from, err.Error())
	default:
		s.Reset()
	}
}

// read waits for bursts of frames, and has each read by another goroutine: see crew.
func (t *Transport) read(s network.Stream, from chord.PeerID, maxBody int) error {
	r := &lazyReader{stream: s, maxBody: maxBody}
	done := make(chan error, 1)
	deliver := func(f frame) error { return t.deliver(from, f) }
	var size int
	burst := func() { done <- r.burst(size, deliver) }
	for {
		var err error
		if size, err = r.wait(); err != nil {
			return err
		}
		workers.do(burst)
		if err := <-done; err != nil {
			return err
		}
	}
}

func (t *Transport) deliver(from chord.PeerID, f frame) error {
	if t.ctx.Err() != nil {
		return ErrClosed
	}
	t.learn(f.Hints)
	t.stats.received.Add(1)
	t.stats.receivedBytes.Add(uint64(len(f.Body)))
	if err := t.receiver.Deliver(from, f.Body); err != nil {
		return fmt.Errorf("%w: %w", errFrame, err)
	}
	return nil
}

// admit counts a stream of a peer and reports whether it may have one more.
func (t *Transport) admit(from chord.PeerID) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.inbound[from] == maxInbound {
		return false
	}
	t.inbound[from]++
	return true
}

func (t *Transport) dismiss(from chord.PeerID) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.inbound[from]--; t.inbound[from] == 0 {
		delete(t.inbound, from)
	}
}

func (t *Transport) reject(s network.Stream, from chord.PeerID, reason string) {
	s.ResetWithError(network.StreamProtocolViolation)
	t.stats.rejected.Add(1)
	t.receiver.Rejected(from, reason)
}
