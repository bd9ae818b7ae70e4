package store

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"peal/node/replica"
)

// A power cut takes from the end of every file some of what was not synced, and
// from the witness what it was told of late. Nothing acknowledged is lost, and
// nothing else is damage.
func TestPowerCuts(t *testing.T) {
	for seed := range uint64(12) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(seed, 0))
			dir := filepath.Join(scratch(t), "store")
			db, disk := openFaulty(t, dir, small.buffer)
			want := map[string]string{}
			var early []byte
			commits := 20 + random.IntN(200)
			for i := range commits {
				rec := record(fmt.Sprint("key ", random.IntN(40)), strings.Repeat(fmt.Sprint(i, " "), random.IntN(200)), uint64(i)+1)
				commit(t, db, []replica.Record{rec})
				want[rec.Key] = string(rec.Value)
				if err := db.SetMeta("note", make([]byte, random.IntN(100))); err != nil {
					t.Fatal(err)
				}
				if i == commits/2 {
					early, _ = os.ReadFile(filepath.Join(dir, witnessName))
				}
			}
			disk.be(readOnly)
			db.Close()
			if cut := disk.cut(t, dir, random.Float64()); cut == 0 {
				t.Error("nothing was lost: the test has no power")
			}
			if seed%2 == 0 {
				if err := os.WriteFile(filepath.Join(dir, witnessName), early, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			db, damage := load(t, dir)
			if got := held(t, db); damage != "" || fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("it holds %.300v, damage %q; want %.300v", got, damage, want)
			}
		})
	}
}

// cut keeps a share of what is not durable, and counts the bytes that it loses.
func (d *disk) cut(t *testing.T, dir string, share float64) (lost int64) {
	t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	for fd, e := range d.files {
		path := filepath.Join(dir, fd.String())
		if _, err := os.Stat(path); err != nil || e.written == e.durable {
			continue
		}
		size := e.durable + int64(share*float64(e.written-e.durable))
		if err := os.Truncate(path, size); err != nil {
			t.Fatal(err)
		}
		lost += e.written - size
	}
	return lost
}
