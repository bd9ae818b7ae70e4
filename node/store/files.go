package store

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"

	"github.com/syndtr/goleveldb/leveldb/errors"
	"github.com/syndtr/goleveldb/leveldb/storage"
)

// files is a directory as goleveldb sees it. It adds what goleveldb does not do
// by itself: it knows how far the journal is acknowledged, so that what a failed
// write left behind can be cut off, and it refuses tables that would make
// goleveldb panic.
type files struct {
	storage.Storage
	dir      string
	journal  *journalWriter // the one that is being written
	end      end
	ended    bool // nothing behind end counts
	truncate func(path string, size int64) error
}

// An end is a place in the journals.
type end struct{ journal, size int64 }

// openFiles takes hold of a directory: no other process can until it is closed.
func openFiles(dir string, wrap func(storage.Storage) storage.Storage) (*files, error) {
	s, err := storage.OpenFile(dir, false)
	if err != nil {
		return nil, err
	}
	return &files{Storage: wrap(s), dir: dir, truncate: os.Truncate}, nil
}

// Lock does nothing: the directory is locked as long as the files are open, over
// all the times that goleveldb opens and closes them.
func (f *files) Lock() (storage.Locker, error) { return unlocked{}, nil }

type unlocked struct{}

func (unlocked) Unlock() {}

func (f *files) Create(fd storage.FileDesc) (storage.Writer, error) {
	w, err := f.Storage.Create(fd)
	if err != nil || fd.Type != storage.TypeJournal {
		return w, err
	}
	f.journal = &journalWriter{Writer: w, dir: f.dir, num: fd.Num}
	return f.journal, nil
}

// A journalWriter counts what is written to it.
type journalWriter struct {
	storage.Writer
	dir    string
	num    int64
	size   int64
	listed bool // its name is durable too
}

func (j *journalWriter) Write(p []byte) (int, error) {
	n, err := j.Writer.Write(p)
	j.size += int64(n)
	return n, err
}

func (j *journalWriter) Sync() error {
	err := j.Writer.Sync()
	if err == nil && !j.listed {
		err = syncDir(j.dir)
		j.listed = err == nil
	}
	return err
}

// acknowledge notes that everything in the journals up to here counts.
func (f *files) acknowledge() {
	f.end, f.ended = end{f.journal.num, f.journal.size}, false
}

// cut removes from the journals what a failed write left.
func (f *files) cut() error {
	if !f.ended {
		return nil
	}
	fds, err := f.List(storage.TypeJournal)
	if err != nil {
		return err
	}
	for _, fd := range fds {
		path := filepath.Join(f.dir, fd.String())
		info, err := os.Stat(path)
		if err == nil && info.Size() > f.counts(fd) {
			err = f.truncate(path, f.counts(fd))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// counts is how much of a journal does.
func (f *files) counts(fd storage.FileDesc) int64 {
	switch {
	case !f.ended || fd.Num < f.end.journal:
		return math.MaxInt64
	case fd.Num == f.end.journal:
		return f.end.size
	}
	return 0
}

// room fails if no database could be opened for writing: goleveldb would have to
// write a table of that size first.
func (f *files) room(size int) error {
	path := filepath.Join(f.dir, "ROOM")
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer os.Remove(path)
	defer file.Close()
	if _, err := file.Write(make([]byte, size)); err != nil {
		return err
	}
	return file.Sync()
}

// Open refuses a table whose footer, which has no checksum, names blocks outside
// of the file: goleveldb would allocate whatever length it reads there.
func (f *files) Open(fd storage.FileDesc) (storage.Reader, error) {
	r, err := f.Storage.Open(fd)
	if err != nil || fd.Type != storage.TypeTable {
		return r, err
	}
	if err := checkFooter(r); err != nil {
		r.Close()
		return nil, errors.NewErrCorrupted(fd, err)
	}
	return r, nil
}

const (
	footerLen  = 48 // two block handles, padding, 8 bytes of magic
	trailerLen = 5  // behind each block
)

func checkFooter(r storage.Reader) error {
	size, err := r.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	if size < footerLen {
		return fmt.Errorf("a table of %d bytes", size)
	}
	var footer [footerLen]byte
	if _, err := r.ReadAt(footer[:], size-footerLen); err != nil {
		return err
	}
	rest := footer[:footerLen-8]
	for range 2 {
		offset, n := binary.Uvarint(rest)
		length, m := binary.Uvarint(rest[max(n, 0):])
		end := uint64(size - footerLen)
		if n <= 0 || m <= 0 || offset > end || length > end-offset || end-offset-length < trailerLen {
			return errors.New("a footer that names blocks outside of the table")
		}
		rest = rest[n+m:]
	}
	_, err = r.Seek(0, io.SeekStart)
	return err
}
