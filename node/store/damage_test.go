package store

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/syndtr/goleveldb/leveldb/storage"

	"peal/node/replica"
)

// small makes tables after a few commits.
var small = setup{buffer: 8 << 10, wrap: func(s storage.Storage) storage.Storage { return s }}

// scratch is a directory in memory where there is one: these tests open hundreds
// of databases, which are synced many times each.
func scratch(t *testing.T) string {
	dir, err := os.MkdirTemp("/dev/shm", "peal")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// A history is what was ever written to a store, by key, and what it holds.
type history struct {
	written map[string][]replica.Record
	held    map[string]replica.Record
}

// lived fills a store with records that are overwritten and dropped, in tables
// and in the journal, and closes it.
func lived(t *testing.T, dir string) history {
	t.Helper()
	db, err := openWith(dir, small)
	if err != nil {
		t.Fatal(err)
	}
	h := history{map[string][]replica.Record{}, map[string]replica.Record{}}
	random := rand.New(rand.NewPCG(1, 2))
	for i := range uint64(200) {
		rec := record(fmt.Sprint("key ", random.IntN(80)), strings.Repeat(fmt.Sprint(i, " "), random.IntN(100)), i+1)
		old := h.held[fmt.Sprint("key ", random.IntN(80))]
		h.written[rec.Key] = append(h.written[rec.Key], rec)
		h.held[rec.Key] = rec
		var drops []replica.Item
		if old.Key != "" && old.Key != rec.Key && i%5 == 0 {
			drops = append(drops, item(old))
			delete(h.held, old.Key)
		}
		commit(t, db, []replica.Record{rec}, drops...)
	}
	if err := db.SetMeta("peers", []byte("known")); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return h
}

// whole reports whether a store holds exactly what the history does, and
// complains of every record that was never written.
func (h history) whole(t *testing.T, db *DB) bool {
	t.Helper()
	whole := true
	for key, versions := range h.written {
		got, ok, err := db.Get(key)
		if err != nil {
			t.Errorf("get %q: %v", key, err)
		}
		known := func(rec replica.Record) bool { return reflect.DeepEqual(rec, got) }
		want, held := h.held[key]
		whole = whole && ok == held && (!held || known(want))
		if ok && !slices.ContainsFunc(versions, known) {
			t.Errorf("%q has become %v, which was never written", key, got)
		}
	}
	return whole
}

// load opens a store as a node does, and gives what it says of damage.
func load(t *testing.T, dir string) (db *DB, damage string) {
	t.Helper()
	db, err := openWith(dir, small)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	for {
		n := map[string]bool{}
		word, err := db.Each(func(it replica.Item) { n[it.Key] = true })
		if err != nil {
			t.Fatal(err)
		}
		if word == "" {
			if len(n) != len(db.tally.held) {
				t.Errorf("Each tells of %d records, of %d", len(n), len(db.tally.held))
			}
			return db, damage
		}
		damage += word
	}
}

// files of a store, by kind.
var kinds = map[string]string{"journal": "*.log", "table": "*.ldb", "manifest": "MANIFEST-*", "current": "CURRENT"}

// A wound is done to one file.
type wound struct {
	name string
	do   func(b []byte) []byte // nil removes the file
}

// wounds are flips and cuts all over a file, its edges among them, and its loss.
func wounds(size int, random *rand.Rand) []wound {
	list := []wound{{"removed", nil}, {"emptied", func([]byte) []byte { return []byte{} }}}
	n := 16
	if testing.Short() {
		n = 4
	}
	for i := range n {
		at := random.IntN(size)
		switch i {
		case 0:
			at = 0
		case 1, 2, 3:
			at = max(0, size-1-8*i*i) // in a table, the footer
		}
		bit := byte(1) << random.IntN(8)
		list = append(list, wound{fmt.Sprintf("bit %#x of byte %d flipped", bit, at), func(b []byte) []byte {
			b[at] ^= bit
			return b
		}})
		if i%2 == 0 {
			list = append(list, wound{fmt.Sprintf("cut to %d bytes", at), func(b []byte) []byte { return b[:at] }})
		}
	}
	return list
}

func TestDamageIsNoticed(t *testing.T) {
	sound := filepath.Join(scratch(t), "sound")
	h := lived(t, sound)
	for kind, pattern := range kinds {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(1, 0))
			names, _ := filepath.Glob(filepath.Join(sound, pattern))
			reported := 0
			for _, name := range names[:min(len(names), 2)] {
				info, err := os.Stat(name)
				if err != nil {
					t.Fatal(err)
				}
				for _, w := range wounds(int(info.Size()), random) {
					if h.survives(t, sound, filepath.Base(name), w) {
						reported++
					}
				}
			}
			if reported == 0 {
				t.Error("no damage is reported at all")
			}
		})
	}
}

// survives checks that a store with a wound opens with what can be trusted, says
// that it was damaged if it has lost something, and is sound from then on.
func (h history) survives(t *testing.T, sound, name string, w wound) (reported bool) {
	t.Helper()
	dir := filepath.Join(scratch(t), "store")
	if err := os.CopyFS(dir, os.DirFS(sound)); err != nil {
		t.Fatal(err)
	}
	inflict(t, filepath.Join(dir, name), w)
	db, damage := load(t, dir)
	whole := h.whole(t, db)
	if !whole && damage == "" {
		t.Errorf("%s, %s: records are missing or older, and nothing is said", name, w.name)
	}
	if isList := !strings.HasSuffix(name, ".log") && !strings.HasSuffix(name, ".ldb"); isList && !whole {
		t.Errorf("%s, %s: every record can be read, and some are missing or older", name, w.name)
	}
	if damage != "" && whole != strings.Contains(damage, "none is missing") {
		t.Errorf("%s, %s: everything is there: %v, but it says %q", name, w.name, whole, damage)
	}
	commit(t, db, []replica.Record{record("after", "damage", 1)})
	db.Close()
	if db, again := load(t, dir); again != "" || h.whole(t, db) != whole {
		t.Errorf("%s, %s: opened again, it says %q and holds something else", name, w.name, again)
	}
	if asides, _ := filepath.Glob(dir + setAside + "*"); (len(asides) == 1) != (damage != "") {
		t.Errorf("%s, %s: set aside: %v, said: %q", name, w.name, asides, damage)
	}
	return damage != ""
}

func inflict(t *testing.T, file string, w wound) {
	t.Helper()
	if w.do == nil {
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
		return
	}
	b, err := os.ReadFile(file)
	if err == nil {
		err = os.WriteFile(file, w.do(b), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}
