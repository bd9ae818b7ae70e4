package store

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"

	"github.com/syndtr/goleveldb/leveldb"
	"github.com/syndtr/goleveldb/leveldb/opt"
	"github.com/syndtr/goleveldb/leveldb/util"

	"peal/chord"
	"peal/node/replica"
)

// ErrInUse: another process has the directory open.
var ErrInUse = errors.New("data directory is in use by another peer: stop that one, or name another directory with --data")

// Key prefixes of the database.
const (
	recordPrefix = 'r' // r, 32 bytes of position, key -> encoded record
	metaPrefix   = 'm' // m, name -> bytes
)

// DB is a store on disk. It is safe for concurrent use.
type DB struct{ ldb *leveldb.DB }

// Open opens or creates the database in a directory.
func Open(dir string) (*DB, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, openError(dir, err)
	}
	ldb, err := leveldb.OpenFile(dir, &opt.Options{
		WriteBuffer:            1 << 20,
		BlockCacheCapacity:     1 << 20,
		OpenFilesCacheCapacity: 64,
	})
	if err != nil {
		return nil, openError(dir, err)
	}
	return &DB{ldb}, nil
}

// openError says what to do about a directory that cannot be opened.
func openError(dir string, err error) error {
	switch {
	case errors.Is(err, syscall.EAGAIN), errors.Is(err, syscall.EWOULDBLOCK):
		err = ErrInUse
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		err = fmt.Errorf("it is not writable: change its permissions, or name another directory with --data (%w)", err)
	case errors.Is(err, syscall.ENOTDIR), errors.Is(err, fs.ErrExist):
		err = fmt.Errorf("a file stands in its place: move it, or name another directory with --data (%w)", err)
	}
	return fmt.Errorf("open store %s: %w", dir, err)
}

// Close closes the database.
func (db *DB) Close() error { return db.ldb.Close() }

// Get reads a record.
func (db *DB) Get(key string) (replica.Record, bool, error) {
	b, err := db.ldb.Get(recordKey(key), nil)
	if errors.Is(err, leveldb.ErrNotFound) {
		return replica.Record{}, false, nil
	}
	if err != nil {
		return replica.Record{}, false, fmt.Errorf("read %q: %w", key, err)
	}
	rec, err := decodeRecord(b)
	if err == nil && rec.Key != key {
		err = fmt.Errorf("%w: that of another key stands in its place", ErrDamaged)
	}
	if err != nil {
		return replica.Record{}, false, fmt.Errorf("read %q: %w", key, err)
	}
	return rec, true, nil
}

// Each calls f with every record, in the order of positions. Damaged ones are
// counted and left out.
func (db *DB) Each(f func(replica.Record)) (damaged int, err error) {
	it := db.ldb.NewIterator(util.BytesPrefix([]byte{recordPrefix}), &opt.ReadOptions{DontFillCache: true})
	defer it.Release()
	for it.Next() {
		rec, err := decodeRecord(it.Value())
		if err != nil || !bytes.Equal(it.Key(), recordKey(rec.Key)) {
			damaged++
			continue
		}
		f(rec)
	}
	if err := it.Error(); err != nil {
		return damaged, fmt.Errorf("read store: %w", err)
	}
	return damaged, nil
}

// Commit stores writes and then deletes drops, in one synced batch. A drop of
// another version than the one written with it is void.
func (db *DB) Commit(writes []replica.Record, drops []replica.Item) error {
	var batch leveldb.Batch
	for _, rec := range writes {
		b, err := encodeRecord(rec)
		if err != nil {
			return fmt.Errorf("write %q: %w", rec.Key, err)
		}
		batch.Put(recordKey(rec.Key), b)
	}
	for _, key := range dropped(writes, drops) {
		batch.Delete(recordKey(key))
	}
	if err := db.ldb.Write(&batch, &opt.WriteOptions{Sync: true}); err != nil {
		return fmt.Errorf("write store: %w", err)
	}
	return nil
}

// dropped lists the keys that are gone after a commit.
func dropped(writes []replica.Record, drops []replica.Item) (keys []string) {
	written := make(map[string]replica.Version, len(writes))
	for i := range writes {
		written[writes[i].Key] = writes[i].Version
	}
	for _, it := range drops {
		if v, ok := written[it.Key]; !ok || v == it.Version {
			keys = append(keys, it.Key)
		}
	}
	return keys
}

// Meta reads what SetMeta stored under a name, nil if nothing.
func (db *DB) Meta(name string) ([]byte, error) {
	b, err := db.ldb.Get(append([]byte{metaPrefix}, name...), nil)
	if errors.Is(err, leveldb.ErrNotFound) {
		return nil, nil
	}
	return b, err
}

// SetMeta stores a peer's own note, such as whom it knows.
func (db *DB) SetMeta(name string, value []byte) error {
	return db.ldb.Put(append([]byte{metaPrefix}, name...), value, nil)
}

func recordKey(key string) []byte {
	pos := chord.KeyID([]byte(key))
	b := append([]byte{recordPrefix}, pos[:]...)
	return append(b, key...)
}
