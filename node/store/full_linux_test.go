package store

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"peal/node/replica"
)

// A file system that is really full, and then has room again.
func TestFullFileSystem(t *testing.T) {
	compactionsFail(t)
	mount := t.TempDir()
	if err := syscall.Mount("tmpfs", mount, "tmpfs", 0, "size=2m"); err != nil {
		t.Skipf("only the superuser can make a small file system: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(mount, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	ballast := filepath.Join(mount, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 1<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(mount, "store")
	db, err := openWith(dir, small)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { db.Close() }()
	n := 0
	write := func() error {
		return db.Commit([]replica.Record{record(fmt.Sprint("key ", n), strings.Repeat(fmt.Sprint(n), 500), 1)}, nil)
	}
	for err = write(); err == nil; err = write() {
		n++
	}
	if !strings.Contains(err.Error(), syscall.ENOSPC.Error()) {
		t.Errorf("after %d writes: %v, want that there is no space", n, err)
	}
	if got := len(held(t, db)); got != n {
		t.Errorf("it holds %d records, want %d", got, n)
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	if err := write(); err != nil {
		t.Errorf("with room again: %v", err)
	}
	db.Close()
	db, damage := load(t, dir)
	if got := len(held(t, db)); got != n+1 || damage != "" {
		t.Errorf("opened again it holds %d records, damage %q; want %d", got, damage, n+1)
	}
}
