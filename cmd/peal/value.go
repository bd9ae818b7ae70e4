package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"peal/node/replica"
)

// A value is what is to be stored. One that fits into a record is in memory, a larger
// one is read as it is sent.
type value struct {
	io.Closer
	small []byte
	large io.Reader // nil if small is all
	size  int64     // -1 if that is not known
}

// body makes a value that of a request.
func (v value) body(r request) request {
	r.body, r.value, r.size = v.small, v.large, v.size
	return r
}

// valueOf opens the value that the arguments behind the key name.
func (c *cli) valueOf(args []string) (value, error) {
	switch {
	case len(args) == 0 && c.inTerminal:
		return value{}, fail(codeUsage, "VALUE is missing: give it, or - and type it, or @FILE")
	case len(args) == 0 || args[0] == "-":
		return openValue(io.NopCloser(c.in), "standard input", -1)
	case strings.HasPrefix(args[0], "@"):
		return openFile(args[0][1:])
	}
	return openValue(io.NopCloser(strings.NewReader(args[0])), "VALUE", int64(len(args[0])))
}

func openFile(name string) (value, error) {
	if name == "" {
		return value{}, fail(codeUsage, "the name of the file behind @ is missing")
	}
	f, err := os.Open(name)
	if err != nil {
		return value{}, err
	}
	info, err := f.Stat()
	switch {
	case err != nil:
	case info.IsDir():
		err = fail(codeUsage, "%s is a directory: 'peal import' stores all files of one", show(name))
	case !info.Mode().IsRegular():
		return openValue(f, show(name), -1)
	default:
		if err = checkSize(info.Size()); err == nil {
			return openValue(f, show(name), info.Size())
		}
		err = fmt.Errorf("%s: %w", show(name), err)
	}
	f.Close()
	return value{}, err
}

// openValue reads as much of a value as shows whether it fits into a record. The
// value closes what it is read from.
func openValue(from io.ReadCloser, name string, size int64) (value, error) {
	v := value{Closer: from, size: size}
	named := readerFunc(func(p []byte) (int, error) {
		n, err := from.Read(p)
		return n, nameError(name, err)
	})
	head, err := io.ReadAll(io.LimitReader(named, replica.MaxValueLen+1))
	switch {
	case err != nil:
		from.Close()
		return value{}, err
	case len(head) <= replica.MaxValueLen:
		v.small, v.size = head, int64(len(head))
	default:
		if size < int64(len(head)) { // as of files that the system makes up
			v.size = -1
		}
		v.large = io.MultiReader(bytes.NewReader(head), named)
	}
	return v, nil
}

// nameError says what could not be read, in a line of its own.
func nameError(name string, err error) error {
	if err == nil || errors.Is(err, io.EOF) {
		return err
	}
	var pathError *os.PathError
	if errors.As(err, &pathError) {
		err = pathError.Err
	}
	return fail(codeError, "%s: %v", name, err)
}
