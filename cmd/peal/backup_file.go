package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"peal/node/backup"
)

// A backupFile is a backup that is being written: a file beside the one that it
// becomes once it is whole, or a stream.
type backupFile struct {
	*backup.Writer
	buffer *bufio.Writer
	name   string   // of the whole file
	part   *os.File // nil for a stream
}

// backupTo begins a backup in a stream.
func backupTo(w io.Writer) (*backupFile, error) {
	f := &backupFile{buffer: bufio.NewWriter(w)}
	return f, f.start()
}

func (f *backupFile) start() (err error) {
	f.Writer, err = backup.NewWriter(f.buffer, time.Now())
	return err
}

// createBackup begins a file. Only if forced it replaces what there is.
func createBackup(name string, force bool) (*backupFile, error) {
	if err := vacant(name, force); err != nil {
		return nil, err
	}
	how := os.O_RDWR | os.O_CREATE | os.O_EXCL
	if force {
		how = os.O_RDWR | os.O_CREATE | os.O_TRUNC
	}
	part, err := os.OpenFile(partName(name), how, 0o666)
	if errors.Is(err, fs.ErrExist) {
		return nil, fail(codeError, "%s is there of a backup that did not end: --resume goes on with it, --force begins anew", show(partName(name)))
	}
	if err != nil {
		return nil, err
	}
	f := &backupFile{buffer: bufio.NewWriter(part), name: name, part: part}
	return f, f.start()
}

// resumeBackup goes on behind the last whole record of a file that is not whole.
func resumeBackup(name string, force bool) (*backupFile, error) {
	if err := vacant(name, force); err != nil {
		return nil, err
	}
	part, err := os.OpenFile(partName(name), os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fail(codeError, "there is no %s to go on with: leave out --resume", show(partName(name)))
	}
	if err != nil {
		return nil, err
	}
	f := &backupFile{buffer: bufio.NewWriter(part), name: name, part: part}
	if err := f.goOn(); err != nil {
		part.Close()
		return nil, err
	}
	return f, nil
}

func (f *backupFile) goOn() error {
	from := backup.NewReader(f.part)
	var wrong *backup.Damage
	var err error
	for err == nil {
		_, err = from.Next()
	}
	switch {
	case errors.Is(err, io.EOF):
	case !errors.As(err, &wrong):
		return fmt.Errorf("%s: %w", show(f.part.Name()), err)
	case from.Offset() == 0 && !wrong.Cut:
		return fail(codeError, "%s is no backup: remove it, and leave out --resume", show(f.part.Name()))
	}
	if err := f.cut(from.Offset()); err != nil {
		return err
	}
	if from.Offset() == 0 {
		return f.start()
	}
	f.Writer = from.Continue(f.buffer)
	return nil
}

func partName(name string) string { return name + ".part" }

// vacant refuses a name that something else has.
func vacant(name string, force bool) error {
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return fail(codeError, "%s is no file: name one, or - for standard output", show(name))
	case !force:
		return fail(codeError, "%s exists: name another file, or replace it with --force", show(name))
	}
	return nil
}

// after is where a listing of the keys that are still to come begins.
func (f *backupFile) after() string {
	if f.Last() == nil {
		return ""
	}
	text, _ := f.Last().MarshalText()
	return string(text)
}

// put writes a record, whole or not at all.
func (f *backupFile) put(r backup.Record, fill func(io.Writer) (int64, error)) error {
	err := f.Put(r, fill)
	switch {
	case err == nil:
		return nil
	case f.part == nil:
		return fail(codeError, "%v; what went to standard output cannot be taken back: try again, or name a FILE", err)
	}
	if failed := f.buffer.Flush(); failed != nil {
		return failed
	}
	if failed := f.cut(f.Offset()); failed != nil {
		return failed
	}
	return err
}

// cut forgets what is behind an offset.
func (f *backupFile) cut(offset int64) error {
	if err := f.part.Truncate(offset); err != nil {
		return err
	}
	_, err := f.part.Seek(offset, io.SeekStart)
	return err
}

// close ends the file, and gives it its name, if nothing went wrong before. Otherwise
// it keeps the part that there is.
func (f *backupFile) close(before error) error {
	err := before
	if err == nil {
		err = f.End()
	}
	if e := f.buffer.Flush(); err == nil {
		err = e
	}
	if f.part == nil {
		return err
	}
	if err == nil {
		err = f.part.Sync()
	}
	if e := f.part.Close(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	if err := os.Rename(f.part.Name(), f.name); err != nil {
		return err
	}
	return syncDir(filepath.Dir(f.name))
}

// syncDir makes the names in a directory durable.
func syncDir(name string) error {
	dir, err := os.Open(name)
	if err != nil {
		return err
	}
	defer dir.Close()
	return dir.Sync()
}

// unfinished says of an error how to go on. A part without any key is not worth that.
func (f *backupFile) unfinished(err error) error {
	switch {
	case f.part == nil:
		return err
	case f.Keys() == 0:
		os.Remove(f.part.Name())
		return err
	}
	return fail(codeOf(err), "%v; %s has %s, and --resume goes on behind them", err, show(f.part.Name()), counted(f.Keys(), "key"))
}
