package store

import (
	"fmt"
	"path/filepath"
	"testing"

	"peal/node/replica"
)

// Many databases of one process take less each, keep what they hold apart though they
// share a cache, and give back their share when they are closed.
func TestDatabasesShareMemory(t *testing.T) {
	before := opened.Load()
	open := func(i int) *DB {
		db, err := openWith(filepath.Join(scratch(t), fmt.Sprint(i)), small)
		if err != nil {
			t.Fatal(err)
		}
		return db
	}
	if got := share(); got != mostBuffer {
		t.Errorf("a single database has a buffer of %d bytes, want %d", got, mostBuffer)
	}
	dbs := []*DB{open(0), open(1), open(2)}
	value := make([]byte, 4<<10)
	for i := range 200 { // so many that they become tables
		for j, db := range dbs {
			value[0] = byte(j)
			if err := db.Commit([]replica.Record{{Key: fmt.Sprint(i), Value: value, Version: replica.Version{Stamp: replica.Stamp{Wall: uint64(i + 1)}}}}, nil); err != nil {
				t.Fatal(err)
			}
		}
	}
	for i := range 200 {
		for j, db := range dbs {
			rec, ok, err := db.Get(fmt.Sprint(i))
			if err != nil || !ok || rec.Value[0] != byte(j) {
				t.Errorf("key %d of database %d: %v, %v, the value of database %d", i, j, ok, err, rec.Value[0])
			}
		}
	}
	opened.Add(1000)
	if got := share(); got != leastBuffer {
		t.Errorf("one of a thousand databases has a buffer of %d bytes, want %d", got, leastBuffer)
	}
	opened.Add(-1000)
	for _, db := range dbs {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
	if left := opened.Load() - before; left != 0 {
		t.Errorf("%d databases count as open, want none", left)
	}
}
