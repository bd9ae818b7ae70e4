package transport

import (
	"bytes"
	"io"
	"os"
	"sync"
	"time"

	"github.com/libp2p/go-libp2p/core/network"
)

// pipeWindow is how many bytes wait for the reader before a writer blocks.
const pipeWindow = 256 << 10

// A memoryStream is one end of a stream: a pipe for each direction.
type memoryStream struct {
	link    *memoryLink
	in, out *pipe
}

func (s *memoryStream) Read(p []byte) (int, error)  { return s.in.read(p) }
func (s *memoryStream) Write(p []byte) (int, error) { return s.out.write(p) }
func (s *memoryStream) CloseWrite() error           { s.out.end(); return nil }
func (s *memoryStream) CloseRead() error            { s.in.fail(); return nil }

// Close lets what was written be read, and wants no answer.
func (s *memoryStream) Close() error {
	s.out.end()
	s.in.fail()
	s.link.remove(s)
	return nil
}

func (s *memoryStream) Reset() error {
	s.out.fail()
	s.in.fail()
	s.link.remove(s)
	return nil
}

func (s *memoryStream) ResetWithError(network.StreamErrorCode) error { return s.Reset() }

func (s *memoryStream) SetDeadline(t time.Time) error {
	s.in.setDeadline(&s.in.readBy, t)
	s.out.setDeadline(&s.out.writeBy, t)
	return nil
}

func (s *memoryStream) SetReadDeadline(t time.Time) error {
	s.in.setDeadline(&s.in.readBy, t)
	return nil
}

func (s *memoryStream) SetWriteDeadline(t time.Time) error {
	s.out.setDeadline(&s.out.writeBy, t)
	return nil
}

// A pipe carries bytes one way.
type pipe struct {
	mu      sync.Mutex
	changed sync.Cond
	buf     *bytes.Buffer // nil when there is nothing to read: most streams are idle
	ended   bool          // nothing will be written any more
	failed  bool          // one side has given up
	readBy  deadline
	writeBy deadline
}

var pipeBuffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

type deadline struct {
	at    time.Time
	timer *time.Timer // wakes who waits; nil until a deadline is set
}

func (d *deadline) passed() bool { return !d.at.IsZero() && !time.Now().Before(d.at) }

func newPipe() *pipe {
	p := new(pipe)
	p.changed.L = &p.mu
	return p
}

func (p *pipe) read(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		switch {
		case p.failed:
			return 0, network.ErrReset
		case p.readBy.passed():
			return 0, os.ErrDeadlineExceeded
		case p.buf != nil || len(b) == 0:
			return p.drain(b), nil
		case p.ended:
			return 0, io.EOF
		}
		p.changed.Wait()
	}
}

func (p *pipe) drain(b []byte) int {
	if len(b) == 0 {
		return 0
	}
	n := copy(b, p.buf.Next(len(b)))
	if p.buf.Len() == 0 {
		if p.buf.Cap() <= keepScratch {
			pipeBuffers.Put(p.buf)
		}
		p.buf = nil
	}
	p.changed.Broadcast()
	return n
}

// fill takes in as much as there is room for.
func (p *pipe) fill(b []byte, room int) int {
	if p.buf == nil {
		p.buf = pipeBuffers.Get().(*bytes.Buffer)
		p.buf.Reset()
	}
	n, _ := p.buf.Write(b[:min(len(b), room)])
	p.changed.Broadcast()
	return n
}

func (p *pipe) waiting() int {
	if p.buf == nil {
		return 0
	}
	return p.buf.Len()
}

func (p *pipe) write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	written := 0
	for written < len(b) {
		switch room := pipeWindow - p.waiting(); {
		case p.failed || p.ended:
			return written, network.ErrReset
		case p.writeBy.passed():
			return written, os.ErrDeadlineExceeded
		case room > 0:
			written += p.fill(b[written:], room)
		default:
			p.changed.Wait()
		}
	}
	return written, nil
}

func (p *pipe) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended = true
	p.changed.Broadcast()
}

func (p *pipe) fail() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.failed = true
	p.buf = nil
	p.readBy.stop()
	p.writeBy.stop()
	p.changed.Broadcast()
}

func (d *deadline) stop() {
	if d.timer != nil {
		d.timer.Stop()
	}
}

func (p *pipe) setDeadline(d *deadline, at time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	d.stop()
	d.at = at
	if !at.IsZero() && !p.failed {
		d.timer = time.AfterFunc(time.Until(at), p.wakeAll)
	}
	p.changed.Broadcast()
}

func (p *pipe) wakeAll() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.changed.Broadcast()
}
