package backup

import (
	"fmt"
	"io"
	"time"
	"unicode/utf8"
)

// A Writer writes a file, record by record. Beside what it was given it holds a part
// of one value, however large that is.
type Writer struct {
	state
	out io.Writer
}

// NewWriter begins a file.
func NewWriter(out io.Writer, begun time.Time) (*Writer, error) {
	w := &Writer{state: state{sum: newSum()}, out: out}
	w.begun = begun.UTC().Truncate(time.Second)
	return w, w.write(line{Backup: &head{format, w.begun}})
}

// Put writes a record; fill writes its value of Size bytes. The position of its key
// must lie behind those before it. After an error, which may be that of fill, the file
// is good up to [Writer.Offset]: cut off there, and emptied of what was buffered, it
// takes the record once more.
func (w *Writer) Put(r Record, fill func(io.Writer) (int64, error)) error {
	if !w.follows(r.Key) {
		return fmt.Errorf("the key %q is not behind the one before it on the ring", r.Key)
	}
	before := w.clone()
	if err := w.put(r, fill); err != nil {
		w.state = before
		return err
	}
	w.holds(r.Key, r.Size)
	return nil
}

func (w *Writer) put(r Record, fill func(io.Writer) (int64, error)) error {
	first := &record{Version: r.Version, Size: r.Size}
	if utf8.ValidString(r.Key) {
		first.Key = r.Key
	} else {
		first.Base64 = []byte(r.Key)
	}
	if !r.Expires.IsZero() {
		expires := r.Expires.UTC()
		first.Expires = &expires
	}
	p := &parts{w: w, first: first, left: r.Size, part: make([]byte, 0, min(r.Size, partLen))}
	if _, err := fill(p); err != nil {
		return err
	}
	return p.end()
}

// End writes the last line.
func (w *Writer) End() error {
	end := w.end()
	return w.write(line{End: &end})
}

func (w *Writer) write(l line) error {
	raw, err := encode(l)
	if err == nil {
		_, err = w.out.Write(raw)
	}
	if err == nil {
		w.took(raw)
	}
	return err
}

// parts cuts a value into lines.
type parts struct {
	w     *Writer
	first *record // nil once it is written
	part  []byte
	left  int64 // bytes that are still to come
}

func (p *parts) Write(b []byte) (int, error) {
	if int64(len(b)) > p.left {
		return 0, fmt.Errorf("the value has more bytes than it should")
	}
	for rest := b; len(rest) > 0; {
		n := min(len(rest), partLen-len(p.part))
		p.part, rest = append(p.part, rest[:n]...), rest[n:]
		p.left -= int64(n)
		if len(p.part) == partLen {
			if err := p.flush(); err != nil {
				return 0, err
			}
		}
	}
	return len(b), nil
}

func (p *parts) flush() error {
	l := line{More: p.part}
	if p.first != nil {
		p.first.Value = p.part
		l, p.first = line{Record: p.first}, nil
	}
	p.part = p.part[:0]
	return p.w.write(l)
}

func (p *parts) end() error {
	switch {
	case p.left > 0:
		return fmt.Errorf("the value has %d bytes less than it should", p.left)
	case p.first != nil || len(p.part) > 0:
		return p.flush()
	}
	return nil
}
