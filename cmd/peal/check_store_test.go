package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"peal/node/replica"
	"peal/node/store"
)

// stored makes a data directory whose store has a record and a tombstone, and
// gives the store too, open.
func stored(t *testing.T) (dir string, db *store.DB) {
	t.Helper()
	dir = t.TempDir()
	db, err := store.Open(storeIn(dir))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	v := replica.Version{Stamp: replica.Stamp{Wall: 1, Writer: "writer"}}
	err = db.Commit([]replica.Record{{Key: "key", Value: []byte("value"), Version: v}, {Key: "deleted", Version: v, Deleted: true}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return dir, db
}

func TestCheckStore(t *testing.T) {
	dir, db := stored(t)
	if got := runWith(t, "", "check-store", dir); got.code != 1 || !strings.Contains(got.err, "in use by another peer: stop that one") || got.out != "" {
		t.Errorf("while a peer runs: %+v, want exit code 1 and what to do", got)
	}
	db.Close()
	before := listing(t, dir)
	got := runWith(t, "", "check-store", dir)
	for _, want := range []string{"schema      1\n", "records     2\n", "tombstones  1\n", "state       sound\n"} {
		if !strings.Contains(got.out, want) {
			t.Errorf("it prints\n%swant %q", got.out, want)
		}
	}
	if got.code != 0 || listing(t, dir) != before {
		t.Errorf("exit code %d, %q; files\n%s\nwant 0, and\n%s", got.code, got.err, listing(t, dir), before)
	}
}

func TestCheckStoreWithoutItsWitness(t *testing.T) {
	dir, db := stored(t)
	db.Close()
	if err := os.Remove(filepath.Join(storeIn(dir), "WITNESS")); err != nil {
		t.Fatal(err)
	}
	if got := runWith(t, "", "check-store", dir); got.code != 0 || !strings.Contains(got.out, "WITNESS is missing or damaged") {
		t.Errorf("%+v, want exit code 0, and what cannot be told", got)
	}
}

func TestCheckDamagedStore(t *testing.T) {
	dir, db := stored(t)
	db.Close()
	journals, _ := filepath.Glob(filepath.Join(storeIn(dir), "*.log"))
	if err := os.Truncate(journals[0], 100); err != nil {
		t.Fatal(err)
	}
	before := listing(t, dir)
	got := runWith(t, "", "-o", "json", "check-store", dir)
	var v store.Verdict
	if err := json.Unmarshal([]byte(got.out), &v); err != nil {
		t.Fatal(err)
	}
	if got.code != 9 || v.Damage == "" || v.Missing != 2 || v.Schema != store.Schema || !strings.Contains(got.err, "salvages 0 records") {
		t.Errorf("exit code %d, %+v, %q; want 9 and two missing records", got.code, v, got.err)
	}
	if after := listing(t, dir); after != before {
		t.Errorf("the files are\n%s\nwant\n%s", after, before)
	}
	if got := runWith(t, "", "check-store", dir); got.code != 9 || !strings.Contains(got.out, "missing     2 or more\n") {
		t.Errorf("%+v, want exit code 9 and the loss", got)
	}
}

func TestCheckNoStore(t *testing.T) {
	dir := t.TempDir()
	if got := runWith(t, "", "check-store", dir); got.code != 1 || !strings.Contains(got.err, "there is no store "+storeIn(dir)+": name the data directory of a peer") {
		t.Errorf("%+v, want that there is none", got)
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("it made %v", left)
	}
	if err := os.Mkdir(storeIn(dir), 0o700); err != nil {
		t.Fatal(err)
	}
	if got := runWith(t, "", "check-store", dir); got.code != 1 || !strings.Contains(got.err, "there is no store") {
		t.Errorf("%+v, want that there is none", got)
	}
	if left := listing(t, dir); left != "" {
		t.Errorf("it made %v", left)
	}
}

// listing shows all files of a directory with their contents.
func listing(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		b.WriteString(path + " " + string(content) + "\n")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}
