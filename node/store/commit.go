package store

import (
	"errors"
	"fmt"
	"syscall"

	"github.com/syndtr/goleveldb/leveldb"
	"github.com/syndtr/goleveldb/leveldb/opt"

	"peal/chord"
	"peal/node/replica"
)

// An entry is the encoded record of a key, or nil for none any more.
type entry struct {
	key   string
	value []byte
}

// change runs a function that writes, on a database that is open to write.
func (db *DB) change(f func() error) error {
	db.writing.Lock()
	defer db.writing.Unlock()
	err := db.ready()
	if err == nil {
		err = f()
	}
	if err != nil {
		return fmt.Errorf("write store: %w", err)
	}
	return nil
}

// ready opens the database to write: the first time once it is verified, and
// again after a write that failed.
func (db *DB) ready() error {
	if db.closed {
		return leveldb.ErrClosed
	}
	for !db.verified {
		if err := db.verify(func(replica.Item) {}); err != nil {
			return err
		}
	}
	if db.writable {
		return nil
	}
	return db.reopen()
}

// reopen opens the database to write, if the disk lets it.
func (db *DB) reopen() error {
	if db.broken {
		return db.refusal
	}
	if db.refusal = db.begin(); db.refusal != nil {
		db.refusal = writeError(db.refusal)
		return db.refusal
	}
	db.writable = true
	if db.last.commit == 0 {
		return db.commit(nil)
	}
	return db.forget()
}

// begin opens it, and sees that it is what we think it is.
func (db *DB) begin() error {
	if db.refusal != nil {
		if err := db.files.room(2 * db.buffer); err != nil {
			return err
		}
	}
	if err := db.swap(true); err != nil {
		return err
	}
	db.files.acknowledge()
	if got, err := db.noted(); err != nil || got != db.last {
		db.broken = true
		return errors.Join(fmt.Errorf("%w: commit %d is there in place of %d", ErrDamaged, got.commit, db.last.commit), err)
	}
	if db.witness != nil {
		return nil
	}
	var err error
	db.witness, err = summon(db.dir, db.last)
	return err
}

// noted reads the last commit's note.
func (db *DB) noted() (note, error) {
	b, err := db.read(noteKey)
	if err != nil || b == nil {
		return note{}, err
	}
	return decodeNote(b)
}

// commit stores changes of records and the note that goes with them.
func (db *DB) commit(changes []entry) error {
	batch := leveldb.MakeBatch(batchSize(changes))
	before := make([]mark, 0, len(changes))
	for _, c := range changes {
		m := mark{pos: chord.KeyID([]byte(c.key))}
		if c.value == nil {
			batch.Delete(keyAt(m.pos, c.key))
		} else {
			batch.Put(keyAt(m.pos, c.key), c.value)
			m.crc, m.held = checksum(c.value), true
		}
		before = append(before, db.tally.set(m))
	}
	next := db.tally.note(db.last.commit + 1)
	batch.Put(noteKey, next.encode())
	if err := db.write(batch, true); err != nil {
		db.tally.undo(before)
		return err
	}
	db.last = next
	db.witness.tell(next) // one that cannot be told knows less, which does no harm
	return nil
}

// batchSize is about what a batch takes, so that it need not grow.
func batchSize(changes []entry) int {
	size := 2 * noteLen
	for _, c := range changes {
		size += len(c.key) + len(c.value) + 64
	}
	return size
}

// write hands a batch to goleveldb. Where that fails, parts of the batch may be
// in the journal, goleveldb's writer may be of no more use, and, worst of all,
// the next batch would get the same sequence numbers and be passed over when the
// journal is read again: so from then on the database is open to read only, with
// the journal cut, until it is opened anew.
func (db *DB) write(batch *leveldb.Batch, sync bool) error {
	err := db.hand(batch, sync)
	if err == nil {
		db.files.acknowledge()
		return nil
	}
	db.writable, db.broken = false, corrupted(err)
	db.refusal = writeError(err)
	if !db.broken {
		db.files.ended = true
		db.swap(false) // if not even that can be, reads say so
	}
	return db.refusal
}

func (db *DB) hand(batch *leveldb.Batch, sync bool) (err error) {
	defer db.contain(&err)
	return db.ldb.Write(batch, &opt.WriteOptions{Sync: sync})
}

// writeError says what to do about a disk that refuses writes.
func writeError(err error) error {
	switch {
	case corrupted(err):
		return fmt.Errorf("%w: restart the peer, which salvages what it can", err)
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fmt.Errorf("%w: make room on the disk, and writes go on; reads do meanwhile", err)
	}
	return fmt.Errorf("%w: once the disk takes writes again, they go on; reads do meanwhile", err)
}
