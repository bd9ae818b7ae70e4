package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/syndtr/goleveldb/leveldb/storage"

	"peal/node/replica"
)

// A Verdict is what [Check] found.
type Verdict struct {
	Dir        string   `json:"dir"`
	Schema     int      `json:"schema"`              // 0 if the database is older than schemas
	Records    int      `json:"records"`             // that can be read, tombstones among them
	Tombstones int      `json:"tombstones"`          // records of deleted keys
	Missing    int      `json:"missing"`             // records at least
	Damage     string   `json:"damage,omitempty"`    // what is wrong; empty if nothing is
	Unseen     bool     `json:"unseen,omitempty"`    // the file WITNESS is missing or damaged: if the last commits were lost, nothing shows it
	Files      []string `json:"files,omitempty"`     // in which something is unreadable
	SetAside   []string `json:"set_aside,omitempty"` // databases that were damaged before
}

// Check verifies the database in a directory without changing anything. It
// fails if there is none, if a peer has it open, or if a newer Peal has written
// it; damage is no failure, but part of the verdict.
func Check(dir string) (Verdict, error) {
	v := Verdict{Dir: dir}
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return v, errNone(dir)
	}
	lock := filepath.Join(dir, "LOCK")
	_, unlocked := os.Stat(lock)
	s, err := storage.OpenFile(dir, true)
	if err != nil {
		return v, openError(dir, err)
	}
	defer s.Close()
	if errors.Is(unlocked, fs.ErrNotExist) {
		defer os.Remove(lock) // that goleveldb made, while no peer that starts can hold it
	}
	v.SetAside, _ = filepath.Glob(dir + setAside + "[0-9]*")
	db := &DB{dir: dir, files: &files{Storage: s, dir: dir}}
	defer db.shut()
	return v, v.examine(db)
}

func errNone(dir string) error {
	return fmt.Errorf("there is no store %s: name the data directory of a peer, as in 'peal start --data DIR'", dir)
}

func (v *Verdict) examine(db *DB) error {
	known, err := testimony(db.dir)
	if err != nil {
		return err
	}
	last, err := v.count(db, known)
	if errors.Is(err, fs.ErrNotExist) && known.commit == 0 {
		return errNone(db.dir)
	}
	if last.commit > 0 {
		v.Schema, v.Unseen = Schema, known.commit == 0
	}
	if !unreadable(err) {
		return err
	}
	v.Damage = whatIsWrong(err)
	return v.assess(db.files, known)
}

// count reads a database as a peer would that starts.
func (v *Verdict) count(db *DB, known note) (last note, err error) {
	if err := db.swap(false); err != nil {
		return note{}, err
	}
	t := newTally()
	last, err = db.scan(func(it replica.Item, m mark) {
		t.set(m)
		v.Records++
		if it.Deleted {
			v.Tombstones++
		}
	})
	if err == nil {
		err = judge(last, t.note(last.commit), known)
	}
	return last, err
}

// assess says what could be salvaged of a damaged database.
func (v *Verdict) assess(files *files, known note) error {
	s, err := newSurvey(files)
	if err != nil {
		return err
	}
	want := s.expected(known)
	if want.commit > 0 {
		v.Schema = Schema
	}
	v.Tombstones = s.count(tombstone)
	v.Records = s.count(live) + v.Tombstones
	v.Missing = max(0, int(want.records)-v.Records)
	v.Files = s.damaged
	return nil
}
