package store

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/syndtr/goleveldb/leveldb"
	"github.com/syndtr/goleveldb/leveldb/opt"

	"peal/chord"
	"peal/node/replica"
)

// Each calls f with every record's item, in the order of positions. The first Each
// verifies the database on the way: every record by its checksum, all of them
// together by the last commit's note, and that by the witness.
//
// A database that turns out to be damaged is set aside, and what can be trusted
// is salvaged into a new one. Each then says so, in a line for the log: what f
// was told is void, and Each must be called again.
func (db *DB) Each(f func(replica.Item)) (damage string, err error) {
	db.writing.Lock()
	defer db.writing.Unlock()
	if db.closed {
		return "", leveldb.ErrClosed
	}
	switch {
	case db.damage != "":
	case db.verified:
		_, err = db.scan(func(it replica.Item, _ mark) { f(it) })
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
func (db *DB) verify(f func(replica.Item)) error {
	t := newTally()
	last, err := db.scan(func(it replica.Item, m mark) {
		t.set(m)
		f(it)
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

// scan reads the whole database, calls f with every record's item and mark, and
// gives the last commit's note. It stops where something is damaged.
func (db *DB) scan(f func(replica.Item, mark)) (last note, err error) {
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
			var rec replica.Item
			var pos chord.ID
			if rec, pos, err = storedItem(it.Key(), it.Value()); err == nil {
				f(rec, mark{pos, checksum(it.Value()), true})
			}
		}
		if err != nil {
			return last, err
		}
	}
	return last, it.Error()
}

// storedItem decodes the item of a record, which must stand where it belongs, and
// gives its position.
func storedItem(key, value []byte) (replica.Item, chord.ID, error) {
	it, err := decodeItem(value)
	pos := chord.KeyID([]byte(it.Key))
	if err == nil && !bytes.Equal(key, keyAt(pos, it.Key)) {
		err = fmt.Errorf("%w: another key's record stands in its place", ErrDamaged)
	}
	if err != nil {
		err = fmt.Errorf("record at %x: %w", key[1:min(len(key), 9)], err)
	}
	return it, pos, err
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
