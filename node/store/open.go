package store

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/syndtr/goleveldb/leveldb"
	lerrors "github.com/syndtr/goleveldb/leveldb/errors"
	"github.com/syndtr/goleveldb/leveldb/opt"
	"github.com/syndtr/goleveldb/leveldb/storage"
)

// ErrInUse: another process has the directory open.
var ErrInUse = errors.New("data directory is in use by another peer: stop that one, or name another directory")

// errUnopened: the database is closed, or could not even be opened to read.
var errUnopened = errors.New("the database is not open")

// options of goleveldb. A batch always goes through the journal, since that is
// what is cut where a write fails.
func (s setup) options(readOnly bool) *opt.Options {
	return &opt.Options{
		ReadOnly:                     readOnly,
		WriteBuffer:                  s.buffer,
		BlockCacher:                  opt.PassthroughCacher(blocks),
		OpenFilesCacheCapacity:       64,
		DisableLargeBatchTransaction: true,
	}
}

// open takes hold of the directory and looks at what is there, without a change.
func (db *DB) open() error {
	if err := settle(db.dir); err != nil {
		return err
	}
	if err := os.MkdirAll(db.dir, 0o700); err != nil {
		return err
	}
	var err error
	if db.files, err = openFiles(db.dir, db.wrap); err != nil {
		return err
	}
	if db.known, err = testimony(db.dir); err != nil {
		return err
	}
	err = db.swap(false)
	if errors.Is(err, fs.ErrNotExist) && db.known.commit == 0 {
		return db.create()
	}
	if err == nil {
		db.damage, err = db.word()
	}
	if unreadable(err) {
		return db.mend(err)
	}
	return err
}

// create begins a new database.
func (db *DB) create() error {
	db.tally, db.verified = newTally(), true
	err := db.begin()
	if err == nil {
		err = db.commit(nil)
	}
	if err != nil {
		return err
	}
	db.writable = true
	return syncDir(filepath.Dir(db.dir))
}

// swap closes the database and opens it anew, while readers wait. If it cannot
// be opened to write, it is opened to read all the same.
func (db *DB) swap(write bool) error {
	db.handle.Lock()
	defer db.handle.Unlock()
	db.release()
	err := db.files.cut()
	if write && err == nil {
		if db.ldb, err = db.openLevelDB(db.files, false); err == nil {
			return nil
		}
	}
	var readErr error
	db.ldb, readErr = db.openLevelDB(glance{db.files}, true)
	if write {
		return err
	}
	return readErr
}

// shut closes the database for readers and writers.
func (db *DB) shut() error {
	db.handle.Lock()
	defer db.handle.Unlock()
	return db.release()
}

// release closes goleveldb's part. After a panic it may hold locks for ever, so
// it is left alone then.
func (db *DB) release() error {
	ldb := db.ldb
	db.ldb = nil
	if ldb == nil || db.panicked.Swap(false) {
		return nil
	}
	return ldb.Close()
}

func (s setup) openLevelDB(files storage.Storage, readOnly bool) (ldb *leveldb.DB, err error) {
	defer func() {
		if r := recover(); r != nil {
			ldb, err = nil, panicError(r)
		}
	}()
	return leveldb.Open(files, s.options(readOnly))
}

func panicError(r any) error { return fmt.Errorf("%w: goleveldb panicked: %v", ErrDamaged, r) }

// contain turns a panic of goleveldb into an error.
func (db *DB) contain(err *error) {
	if r := recover(); r != nil {
		db.panicked.Store(true)
		*err = panicError(r)
	}
}

// corrupted reports whether an error says that files are not what was written.
func corrupted(err error) bool {
	var inTable *lerrors.ErrCorrupted
	var inFile *storage.ErrCorrupted
	return errors.Is(err, ErrDamaged) || errors.As(err, &inTable) || errors.As(err, &inFile)
}

// unreadable is like corrupted, and counts what cannot be read at all.
func unreadable(err error) bool {
	return corrupted(err) || errors.Is(err, fs.ErrNotExist) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.EIO)
}

// openError says what to do about a directory that cannot be opened.
func openError(dir string, err error) error {
	switch {
	case errors.Is(err, syscall.EAGAIN), errors.Is(err, syscall.EWOULDBLOCK):
		err = ErrInUse
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		err = fmt.Errorf("it is not writable: change its permissions, or name another directory (%w)", err)
	case errors.Is(err, syscall.ENOTDIR), errors.Is(err, fs.ErrExist):
		err = fmt.Errorf("a file stands in its place: move it, or name another directory (%w)", err)
	}
	return fmt.Errorf("open store %s: %w", dir, err)
}
