package recording

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"peal/chord"
	"peal/node"
)

// A Writer writes a recording as it happens. It keeps no more than the last
// view of each peer, and the first error, after which it writes nothing. It is
// not safe for concurrent use.
//
// It writes no more than [Load] reads. Where that ends, the last line is an
// event [Missed], and the error is [ErrFull].
type Writer struct {
	out       *bufio.Writer
	err       error
	directory directory
	views     map[number]*view
	state     *state

	room  int // bytes that may follow
	most  int // lines, peers, hops and replicas
	lines int // written, but the first
	steps int // hops and replicas
}

// ErrFull: a recording has become as large as one may be.
var ErrFull = errors.New("the file is full, and what came later is missing: record a shorter time, or fewer peers")

// lastLine is more bytes than the last line of a full file needs.
const lastLine = 1 << 10

// NewWriter writes the header, in which it fills in the format.
func NewWriter(w io.Writer, h Header) *Writer {
	r := &Writer{out: bufio.NewWriterSize(w, 1<<16), directory: newDirectory(), views: make(map[number]*view), room: largestFile - lastLine, most: mostKept - 1}
	h.Format = Format
	text, err := encode(h)
	if r.err = err; err == nil {
		r.err = r.put(text)
	}
	return r
}

// Limit bounds what is written from now on, in bytes, below what a file may have.
func (w *Writer) Limit(bytes int) { w.room = min(w.room, bytes-lastLine) }

// Event writes an entry of the log.
func (w *Writer) Event(e node.Event) { w.write(line{Event: e}) }

// View writes what a peer knows of itself, as far as that is new.
func (w *Writer) View(at time.Time, info node.Info) {
	if w.err != nil {
		return // and remembers no more peers
	}
	l := line{Event: node.Event{Time: at, Peer: info.Contact, Kind: viewKind}}
	self, _ := w.directory.add(info.Contact)
	now := &view{
		member: info.Member, paused: info.Paused, replicated: info.Replicated, keys: info.Keys, records: info.Records, known: info.Known,
		pred: w.introduce(&l, info.Predecessor), succ: w.introduceAll(&l, info.Successors), fingers: w.introduceAll(&l, info.Fingers),
	}
	old, present := w.views[self]
	if !present {
		old = &view{}
	}
	l.View = now.since(old, &w.directory)
	if present && l.View == nil {
		return
	}
	w.views[self] = now
	w.write(l)
}

func (w *Writer) introduce(l *line, c chord.Contact) number {
	n, isNew := w.directory.add(c)
	if isNew {
		l.Contacts = append(l.Contacts, c)
	}
	return n
}

func (w *Writer) introduceAll(l *line, list []chord.Contact) []number {
	numbers := make([]number, 0, len(list))
	for _, c := range list[:min(len(list), chord.MaxContacts)] {
		numbers = append(numbers, w.introduce(l, c))
	}
	return numbers
}

// Gone writes that a peer is no longer there.
func (w *Writer) Gone(at time.Time, c chord.Contact) {
	n, _ := w.directory.add(c)
	delete(w.views, n)
	w.write(line{Event: node.Event{Time: at, Peer: c, Kind: goneKind}})
}

// Ring writes how the whole ring looks, as far as that is new.
func (w *Writer) Ring(at time.Time, ring node.Ring) {
	present := make(map[number]bool, len(ring.Peers))
	for _, info := range ring.Peers {
		n, _ := w.directory.add(info.Contact)
		present[n] = true
		w.View(at, info)
	}
	for n, c := range w.directory.contacts {
		if w.views[number(n)] != nil && !present[number(n)] {
			w.Gone(at, c)
		}
	}
	now := state{ring.WellFormed, ring.Problem, ring.Replicated}
	if w.state == nil || *w.state != now {
		w.state = &now
		w.write(line{Event: node.Event{Time: at, Kind: ringKind}, State: &now})
	}
}

// write writes a line, or the last one if this one has no room.
func (w *Writer) write(l line) {
	if w.err != nil {
		return
	}
	text, err := encode(l)
	w.lines, w.steps = w.lines+1, w.steps+steps(l.Route)
	switch {
	case err != nil:
		w.err = err
	case len(text) > w.room || w.lines+len(w.directory.contacts)+w.steps > w.most:
		w.end(l.Time)
	default:
		w.err = w.put(text)
	}
}

// end writes the last line of a full file, for which room has been kept.
func (w *Writer) end(at time.Time) {
	text, _ := encode(line{Event: node.Event{Time: at, Kind: Missed, Text: "all that came later, as the file is full"}})
	if w.err = w.put(text); w.err == nil {
		w.err = ErrFull
	}
}

func encode(v any) ([]byte, error) {
	text, err := json.Marshal(v)
	return append(text, '\n'), err
}

func (w *Writer) put(text []byte) error {
	w.room -= len(text)
	_, err := w.out.Write(text)
	return err
}

// Flush hands on what is buffered.
func (w *Writer) Flush() {
	if err := w.out.Flush(); w.err == nil {
		w.err = err
	}
}

// Err is what went wrong since the beginning, as far as is known before the
// next [Writer.Flush].
func (w *Writer) Err() error {
	if w.err != nil {
		return fmt.Errorf("write the recording: %w", w.err)
	}
	return nil
}

// Close flushes, and says what went wrong since the beginning.
func (w *Writer) Close() error {
	w.Flush()
	return w.Err()
}
