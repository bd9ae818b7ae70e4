package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/syndtr/goleveldb/leveldb"
)

// What stands beside a directory while, and after, it is salvaged.
const (
	beingSalvaged = ".salvaging" // the new database, until it is complete
	salvaged      = ".salvaged"  // and until the old one has made way
	setAside      = ".damaged-"  // a damaged one, with a number behind it
)

// maxAside bounds how many are kept: where there are so many, something is wrong
// that a salvage does not mend.
const maxAside = 8

// settle ends a salvage that was interrupted between two renames.
func settle(dir string) error {
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	err := os.Rename(dir+salvaged, dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// mend salvages what can be trusted of a damaged database into a new one, which
// takes its place. It does so once: what is damaged again at once is on a disk
// that nothing should be entrusted to.
func (db *DB) mend(cause error) error {
	if db.mended {
		return fmt.Errorf("%w, after it was salvaged just now: the disk is failing, name a directory on another one", cause)
	}
	db.mended = true
	db.shut()
	err := db.salvage(cause)
	if errors.Is(err, ErrNewer) {
		return err
	}
	if err != nil {
		return fmt.Errorf("%w; it cannot be salvaged, and stays as it is: %w", cause, err)
	}
	if err = db.files.Close(); err != nil {
		return err
	}
	return db.open()
}

func (db *DB) salvage(cause error) error {
	if n, size := sizeAside(db.dir + setAside); n >= maxAside {
		return fmt.Errorf("%d damaged databases are kept as %s already, %.1f MB: look after the disk, delete those that nobody needs, and start again", n, db.dir+setAside+"*", float64(size)/1e6)
	}
	s, err := newSurvey(db.files)
	if err != nil {
		return err
	}
	for _, leftover := range []string{db.dir + beingSalvaged, db.dir + salvaged} {
		if err := os.RemoveAll(leftover); err != nil {
			return err
		}
	}
	fresh, err := openWith(db.dir+beingSalvaged, db.setup)
	if err == nil {
		err = fresh.fill(s)
	}
	aside := freeName(db.dir + setAside)
	if err == nil {
		err = fresh.leaveWord(s.report(fresh.last, db.known, aside, cause))
	}
	if fresh != nil {
		err = errors.Join(err, fresh.Close())
	}
	if err != nil {
		os.RemoveAll(db.dir + beingSalvaged)
		return err
	}
	return replace(db.dir, aside)
}

// replace puts the new database in the place of the damaged one. Whoever opens
// the directory after any of these steps finds a whole database, see settle.
func replace(dir, aside string) error {
	if err := os.Rename(dir+beingSalvaged, dir+salvaged); err != nil {
		return err
	}
	if err := os.Rename(dir, aside); err != nil {
		return err
	}
	if err := os.Rename(dir+salvaged, dir); err != nil {
		return err
	}
	return syncDir(filepath.Dir(dir))
}

// fill writes the newest entries that a survey has found.
func (db *DB) fill(s *survey) (err error) {
	var changes []entry
	size := 0
	flush := func() error {
		full := changes
		changes, size = nil, 0
		return db.change(func() error { return db.commit(full) })
	}
	e := s.visit(func(key, value []byte, number uint64) {
		t, ok := s.newest[string(key)]
		if err != nil || !ok || t.number != number {
			return
		}
		delete(s.newest, string(key)) // it may stand in a second file too
		switch {
		case t.kind == live || t.kind == tombstone:
			changes = append(changes, entry{string(key[1+32:]), append([]byte(nil), value...)})
			size += len(key) + len(value)
		case t.kind == other && key[0] == metaPrefix:
			err = db.SetMeta(string(key[1:]), value)
		}
		if size >= db.buffer/2 {
			err = flush()
		}
	})
	if err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	return flush()
}

// leaveWord stores what is to be told of a salvage, until it is.
func (db *DB) leaveWord(damage string) error {
	return db.change(func() error {
		var batch leveldb.Batch
		batch.Put(damageKey, []byte(damage))
		return db.write(&batch, true)
	})
}

// word is what a salvage has left to be told.
func (db *DB) word() (string, error) {
	b, err := db.read(damageKey)
	return string(b), err
}

// tell gives what there is to be told, once.
func (db *DB) tell() (damage string) {
	damage, db.damage = db.damage, ""
	db.told = db.told || damage != ""
	return damage
}

// forget removes what was told.
func (db *DB) forget() error {
	if !db.told {
		return nil
	}
	db.told = false
	var batch leveldb.Batch
	batch.Delete(damageKey)
	return db.write(&batch, false)
}

// report is a line for the log.
func (s *survey) report(got, known note, aside string, cause error) string {
	want := s.expected(known)
	lost := "some may be missing or older than they were"
	switch {
	case want.commit != 0 && got.records == want.records && got.sum == want.sum:
		lost = "none is missing"
	case got.records < want.records:
		lost = fmt.Sprintf("%d or more are missing", want.records-got.records)
	}
	n, size := sizeAside(strings.TrimRight(aside, "0123456789"))
	return fmt.Sprintf("the store was damaged (%v): %d records are salvaged, %s; the other replicas are asked for what is. "+
		"The damaged database is kept as %s: delete it when nobody needs it (with those before it: %d, %.1f MB)",
		whatIsWrong(cause), got.records, lost, aside, n+1, float64(size+sizeOf(s.files.dir))/1e6)
}

// whatIsWrong says it without the word damaged, where that is clear.
func whatIsWrong(err error) string { return strings.TrimPrefix(err.Error(), ErrDamaged.Error()+": ") }

// freeName is the first name with a number behind it that is not taken.
func freeName(prefix string) string {
	for n := 1; ; n++ {
		name := prefix + strconv.Itoa(n)
		if _, err := os.Lstat(name); errors.Is(err, fs.ErrNotExist) {
			return name
		}
	}
}

// sizeAside counts the directories that were set aside before, and their bytes.
func sizeAside(prefix string) (n int, size int64) {
	dirs, _ := filepath.Glob(prefix + "[0-9]*")
	for _, dir := range dirs {
		size += sizeOf(dir)
	}
	return len(dirs), size
}

func sizeOf(dir string) (size int64) {
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		if info, err := e.Info(); err == nil {
			size += info.Size()
		}
	}
	return size
}
