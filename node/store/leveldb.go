package store

import (
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"

	"github.com/syndtr/goleveldb/leveldb"
	"github.com/syndtr/goleveldb/leveldb/storage"

	"peal/chord"
	"peal/node/replica"
)

// Key prefixes of the database.
const (
	recordPrefix = 'r' // r, 32 bytes of position, key -> encoded record
	metaPrefix   = 'm' // m, name -> bytes
	notePrefix   = 'n' // n -> the last commit's note
	damagePrefix = 'd' // d -> text on what a salvage found, until it is told
)

var (
	noteKey   = []byte{notePrefix}
	damageKey = []byte{damagePrefix}
)

// DB is a store on disk. It is safe for concurrent use.
type DB struct {
	dir string
	setup

	writing  sync.Mutex // held by whoever changes something; guards what follows
	files    *files
	witness  *witness
	known    note // to the witness, at the start
	tally    tally
	last     note   // of the last commit
	verified bool   // the tally is complete, and agrees with the note
	writable bool   // the database is open to write
	refusal  error  // why it is not
	broken   bool   // and cannot be, before a restart
	mended   bool   // it was salvaged
	damage   string // that is to be told
	told     bool   // and that has been, but still stands in the database
	closed   bool

	handle   sync.RWMutex // held by whoever reads; guards ldb
	ldb      *leveldb.DB  // nil if it cannot even be read
	panicked atomic.Bool  // goleveldb has
}

// Open opens or creates the database in a directory. It is only looked at here,
// and verified by the first Each.
func Open(dir string) (*DB, error) {
	return openWith(dir, setup{buffer: share(), wrap: func(s storage.Storage) storage.Storage { return s }})
}

// A setup is what tests change.
type setup struct {
	buffer int                                   // bytes that the journal has before they become a table
	wrap   func(storage.Storage) storage.Storage // makes the files fail
}

func openWith(dir string, s setup) (*DB, error) {
	db := &DB{dir: filepath.Clean(dir), setup: s}
	opened.Add(1)
	if err := db.open(); err != nil {
		db.Close()
		return nil, openError(dir, err)
	}
	return db, nil
}

// Close closes the database.
func (db *DB) Close() error {
	db.writing.Lock()
	defer db.writing.Unlock()
	if db.closed {
		return nil
	}
	db.closed, db.writable = true, false
	opened.Add(-1)
	err := db.shut()
	if db.witness != nil {
		err = errors.Join(err, db.witness.file.Close())
	}
	if db.files != nil {
		err = errors.Join(err, db.files.Close())
	}
	return err
}

// Get reads a record.
func (db *DB) Get(key string) (replica.Record, bool, error) {
	b, err := db.read(recordKey(key))
	if err != nil || b == nil {
		return replica.Record{}, false, err
	}
	rec, err := decodeRecord(b)
	if err == nil && rec.Key != key {
		err = fmt.Errorf("%w: another key's record stands in its place", ErrDamaged)
	}
	if err != nil {
		return replica.Record{}, false, fmt.Errorf("read %q: %w", key, err)
	}
	return rec, true, nil
}

// Slow is true: a commit waits for the disk.
func (db *DB) Slow() bool { return true }

// Commit stores writes and then deletes the keys of drops, in one synced batch.
// After an error nothing of it is stored; the next Commit tries to open the
// database anew.
func (db *DB) Commit(writes []replica.Record, drops []replica.Item) error {
	var changes []entry
	for _, rec := range writes {
		b, err := encodeRecord(rec)
		if err != nil {
			return fmt.Errorf("write %q: %w", rec.Key, err)
		}
		changes = append(changes, entry{rec.Key, b})
	}
	for i := range drops {
		changes = append(changes, entry{key: drops[i].Key})
	}
	return db.change(func() error { return db.commit(changes) })
}

// Meta reads what SetMeta stored under a name, nil if nothing.
func (db *DB) Meta(name string) ([]byte, error) {
	return db.read(metaKey(name))
}

// SetMeta stores a peer's own note, such as whom it knows. It is not synced.
func (db *DB) SetMeta(name string, value []byte) error {
	return db.change(func() error {
		var batch leveldb.Batch
		batch.Put(metaKey(name), value)
		return db.write(&batch, false)
	})
}

func recordKey(key string) []byte { return keyAt(chord.KeyID([]byte(key)), key) }

// keyAt is the recordKey of a key whose position is known.
func keyAt(pos chord.ID, key string) []byte {
	b := append([]byte{recordPrefix}, pos[:]...)
	return append(b, key...)
}

func metaKey(name string) []byte { return append([]byte{metaPrefix}, name...) }
