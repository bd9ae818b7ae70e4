package store

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/syndtr/goleveldb/leveldb"
	"github.com/syndtr/goleveldb/leveldb/opt"
	"github.com/syndtr/goleveldb/leveldb/storage"

	"peal/node/replica"
)

// A fault is what a disk does wrong.
type fault int32

const (
	none      fault = iota
	full            // nothing is written
	half            // a half of it is
	unsynced        // all is, but it cannot be synced
	readOnly        // no file can be made or written
	tableless       // no table can be made: what is in the journal stays there
	faults
)

func (f fault) String() string {
	return []string{"none", "full", "half", "unsynced", "read-only", "tableless"}[f]
}

// A disk. What it does wrong can change at any time.
type disk struct {
	fault atomic.Int32

	mu    sync.Mutex
	files map[storage.FileDesc]*extent
}

// An extent is how much of a file is written, and how much of that is durable.
type extent struct{ written, durable int64 }

func (d *disk) now() fault  { return fault(d.fault.Load()) }
func (d *disk) be(is fault) { d.fault.Store(int32(is)) }

// wrap gives files on the disk.
func (d *disk) wrap(s storage.Storage) storage.Storage { return faulty{s, d} }

type faulty struct {
	storage.Storage
	disk *disk
}

func (f faulty) Create(fd storage.FileDesc) (storage.Writer, error) {
	if is := f.disk.now(); is == readOnly || is == tableless && fd.Type == storage.TypeTable {
		return nil, syscall.EROFS
	}
	w, err := f.Storage.Create(fd)
	return faultyWriter{w, f.disk, f.disk.extent(fd)}, err
}

// extent begins the one of a new file.
func (d *disk) extent(fd storage.FileDesc) *extent {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.files == nil {
		d.files = map[storage.FileDesc]*extent{}
	}
	d.files[fd] = &extent{}
	return d.files[fd]
}

type faultyWriter struct {
	storage.Writer
	disk *disk
	*extent
}

func (w faultyWriter) Write(p []byte) (n int, err error) {
	switch w.disk.now() {
	case full:
		return 0, syscall.ENOSPC
	case half:
		n, _ = w.Writer.Write(p[:len(p)/2])
		return n, syscall.ENOSPC
	case readOnly:
		return 0, syscall.EROFS
	}
	n, err = w.Writer.Write(p)
	w.disk.mu.Lock()
	defer w.disk.mu.Unlock()
	w.written += int64(n)
	return n, err
}

func (w faultyWriter) Sync() error {
	if is := w.disk.now(); is != none && is != tableless {
		return syscall.EIO
	}
	w.disk.mu.Lock()
	defer w.disk.mu.Unlock()
	w.durable = w.written
	return w.Writer.Sync()
}

// openFaulty opens a store on a disk that works so far.
func openFaulty(t *testing.T, dir string, buffer int) (*DB, *disk) {
	t.Helper()
	disk := &disk{}
	db, err := openWith(dir, setup{buffer: buffer, wrap: disk.wrap})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db, disk
}

// killed opens a copy of a store as if its peer had been killed now. No table may
// be on its way meanwhile.
func killed(t *testing.T, dir string) *DB {
	t.Helper()
	after := filepath.Join(scratch(t), "store")
	if err := os.CopyFS(after, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	db, damage := load(t, after)
	if damage != "" {
		t.Errorf("after a kill it says %q, want no damage", damage)
	}
	return db
}

// held gives all that a store holds.
func held(t *testing.T, db *DB) map[string]string {
	t.Helper()
	got := map[string]string{}
	if _, err := db.Each(func(it replica.Item) { got[it.Key] = "" }); err != nil {
		t.Fatal(err)
	}
	for key := range got {
		rec, _, err := db.Get(key)
		if err != nil {
			t.Error(err)
		}
		got[key] = string(rec.Value)
	}
	return got
}

func TestFailedWrites(t *testing.T) {
	for is := full; is <= readOnly; is++ {
		t.Run(is.String(), func(t *testing.T) {
			dir := filepath.Join(scratch(t), "store")
			db, disk := openFaulty(t, dir, small.buffer)
			old, lost, late := record("key", "old", 1), record("key", "lost", 2), record("late", "", 3)
			commit(t, db, []replica.Record{old})
			disk.be(is)
			for range 2 {
				if err := db.Commit([]replica.Record{lost, record("other", "lost", 2)}, nil); err == nil || !strings.Contains(err.Error(), "reads do meanwhile") {
					t.Errorf("%v, want an error that says what goes on", err)
				}
				wantRecord(t, db, old)
				wantNone(t, db, "other")
				if got := held(t, killed(t, dir)); len(got) != 1 {
					t.Errorf("killed now, it would hold %v; want the old record alone", got)
				}
			}
			if err := db.SetMeta("peers", nil); err == nil {
				t.Error("a note was stored")
			}
			disk.be(none)
			commit(t, db, []replica.Record{late})
			db.Close()
			db, damage := load(t, dir)
			wantRecord(t, db, old)
			wantRecord(t, db, late)
			if n := len(held(t, db)); damage != "" || n != 2 {
				t.Errorf("%d records, damage %q; want 2 and none", n, damage)
			}
		})
	}
}

// A store on a full disk can be opened and read.
func TestOpenOnAFullDisk(t *testing.T) {
	dir := filepath.Join(scratch(t), "store")
	h := lived(t, dir)
	disk := &disk{}
	disk.be(full)
	db, err := openWith(dir, setup{buffer: small.buffer, wrap: disk.wrap})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if got := len(held(t, db)); got != len(h.held) || !h.whole(t, db) {
		t.Errorf("it holds %d records, want %d", got, len(h.held))
	}
	if err := db.Commit(samples()[:1], nil); err == nil {
		t.Error("stored")
	}
	disk.be(none)
	commit(t, db, samples()[:1])
	if got := len(held(t, db)); got != len(h.held)+1 {
		t.Errorf("it holds %d records, want one more than %d", got, len(h.held))
	}
}

// A disk fails and recovers at random.
func TestFaultyDisk(t *testing.T) {
	compactionsFail(t)
	for seed := range uint64(6) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(seed, 0))
			dir := filepath.Join(scratch(t), "store")
			db, disk := openFaulty(t, dir, small.buffer)
			want, failed := map[string]string{}, 0
			for i := range uint64(150) {
				disk.be(max(none, fault(random.IntN(4*int(faults)))-3*faults))
				rec := record(fmt.Sprint("key ", random.IntN(40)), strings.Repeat(fmt.Sprint(i, " "), random.IntN(200)), i+1)
				if err := db.Commit([]replica.Record{rec, record("last", fmt.Sprint(i), i+1)}, nil); err != nil {
					failed++
				} else {
					want[rec.Key], want["last"] = string(rec.Value), fmt.Sprint(i)
				}
				if got := held(t, db); fmt.Sprint(got) != fmt.Sprint(want) {
					t.Fatalf("after write %d, which failed: %v, on a disk that is %v, it holds\n%.300v\nwant\n%.300v", i, failed, disk.now(), got, want)
				}
			}
			db.Close()
			db, damage := load(t, dir)
			if got := held(t, db); damage != "" || fmt.Sprint(got) != fmt.Sprint(want) || failed < 10 {
				t.Errorf("opened again, it holds %.300v after %d failures, damage %q; want %.300v", got, failed, damage, want)
			}
		})
	}
}

// Until a table is written there are two journals.
func TestTwoJournals(t *testing.T) {
	compactionsFail(t)
	dir := filepath.Join(scratch(t), "store")
	db, disk := openFaulty(t, dir, journalBlock*5/4)
	disk.be(tableless)
	n := 0
	for db.Commit([]replica.Record{record(fmt.Sprint("key ", n), strings.Repeat("v", 900), 1)}, nil) == nil {
		n++
	}
	if journals, _ := filepath.Glob(filepath.Join(dir, kinds["journal"])); len(journals) != 2 {
		t.Fatalf("%v after %d commits, want two journals", journals, n)
	}
	for _, db := range []*DB{db, killed(t, dir)} {
		if got := held(t, db); len(got) != n {
			t.Errorf("it holds %d records, want %d", len(got), n)
		}
	}
}

// Even if what a failed write left cannot be cut off, nobody reads it.
func TestFailedWriteThatStays(t *testing.T) {
	db, disk := openFaulty(t, filepath.Join(scratch(t), "store"), small.buffer)
	commit(t, db, []replica.Record{record("key", "old", 1)})
	disk.be(unsynced)
	db.files.truncate = func(string, int64) error { return syscall.EROFS }
	for range 2 {
		if err := db.Commit([]replica.Record{record("key", "lost", 2)}, nil); err == nil {
			t.Error("stored")
		}
		wantRecord(t, db, record("key", "old", 1))
		disk.be(none)
	}
	db.files.truncate = os.Truncate
	commit(t, db, []replica.Record{record("key", "new", 3)})
	wantRecord(t, db, record("key", "new", 3))
}

// A disk that says that it cut, but did not, is found out.
func TestFailedWriteThatComesBack(t *testing.T) {
	db, disk := openFaulty(t, filepath.Join(scratch(t), "store"), small.buffer)
	commit(t, db, []replica.Record{record("key", "old", 1)})
	disk.be(unsynced)
	db.files.truncate = func(string, int64) error { return nil }
	if err := db.Commit([]replica.Record{record("key", "lost", 2)}, nil); err == nil {
		t.Fatal("stored")
	}
	disk.be(none)
	for range 2 {
		if err := db.Commit([]replica.Record{record("key", "new", 3)}, nil); !corrupted(err) || !strings.Contains(err.Error(), "restart the peer") {
			t.Errorf("%v, want that only a restart helps", err)
		}
	}
}

// goleveldb would lose the second of these writes, which it acknowledges.
func TestGoleveldbReusesSequenceNumbers(t *testing.T) {
	dir := filepath.Join(scratch(t), "raw")
	s, err := storage.OpenFile(dir, false)
	if err != nil {
		t.Fatal(err)
	}
	disk := &disk{}
	raw, err := leveldb.Open(disk.wrap(s), nil)
	if err != nil {
		t.Fatal(err)
	}
	disk.be(unsynced)
	first := raw.Put([]byte("first"), nil, &opt.WriteOptions{Sync: true})
	disk.be(none)
	second := raw.Put([]byte("second"), nil, &opt.WriteOptions{Sync: true})
	if err := errors.Join(raw.Close(), s.Close()); err != nil || first == nil || second != nil {
		t.Fatalf("first %v, second %v, close %v; want only the first to fail", first, second, err)
	}
	raw, err = leveldb.OpenFile(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	if _, err := raw.Get([]byte("second"), nil); err == nil {
		t.Error("the second write is there: DB.write need not be so careful any more")
	}
}
