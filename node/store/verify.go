package store

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/syndtr/goleveldb/leveldb"
	"github.com/syndtr/goleveldb/leveldb/opt"

	"peal/node/replica"
)

// Each calls f with every record, in the order of positions. The first Each
// verifies the database on the way: every record by its checksum, all of them
// together by the last commit's note, and that by the witness.
//
// A database that turns out to be damaged is set aside, and what can be trusted
// is salvaged into a new one. Each then says so, in a line for the log: what f
// was told is void, and Each must be called again.
func (db *DB) Each(f func(replica.Record)) (damage string, err error) {
	db.writing.Lock()
	defer db.writing.Unlock()
	if db.closed {
		return "", leveldb.ErrClosed
	}
	switch {
	case db.damage != "":
	case db.verified:
		_, err = db.scan(func(rec replica.Record, _ uint32) { f(rec) })
	default:
		if err = db.verify(f); err == nil && db.verified {
			db.reopen() // a disk that refuses writes can still be read
		}
	}
	if err != nil {
		return "", fmt.Errorf("read store %s: %w", db.dir, err)
	}
	return db.tell(), nil
}

// verify goes through a database that was only looked at. Afterwards it is
// either verified, or a new one that was salvaged from it.
func (db *DB) verify(f func(replica.Record)) error {
	t := newTally()
	last, err := db.scan(func(rec replica.Record, crc uint32) {
		t.set(mark{rec.Key, crc, true})
		f(rec)
	})
	if err == nil {
		err = judge(last, t.note(last.commit), db.known)
	}
	if unreadable(err) {
		return db.mend(err)
	}
	if err != nil {
		return err
	}
	db.tally, db.last, db.verified = t, last, true
	return nil
}

// judge compares the last note of a database with what is there, and with what
// the witness knows. A database without either is new, or older than notes.
func judge(last, found, known note) error {
	switch {
	case last.commit < known.commit:
		return fmt.Errorf("%w: it ends with commit %d, but %d was acknowledged", ErrDamaged, last.commit, known.commit)
	case last.commit == known.commit && last != known:
		return fmt.Errorf("%w: commit %d is not what it was", ErrDamaged, last.commit)
	case last.commit != 0 && found != last:
		return fmt.Errorf("%w: of %d records there are %d, or others", ErrDamaged, last.records, found.records)
	}
	return nil
}

// scan reads the whole database, calls f with every record and its checksum, and
// gives the last commit's note. It stops where something is damaged.
func (db *DB) scan(f func(rec replica.Record, crc uint32)) (last note, err error) {
	db.handle.RLock()
	defer db.handle.RUnlock()
	defer db.contain(&err)
	if db.ldb == nil {
		return note{}, errUnopened
	}
	it := db.ldb.NewIterator(nil, &opt.ReadOptions{DontFillCache: true})
	defer it.Release()
	for it.Next() {
		switch {
		case bytes.Equal(it.Key(), noteKey):
			last, err = decodeNote(it.Value())
		case it.Key()[0] == recordPrefix:
			var rec replica.Record
			if rec, err = storedRecord(it.Key(), it.Value()); err == nil {
				f(rec, checksum(it.Value()))
			}
		}
		if err != nil {
			return last, err
		}
	}
	return last, it.Error()
}

// storedRecord decodes a record, which must stand where it belongs.
func storedRecord(key, value []byte) (replica.Record, error) {
	rec, err := decodeRecord(value)
	if err == nil && !bytes.Equal(key, recordKey(rec.Key)) {
		err = fmt.Errorf("%w: another key's record stands in its place", ErrDamaged)
	}
	if err != nil {
		return rec, fmt.Errorf("record at %x: %w", key[1:min(len(key), 9)], err)
	}
	return rec, nil
}

// read gives what stands under a key of the database, nil if nothing.
func (db *DB) read(key []byte) (b []byte, err error) {
	db.handle.RLock()
	defer db.handle.RUnlock()
	defer db.contain(&err)
	if db.ldb == nil {
		return nil, errUnopened
	}
	b, err = db.ldb.Get(key, nil)
	if errors.Is(err, leveldb.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read store: %w", err)
	}
	return b, nil
}
