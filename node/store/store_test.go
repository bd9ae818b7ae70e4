package store

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/syndtr/goleveldb/leveldb"
	"github.com/syndtr/goleveldb/leveldb/opt"
	"github.com/syndtr/goleveldb/leveldb/util"

	"peal/chord"
	"peal/node/replica"
)

// A keeper is what both stores are.
type keeper interface {
	replica.Reader
	Each(func(replica.Item)) (string, error)
	Commit([]replica.Record, []replica.Item) error
	Meta(string) ([]byte, error)
	SetMeta(string, []byte) error
	Close() error
}

func open(t testing.TB, dir string) *DB {
	t.Helper()
	db, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// forBoth runs a test with each kind of store.
func forBoth(t *testing.T, test func(t *testing.T, s keeper)) {
	t.Run("memory", func(t *testing.T) { test(t, Memory()) })
	t.Run("disk", func(t *testing.T) { test(t, open(t, t.TempDir())) })
}

func record(key, value string, wall uint64) replica.Record {
	rec := replica.Record{Key: key, Version: replica.Version{Stamp: replica.Stamp{Wall: wall, Count: 3, Writer: "\x00\xffwriter"}}}
	if value != "" {
		rec.Value = []byte(value)
	}
	return rec
}

func item(rec replica.Record) replica.Item {
	return replica.Item{Key: rec.Key, Version: rec.Version, Size: len(rec.Value), Deleted: rec.Deleted}
}

func commit(t *testing.T, s keeper, writes []replica.Record, drops ...replica.Item) {
	t.Helper()
	if err := s.Commit(writes, drops); err != nil {
		t.Fatal(err)
	}
}

func wantRecord(t *testing.T, s keeper, want replica.Record) {
	t.Helper()
	got, ok, err := s.Get(want.Key)
	if err != nil || !ok || !reflect.DeepEqual(got, want) {
		t.Errorf("get %q: %v, found %v, error %v; want %v", want.Key, got, ok, err, want)
	}
}

func wantNone(t *testing.T, s keeper, key string) {
	t.Helper()
	if got, ok, err := s.Get(key); ok || err != nil {
		t.Errorf("get %q: %v, found %v, error %v; want none", key, got, ok, err)
	}
}

func samples() []replica.Record {
	tombstone := record("deleted", "", 4)
	tombstone.Deleted = true
	return []replica.Record{
		record("key", "value", 1),
		record("empty value", "", 2),
		record("\x00", "\x00", 3),
		record("\xff\xfe/../a//b", "\xff\x00\xff", 1<<63),
		record(strings.Repeat("k", replica.MaxKeyLen), strings.Repeat("v", replica.MaxValueLen), 5),
		tombstone,
		{Key: "manifest", Value: []byte("m"), Version: tombstone.Version, Total: 1<<64 - 1},
		{Key: "touched", Value: make([]byte, 1000), Version: replica.Version{Stamp: replica.Stamp{Writer: "w"}, Touched: tombstone.Version.Stamp}, Expires: 6},
	}
}

func TestRoundTrip(t *testing.T) {
	forBoth(t, func(t *testing.T, s keeper) {
		commit(t, s, samples())
		for _, want := range samples() {
			wantRecord(t, s, want)
		}
		wantNone(t, s, "missing")
		var got, want []replica.Item
		for _, rec := range samples() {
			want = append(want, rec.Item())
		}
		damage, err := s.Each(func(it replica.Item) { got = append(got, it) })
		byKey := func(a, b replica.Item) int { return strings.Compare(a.Key, b.Key) }
		slices.SortFunc(got, byKey)
		slices.SortFunc(want, byKey)
		if damage != "" || err != nil || !slices.Equal(got, want) {
			t.Errorf("%v, damage %q, error %v; want %v", got, damage, err, want)
		}
	})
}

func TestCommit(t *testing.T) {
	first, second := record("key", "first", 1), record("key", "second", 2)
	other := record("other", "value", 1)
	for _, c := range []struct {
		name          string
		before, after []replica.Record
		drops         []replica.Item
		want          *replica.Record
	}{
		{"a write replaces", []replica.Record{first}, []replica.Record{second}, nil, &second},
		{"a drop deletes", []replica.Record{first}, nil, []replica.Item{item(first)}, nil},
		{"a drop of what is not there", nil, nil, []replica.Item{item(first)}, nil},
		{"written and dropped at once", nil, []replica.Record{first}, []replica.Item{item(first)}, nil},
		{"a drop of a version that is not the one held", []replica.Record{second}, nil, []replica.Item{item(first)}, nil},
		{"nothing", []replica.Record{first}, nil, nil, &first},
	} {
		forBoth(t, func(t *testing.T, s keeper) {
			commit(t, s, append(c.before, other))
			commit(t, s, c.after, c.drops...)
			wantRecord(t, s, other)
			if c.want == nil {
				wantNone(t, s, "key")
			} else {
				wantRecord(t, s, *c.want)
			}
			if t.Failed() {
				t.Logf("in the case of %s", c.name)
			}
		})
	}
}

func TestMeta(t *testing.T) {
	forBoth(t, func(t *testing.T, s keeper) {
		if got, err := s.Meta("peers"); got != nil || err != nil {
			t.Errorf("a missing note is %q, error %v; want nil", got, err)
		}
		for _, want := range []string{"first", "second"} {
			if err := s.SetMeta("peers", []byte(want)); err != nil {
				t.Fatal(err)
			}
			if got, err := s.Meta("peers"); string(got) != want || err != nil {
				t.Errorf("note %q, error %v; want %q", got, err, want)
			}
		}
		if damage, err := s.Each(func(replica.Item) { t.Error("a note counts as a record") }); damage != "" || err != nil {
			t.Errorf("damage %q, error %v; want none", damage, err)
		}
	})
}

func TestReopen(t *testing.T) {
	dir := t.TempDir()
	db := open(t, dir)
	commit(t, db, samples())
	if err := db.SetMeta("note", []byte("kept")); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	db = open(t, dir)
	for _, want := range samples() {
		wantRecord(t, db, want)
	}
	if got, _ := db.Meta("note"); string(got) != "kept" {
		t.Errorf("note %q, want it kept", got)
	}
}

func TestEachGoesByPosition(t *testing.T) {
	db := open(t, t.TempDir())
	for i := range 100 {
		commit(t, db, []replica.Record{record(string(rune('a'+i)), "", 1)})
	}
	var got []chord.ID
	if _, err := db.Each(func(it replica.Item) { got = append(got, chord.KeyID([]byte(it.Key))) }); err != nil {
		t.Fatal(err)
	}
	if !slices.IsSortedFunc(got, chord.ID.Compare) || len(got) != 100 {
		t.Errorf("%d records, by position: %v; want 100 in order", len(got), slices.IsSortedFunc(got, chord.ID.Compare))
	}
}

func TestOpenTwice(t *testing.T) {
	dir := t.TempDir()
	db := open(t, dir)
	if _, err := Open(dir); !errors.Is(err, ErrInUse) || !strings.Contains(err.Error(), "name another directory") {
		t.Errorf("the second open: %v, want ErrInUse and advice", err)
	}
	db.Close()
	open(t, dir)
}

func TestOpenWhereAFileStands(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{file, filepath.Join(file, "below")} {
		if db, err := Open(dir); err == nil {
			db.Close()
			t.Errorf("%s opened, though a file is in the way", dir)
		} else if !strings.Contains(err.Error(), file) || !strings.Contains(err.Error(), "name another directory") {
			t.Errorf("%v: want the path, and what to do", err)
		}
	}
	if got, _ := os.ReadFile(file); string(got) != "mine" {
		t.Errorf("the file has %q now", got)
	}
}

func TestOpenWithoutPermission(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("the superuser may write anywhere")
	}
	dir := filepath.Join(t.TempDir(), "locked")
	if err := os.Mkdir(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{dir, filepath.Join(dir, "below")} {
		if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), "not writable") {
			t.Errorf("%v, want that it is not writable", err)
		}
	}
}

// damage flips one bit of every copy of a record in the database.
func damage(t *testing.T, db *DB, key string, bit int) {
	t.Helper()
	b, err := db.ldb.Get(recordKey(key), nil)
	if err != nil {
		t.Fatal(err)
	}
	b[bit/8%len(b)] ^= 1 << (bit % 8)
	if err := db.ldb.Put(recordKey(key), b, nil); err != nil {
		t.Fatal(err)
	}
}

func TestDamagedRecordsAreReported(t *testing.T) {
	db := open(t, t.TempDir())
	good, bad := record("good", "value", 1), record("bad", "value", 1)
	commit(t, db, []replica.Record{good, bad})
	encoded, _ := encodeRecord(bad)
	for bit := range 8 * len(encoded) {
		damage(t, db, "bad", bit)
		if rec, ok, err := db.Get("bad"); ok || !errors.Is(err, ErrDamaged) {
			t.Fatalf("bit %d flipped: %v, found %v, error %v; want ErrDamaged", bit, rec, ok, err)
		}
		damage(t, db, "bad", bit)
	}
}

// A record under another key's position is damage too.
func TestMisplacedRecords(t *testing.T) {
	db := open(t, t.TempDir())
	b, err := encodeRecord(record("key", "value", 1))
	if err != nil {
		t.Fatal(err)
	}
	if err := db.ldb.Put(recordKey("another"), b, nil); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := db.Get("another"); ok || !errors.Is(err, ErrDamaged) {
		t.Errorf("found %v, error %v; want ErrDamaged", ok, err)
	}
}

// Records of an arc lie next to each other.
func TestAnArcIsARangeOfKeys(t *testing.T) {
	db := open(t, t.TempDir())
	commit(t, db, samples())
	it := db.ldb.NewIterator(util.BytesPrefix([]byte{recordPrefix}), nil)
	defer it.Release()
	for it.Next() {
		rec, err := decodeRecord(it.Value())
		if pos := chord.KeyID([]byte(rec.Key)); err != nil || !bytes.HasPrefix(it.Key()[1:], pos[:]) {
			t.Errorf("%q stands under %x, error %v; want its position %v", rec.Key, it.Key()[:5], err, pos)
		}
	}
}

func TestClosedStoreRefuses(t *testing.T) {
	db := open(t, t.TempDir())
	db.Close()
	if err := db.Commit([]replica.Record{record("key", "value", 1)}, nil); !errors.Is(err, leveldb.ErrClosed) {
		t.Errorf("commit: %v, want an error", err)
	}
	if _, _, err := db.Get("key"); err == nil {
		t.Error("get: no error")
	}
}

func FuzzDecodeRecord(f *testing.F) {
	for _, rec := range samples()[:4] {
		b, err := encodeRecord(rec)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
		f.Add(b[4:])
	}
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, b := range [][]byte{b, seal(b)} { // with the right checksum, what is behind it decides
			if rec, ok := decodeBoth(t, b); ok {
				again, err := encodeRecord(rec)
				if err != nil {
					t.Fatal(err)
				}
				if got, ok := decodeBoth(t, again); !ok || !reflect.DeepEqual(got, rec) {
					t.Errorf("%v became %v", rec, got)
				}
			}
		}
	})
}

// decodeBoth decodes a record and, beside it, its item, which takes no more than a record
// and has the same of it.
func decodeBoth(t *testing.T, b []byte) (rec replica.Record, ok bool) {
	t.Helper()
	rec, err := decodeRecord(b)
	it, itemErr := decodeItem(b)
	if itemErr == nil && (err != nil || it != rec.Item()) {
		t.Errorf("the item of %v, error %v, is %v", rec, err, it)
	}
	for _, err := range []error{err, itemErr} {
		if err != nil && !errors.Is(err, ErrDamaged) {
			t.Errorf("error %v, want ErrDamaged", err)
		}
	}
	return rec, itemErr == nil
}

// Beside each commit a bare goleveldb is given the same records, to see what the
// notes and the witness cost.
func BenchmarkCommit(b *testing.B) {
	for _, size := range []int{1, 64} {
		b.Run(fmt.Sprint(size, " records"), func(b *testing.B) {
			db := open(b, filepath.Join(b.TempDir(), "store"))
			bare := open(b, filepath.Join(b.TempDir(), "bare"))
			var with, without time.Duration
			n := uint64(0)
			for b.Loop() {
				records := make([]replica.Record, size)
				for i := range records {
					n++
					records[i] = record(fmt.Sprint("key ", n%20000), strings.Repeat("v", 1024), n)
				}
				start := time.Now()
				commitBare(b, bare, records)
				middle := time.Now()
				if err := db.Commit(records, nil); err != nil {
					b.Fatal(err)
				}
				without, with = without+middle.Sub(start), with+time.Since(middle)
			}
			b.ReportMetric(float64(b.N)/with.Seconds(), "commits/s")
			b.ReportMetric(float64(b.N)/without.Seconds(), "bare/s")
			b.ReportMetric(float64(without)/float64(with), "ratio")
		})
	}
}

func commitBare(b *testing.B, db *DB, records []replica.Record) {
	var batch leveldb.Batch
	for _, rec := range records {
		encoded, err := encodeRecord(rec)
		if err != nil {
			b.Fatal(err)
		}
		batch.Put(recordKey(rec.Key), encoded)
	}
	if err := db.ldb.Write(&batch, &opt.WriteOptions{Sync: true}); err != nil {
		b.Fatal(err)
	}
}
