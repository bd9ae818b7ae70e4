package backup

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"peal/node/replica"
)

// ErrNewer is the error of a file that a later version has written.
var ErrNewer = errors.New("a newer version of peal wrote this file: use that one")

// A Damage is what is wrong at one place of a file. What is whole behind it can
// still be read.
type Damage struct {
	Line   int
	Record int // the number of the record that is damaged, or would come there
	Cut    bool
	Reason string
}

func (d *Damage) Error() string {
	if d.Line == 1 {
		return "line 1: no backup begins like that"
	}
	return fmt.Sprintf("line %d, record %d: %s", d.Line, d.Record, d.Reason)
}

// A Reader reads a file, and checks all of it.
type Reader struct {
	state
	file    io.ReaderAt
	lines   *lines
	damages int
	lost    bool // a damage was told of, and nothing whole has come since
	ended   bool
}

// NewReader reads from the beginning of a file.
func NewReader(file io.ReaderAt) *Reader {
	return &Reader{file: file, lines: newLines(file, 0), state: state{sum: newSum()}}
}

// An Entry is a record of a file.
type Entry struct {
	Record
	Data []byte // the value, or the first MiB of it

	file io.ReaderAt
	rest int64 // where in the file the rest of the value is
}

// Value reads the value, from its beginning each time that Value is called.
func (e Entry) Value() io.Reader {
	head := bytes.NewReader(e.Data)
	left := e.Size - int64(len(e.Data))
	if left == 0 {
		return head
	}
	return io.MultiReader(head, &rest{lines: newLines(e.file, e.rest), left: left})
}

// Next gives the next record, all of whose value is whole. The error at the end of a
// file is io.EOF. Behind a [Damage] Next may be called again, and gives what is whole
// behind it.
func (r *Reader) Next() (Entry, error) {
	for {
		l, err := r.lines.next()
		var wrong flaw
		var e Entry
		switch {
		case errors.Is(err, io.EOF) && (r.ended || r.lost):
			return Entry{}, io.EOF
		case errors.Is(err, io.EOF):
			err = r.unended()
		case err == nil:
			e, err = r.take(l)
		}
		switch {
		case err == nil && e.Key != "":
			return e, nil
		case errors.As(err, &wrong) && !r.lost:
			return Entry{}, r.damage(wrong)
		case err != nil && !errors.As(err, &wrong):
			return Entry{}, err
		}
	}
}

// unended is the flaw of a file that has no last line.
func (r *Reader) unended() flaw {
	r.lines.number++
	return errCut
}

func (r *Reader) damage(wrong flaw) *Damage {
	r.damages++
	r.lost = true
	return &Damage{r.lines.number, r.keys + r.damages, wrong == errCut, string(wrong)}
}

// take looks at a line that is whole by itself. The entry has no key if it is not
// that of a record.
func (r *Reader) take(l line) (Entry, error) {
	switch {
	case r.ended:
		return Entry{}, flaw("there is more behind what should be the last line")
	case l.Backup != nil && r.lines.number == 1:
		return Entry{}, r.begin(*l.Backup)
	case l.Record != nil && r.lines.number > 1:
		return r.record(*l.Record)
	case l.End != nil:
		return Entry{}, r.finish(*l.End)
	}
	return Entry{}, flaw("another line should be here")
}

func (r *Reader) begin(h head) error {
	if h.Format != format {
		return ErrNewer
	}
	r.begun = h.Begun
	r.mark()
	return nil
}

// mark notes that the file is whole up to here.
func (r *Reader) mark() {
	r.sum, r.offset, r.lost = cloned(r.lines.sum), r.lines.offset, false
}

func (r *Reader) finish(e end) error {
	r.ended, r.lost = true, false
	if r.damages == 0 && (e.Keys != r.keys || e.Bytes != r.bytes || e.Sum != r.lines.before) {
		return flaw("it tells of other lines than those before it")
	}
	return nil
}

func (r *Reader) record(first record) (Entry, error) {
	e := Entry{Record: Record{Key: first.Key, Version: first.Version, Size: first.Size}, Data: first.Value}
	if e.Key == "" {
		e.Key = string(first.Base64)
	}
	if first.Expires != nil {
		e.Expires = *first.Expires
	}
	e.file, e.rest = r.file, r.lines.offset
	switch {
	case (replica.Record{Key: e.Key}).Valid() != nil || e.Size < 0 || int64(len(e.Data)) != min(e.Size, partLen):
		return Entry{}, flaw("a record cannot be so")
	case !r.follows(e.Key):
		return Entry{}, flaw("its key is not behind the one before it")
	}
	if err := r.pass(&rest{r.lines, nil, e.Size - int64(len(e.Data))}); err != nil {
		return Entry{}, err
	}
	r.holds(e.Key, e.Size)
	r.mark()
	return e, nil
}

// pass reads over the rest of a value. A whole line that is no part of it is the next
// one to read.
func (r *Reader) pass(rest *rest) error {
	_, err := io.Copy(io.Discard, rest)
	if errors.Is(err, errNotMore) {
		r.lines.back()
	}
	return err
}

const errNotMore flaw = "a part of the value is missing before it"

// A rest reads the lines behind the first one of a value.
type rest struct {
	lines *lines
	part  []byte
	left  int64 // bytes, those of part not counted
}

func (r *rest) Read(p []byte) (int, error) {
	if len(r.part) == 0 && r.left == 0 {
		return 0, io.EOF
	}
	if len(r.part) == 0 {
		if err := r.more(); err != nil {
			return 0, err
		}
	}
	n := copy(p, r.part)
	r.part = r.part[n:]
	return n, nil
}

func (r *rest) more() error {
	l, err := r.lines.next()
	switch {
	case errors.Is(err, io.EOF):
		return errCut
	case err != nil:
		return err
	case int64(len(l.More)) != min(r.left, partLen):
		return errNotMore
	}
	r.part, r.left = l.More, r.left-int64(len(l.More))
	return nil
}

// Continue gives a writer that goes on behind the last whole record before the first
// damage. The file must be cut off at [Reader.Offset], and out write from there.
func (r *Reader) Continue(out io.Writer) *Writer {
	return &Writer{state: r.clone(), out: out}
}
