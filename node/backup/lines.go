package backup

import (
	"bufio"
	"errors"
	"hash"
	"io"
	"math"
)

// A flaw is what is wrong with a line.
type flaw string

func (f flaw) Error() string { return string(f) }

// errCut is the flaw of a last line that is not whole.
const errCut flaw = "the file was cut off here"

// lines reads lines, and can give the last one again.
type lines struct {
	in     *bufio.Reader
	raw    []byte // the last line
	offset int64  // of what comes next
	number int    // of the last line
	line   line
	again  bool        // the last line comes next
	sum    hash.Cloner // of all lines
	before string      // the sum before the last line, if that is an end
}

func newLines(file io.ReaderAt, offset int64) *lines {
	section := io.NewSectionReader(file, offset, math.MaxInt64-offset)
	return &lines{in: bufio.NewReader(section), offset: offset, sum: newSum()}
}

// next gives the next line. Behind a flaw, the line after it can be had. io.EOF is the
// end.
func (l *lines) next() (line, error) {
	if l.again {
		l.again = false
		return l.line, nil
	}
	err := l.read()
	l.line = line{}
	switch {
	case errors.Is(err, io.EOF) && len(l.raw) == 0:
		return line{}, io.EOF
	case err != nil && !errors.Is(err, io.EOF):
		return line{}, err
	}
	l.number++
	switch {
	case err != nil:
		return line{}, errCut
	case len(l.raw) > maxLine:
		return line{}, flaw("it is too long")
	}
	l.line, err = decode(l.raw)
	if l.line.End != nil {
		l.before = text(l.sum)
	}
	l.sum.Write(l.raw)
	return l.line, err
}

// read reads up to a newline. Of a line that is too long it keeps what shows that.
func (l *lines) read() error {
	for l.raw = l.raw[:0]; ; {
		part, err := l.in.ReadSlice('\n')
		l.offset += int64(len(part))
		if len(l.raw) <= maxLine {
			l.raw = append(l.raw, part...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
	}
}

// back makes next give the last line again.
func (l *lines) back() { l.again = true }
