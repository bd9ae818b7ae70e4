package store

import (
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/syndtr/goleveldb/leveldb"

	"peal/chord"
)

func sampleNote() note { return note{commit: 7, records: 3, sum: sum{1, 1<<64 - 1}} }

func TestJudge(t *testing.T) {
	n, none := sampleNote(), note{}
	later, other := n, n
	later.commit++
	other.sum = sum{2, 2}
	found := other
	for _, c := range []struct {
		name               string
		last, found, known note
		damaged            bool
	}{
		{"all agree", n, n, n, false},
		{"the witness lags behind", later, later, n, false},
		{"the witness knows nothing", n, n, none, false},
		{"new, or without notes", none, note{records: 3}, none, false},
		{"the end is lost", n, n, later, true},
		{"everything is lost", none, none, n, true},
		{"the same commit is another", n, n, other, true},
		{"a record is another", n, found, n, true},
	} {
		if err := judge(c.last, c.found, c.known); errors.Is(err, ErrDamaged) != c.damaged {
			t.Errorf("%s: %v, want damage: %v", c.name, err, c.damaged)
		}
	}
}

// newer is a note as a later schema may have it.
func newer() []byte {
	return seal(append(binary.BigEndian.AppendUint32(nil, Schema+1), "whatever"...))
}

func TestSums(t *testing.T) {
	pos := chord.KeyID([]byte("key"))
	a, b := fingerprint(pos, 1), fingerprint(pos, 2)
	if got := a.plus(b).minus(a); got != b || a == b {
		t.Errorf("%v, want %v", got, b)
	}
	top := sum{1<<64 - 1, 1<<64 - 1}
	if got := top.plus(sum{0, 1}); got != (sum{}) || got.minus(sum{0, 1}) != top {
		t.Errorf("one more than %v is %v", top, got)
	}
}

// A newer schema is refused, whether the note or the witness tells of it, and
// nothing is changed.
func TestNewerSchema(t *testing.T) {
	dir := filepath.Join(scratch(t), "store")
	db := open(t, dir)
	commit(t, db, samples()[:2])
	if err := db.write(put(noteKey, newer()), true); err != nil {
		t.Fatal(err)
	}
	db.Close()
	refused := func(err error) {
		t.Helper()
		if !errors.Is(err, ErrNewer) || !strings.Contains(err.Error(), "written by a newer Peal") || strings.Contains(err.Error(), "salvage") {
			t.Errorf("%v, want that a newer Peal has written it", err)
		}
	}
	db = open(t, dir)
	_, err := db.Each(nil)
	refused(err)
	refused(db.Commit(samples(), nil))
	db.Close()
	_, err = Check(dir)
	refused(err)
	lose(t, dir)
	_, err = Open(dir)
	refused(err)
	if err := os.WriteFile(filepath.Join(dir, witnessName), newer(), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = Open(dir)
	refused(err)
	if asides, _ := filepath.Glob(dir + ".*"); len(asides) > 0 {
		t.Errorf("it was touched: %v", asides)
	}
}

func put(key, value []byte) *leveldb.Batch {
	var batch leveldb.Batch
	batch.Put(key, value)
	return &batch
}

func FuzzDecodeNote(f *testing.F) {
	for _, b := range [][]byte{sampleNote().encode(), newer(), nil, seal(nil), seal([]byte{0, 0, 0, 1})} {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := decodeNote(b)
		if err == nil && string(got.encode()) != string(b) {
			t.Errorf("%x became %x", b, got.encode())
		}
		if err != nil && !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrNewer) {
			t.Errorf("error %v, want ErrDamaged or ErrNewer", err)
		}
		// With the right checksum, what is behind it decides.
		if got, err := decodeNote(seal(b)); err == nil && string(got.encode()) != string(seal(b)) {
			t.Errorf("sealed %x became %x", b, got.encode())
		}
	})
}

func FuzzWitness(f *testing.F) {
	for _, b := range [][]byte{sampleNote().encode(), newer(), nil, make([]byte, noteLen)} {
		f.Add(b)
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, b []byte) {
		if err := os.WriteFile(filepath.Join(dir, witnessName), b, 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := testimony(dir)
		want, wantErr := decodeNote(b)
		if got != want || (err != nil) != errors.Is(wantErr, ErrNewer) {
			t.Errorf("%x: %v, error %v; want %v, and an error only if it is newer", b, got, err, want)
		}
	})
}
