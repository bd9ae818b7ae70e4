package store

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/syndtr/goleveldb/leveldb"
	"github.com/syndtr/goleveldb/leveldb/storage"
	"github.com/syndtr/goleveldb/leveldb/util"

	"peal/node/replica"
)

// lose removes a file that a store cannot do without.
func lose(t *testing.T, dir string) {
	t.Helper()
	if err := os.Remove(filepath.Join(dir, "CURRENT")); err != nil {
		t.Fatal(err)
	}
}

func TestSalvageAgainAndAgain(t *testing.T) {
	dir := filepath.Join(scratch(t), "store")
	h := lived(t, dir)
	for n := 1; n <= maxAside; n++ {
		lose(t, dir)
		db, damage := load(t, dir)
		if !h.whole(t, db) {
			t.Fatal("it is not all there")
		}
		if b, err := db.Meta("peers"); string(b) != "known" || err != nil {
			t.Errorf("the known peers are %q, error %v", b, err)
		}
		aside := fmt.Sprint(dir, setAside, n)
		for _, want := range []string{fmt.Sprintf("%d records are salvaged, none is missing", len(h.held)), "kept as " + aside + ":", fmt.Sprintf("with those before it: %d, 0.", n)} {
			if !strings.Contains(damage, want) || strings.Contains(damage, "\n") {
				t.Errorf("it says %q, want %q", damage, want)
			}
		}
		if _, err := os.Stat(filepath.Join(aside, witnessName)); err != nil {
			t.Error(err)
		}
		db.Close()
	}
	lose(t, dir)
	_, err := openWith(dir, small)
	if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("%d damaged databases are kept as %s%s* already", maxAside, dir, setAside)) {
		t.Errorf("%v, want no end of them", err)
	}
}

// What was left to be told may be damaged as well.
func TestSalvageOfASalvaged(t *testing.T) {
	dir := filepath.Join(scratch(t), "store")
	h := lived(t, dir)
	lose(t, dir)
	db, err := openWith(dir, small)
	if err != nil {
		t.Fatal(err)
	}
	commit(t, db, []replica.Record{record("large", strings.Repeat("v", 2*small.buffer), 1)}) // makes a table
	db.Close()
	tables, _ := filepath.Glob(filepath.Join(dir, kinds["table"]))
	for _, table := range tables {
		inflict(t, table, wound{do: func(b []byte) []byte {
			b[0] ^= 1
			return b
		}})
	}
	db, damage := load(t, dir)
	if h.whole(t, db) || !strings.Contains(damage, "or more are missing") {
		t.Errorf("of %d damaged tables it says %q", len(tables), damage)
	}
}

// Between the renames of a salvage the directory is missing for a moment.
func TestInterruptedSalvage(t *testing.T) {
	dir := filepath.Join(scratch(t), "store")
	h := lived(t, dir)
	lose(t, dir)
	if err := os.CopyFS(dir+beingSalvaged, os.DirFS(dir)); err != nil { // from an earlier attempt
		t.Fatal(err)
	}
	db, err := openWith(dir, small)
	if err != nil {
		t.Fatal(err)
	}
	db.Close()
	if err := os.Rename(dir, dir+salvaged); err != nil {
		t.Fatal(err)
	}
	db, damage := load(t, dir)
	if !h.whole(t, db) || !strings.Contains(damage, "none is missing") {
		t.Errorf("it says %q, and what was not told before the interruption has to be", damage)
	}
	commit(t, db, nil)
	db.Close()
	if _, damage := load(t, dir); damage != "" {
		t.Errorf("it says %q once more", damage)
	}
}

func TestNothingButTheWitnessIsLeft(t *testing.T) {
	dir := filepath.Join(scratch(t), "store")
	h := lived(t, dir)
	names, _ := filepath.Glob(filepath.Join(dir, "*"))
	for _, name := range names {
		if filepath.Base(name) != witnessName {
			os.Remove(name)
		}
	}
	db, damage := load(t, dir)
	want := fmt.Sprintf("0 records are salvaged, %d or more are missing", len(h.held))
	if len(held(t, db)) != 0 || !strings.Contains(damage, want) {
		t.Errorf("it says %q, want %q", damage, want)
	}
}

// Where there is no room to salvage, the damaged database stays as it is.
func TestSalvageWithoutRoom(t *testing.T) {
	dir := filepath.Join(scratch(t), "store")
	h := lived(t, dir)
	lose(t, dir)
	disk := &disk{}
	disk.be(full)
	_, err := openWith(dir, setup{buffer: small.buffer, wrap: disk.wrap})
	if err == nil || !strings.Contains(err.Error(), "stays as it is") || !strings.Contains(err.Error(), syscall.ENOSPC.Error()) {
		t.Errorf("%v, want that there is no room", err)
	}
	if left, _ := filepath.Glob(dir + ".*"); len(left) > 0 {
		t.Errorf("it left %v", left)
	}
	db, _ := load(t, dir)
	if !h.whole(t, db) {
		t.Error("something was lost")
	}
}

// A hoarder never removes the first table.
type hoarder struct {
	storage.Storage
	first storage.FileDesc
}

func (h *hoarder) Create(fd storage.FileDesc) (storage.Writer, error) {
	if fd.Type == storage.TypeTable && h.first.Zero() {
		h.first = fd
	}
	return h.Storage.Create(fd)
}

func (h *hoarder) Remove(fd storage.FileDesc) error {
	if fd == h.first {
		return nil
	}
	return h.Storage.Remove(fd)
}

// A table that was replaced holds what was dropped since, and nothing else tells of that.
func TestSalvagePassesOverReplacedTables(t *testing.T) {
	dir := filepath.Join(scratch(t), "store")
	db, err := openWith(dir, setup{buffer: small.buffer, wrap: func(s storage.Storage) storage.Storage { return &hoarder{Storage: s} }})
	if err != nil {
		t.Fatal(err)
	}
	dropped, kept := record("dropped", "v", 1), record("kept", "v", 2)
	commit(t, db, []replica.Record{dropped, kept})
	compact := func() {
		if err := db.ldb.CompactRange(util.Range{}); err != nil {
			t.Fatal(err)
		}
	}
	compact()
	commit(t, db, nil, item(dropped))
	compact()
	db.Close()
	if tables, _ := filepath.Glob(filepath.Join(dir, kinds["table"])); len(tables) < 2 {
		t.Fatalf("only %v are left", tables)
	}
	lose(t, dir)
	db, damage := load(t, dir)
	if _, ok, err := db.Get(dropped.Key); ok || err != nil {
		t.Errorf("what was dropped is back, error %v", err)
	}
	wantRecord(t, db, kept)
	if !strings.Contains(damage, "none is missing") {
		t.Errorf("it says %q", damage)
	}
}

// A database that an earlier Peal wrote, without notes, is taken as it is.
func TestDatabaseWithoutNotes(t *testing.T) {
	dir := filepath.Join(scratch(t), "store")
	raw, err := leveldb.OpenFile(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, rec := range samples()[:3] {
		b, _ := encodeRecord(rec)
		if err := raw.Put(recordKey(rec.Key), b, nil); err != nil {
			t.Fatal(err)
		}
	}
	raw.Close()
	db, damage := load(t, dir)
	for _, rec := range samples()[:3] {
		wantRecord(t, db, rec)
	}
	db.Close()
	if v, err := Check(dir); err != nil || damage != "" || v.Schema != Schema || v.Records != 3 {
		t.Errorf("%+v, error %v, damage %q; want 3 records of this schema", v, err, damage)
	}
}

// A table that breaks while it is in use fails reads of its records, and writes
// once goleveldb has to go through it; nothing panics.
func TestDamageWhileRunning(t *testing.T) {
	compactionsFail(t)
	dir := filepath.Join(scratch(t), "store")
	h := lived(t, dir)
	db, _ := load(t, dir)
	if err := db.ldb.CompactRange(util.Range{}); err != nil { // so that no table goes below
		t.Fatal(err)
	}
	db.Close()
	db, _ = load(t, dir)
	tables, _ := filepath.Glob(filepath.Join(dir, kinds["table"]))
	for _, table := range tables {
		inflict(t, table, wound{do: func(b []byte) []byte {
			for at := range b {
				b[at] ^= 0x10
			}
			return b
		}})
	}
	failed := 0
	for key := range h.held {
		if _, _, err := db.Get(key); err != nil {
			failed++
			if !corrupted(err) {
				t.Errorf("get %q: %v, want that it is damaged", key, err)
			}
		}
	}
	if failed == 0 {
		t.Error("every record can be read")
	}
	var refused error
	for i := uint64(0); refused == nil && i < 300; i++ {
		refused = db.Commit([]replica.Record{record(fmt.Sprint("more ", i), strings.Repeat("v", 900), i)}, nil)
	}
	if !corrupted(refused) || !strings.Contains(refused.Error(), "restart the peer") {
		t.Errorf("%v, want that a restart salvages", refused)
	}
	db.Close()
	if _, damage := load(t, dir); damage == "" {
		t.Error("after a restart it says nothing")
	}
}
