package recording

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"peal/chord"
	"peal/node"
)

// A Writer writes a recording as it happens. It keeps no more than the last
// view of each peer, and the first error, which [Writer.Close] returns. It is
// not safe for concurrent use.
type Writer struct {
	out       *bufio.Writer
	err       error
	directory directory
	views     map[number]*view
	state     *state
}

// NewWriter writes the header, in which it fills in the format.
func NewWriter(w io.Writer, h Header) *Writer {
	r := &Writer{out: bufio.NewWriterSize(w, 1<<16), directory: newDirectory(), views: make(map[number]*view)}
	h.Format = Format
	r.write(h)
	return r
}

// Event writes an entry of the log.
func (w *Writer) Event(e node.Event) { w.write(line{Event: e}) }

// View writes what a peer knows of itself, as far as that is new.
func (w *Writer) View(at time.Time, info node.Info) {
	l := line{Event: node.Event{Time: at, Peer: info.Contact, Kind: viewKind}}
	self, _ := w.directory.add(info.Contact)
	now := &view{
		member: info.Member, replicated: info.Replicated, keys: info.Keys, records: info.Records, known: info.Known,
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

func (w *Writer) write(v any) {
	if w.err != nil {
		return
	}
	text, err := json.Marshal(v)
	if err == nil {
		_, err = w.out.Write(append(text, '\n'))
	}
	w.err = err
}

// Flush hands on what is buffered.
func (w *Writer) Flush() {
	if err := w.out.Flush(); w.err == nil {
		w.err = err
	}
}

// Close flushes, and says what went wrong since the beginning.
func (w *Writer) Close() error {
	w.Flush()
	if w.err != nil {
		return fmt.Errorf("write the recording: %w", w.err)
	}
	return nil
}
