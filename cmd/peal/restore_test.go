package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"peal/node"
	"peal/node/replica"
)

// stampAt is a version of so many milliseconds after the usual one.
func stampAt(ms int) replica.Version {
	return replica.Version{Stamp: replica.Stamp{Wall: uint64(int64(stamp.Wall) + int64(ms)), Writer: stamp.Writer}}
}

// ages is a ring of keys that are older and newer than in the backup of it.
func ages(t *testing.T) (f *fakeRing, name string) {
	t.Helper()
	f = newFake(t, false)
	f.judges = true
	for _, key := range []string{"same", "older", "newer", "deleted"} {
		f.values[key] = []byte("saved")
	}
	name, _ = backedUp(t, f)
	delete(f.values, "deleted")
	for key, ms := range map[string]int{"older": -1, "newer": 1} {
		f.values[key], f.stamps[key] = []byte("other"), stampAt(ms)
	}
	f.values["added"] = []byte("other")
	return f, name
}

func TestRestoreLeavesWhatIsNewer(t *testing.T) {
	f, name := ages(t)
	got := f.peal(t, "restore", name)
	if want := "restored 2 keys, 10 B in "; got.code != 0 || !strings.HasPrefix(got.out, want) || !strings.Contains(got.out, "; 2 left as they are\n") {
		t.Errorf("got %+v, want %q", got, want)
	}
	want := map[string]string{"same": "saved", "older": "saved", "newer": "other", "deleted": "saved", "added": "other"}
	if !maps.Equal(f.texts(), want) {
		t.Errorf("afterwards the ring has %q, want %q", f.texts(), want)
	}
}

func TestRestoreOverwrites(t *testing.T) {
	f, name := ages(t)
	if got := f.peal(t, "restore", "--overwrite", name); got.code != 0 || !strings.HasPrefix(got.out, "restored 4 keys, 20 B in ") {
		t.Errorf("got %+v", got)
	}
	if string(f.values["newer"]) != "saved" || string(f.values["added"]) != "other" {
		t.Errorf("afterwards the ring has %q", f.texts())
	}
}

// What is left alone is not sent either, where it is large.
func TestRestoreLooksBeforeItSendsALargeValue(t *testing.T) {
	f := newFake(t, false)
	f.judges = true
	f.values["large"] = make([]byte, 3*replica.MaxValueLen)
	name, _ := backedUp(t, f)
	f.asked = 0
	if got := f.peal(t, "restore", name); got.code != 0 || !strings.Contains(got.out, "; 1 left as they are\n") || f.asked != 1 {
		t.Errorf("got %+v after %d operations, want one: the read", got, f.asked)
	}
}

func TestRestoreLeavesOutWhatHasExpired(t *testing.T) {
	f := newFake(t, false)
	f.values["brief"], f.expires["brief"] = []byte("v"), time.Now().Add(-time.Second)
	name, _ := backedUp(t, f)
	clear(f.values)
	if got := f.peal(t, "restore", name); got.code != 0 || !strings.HasSuffix(got.out, "; 1 expired\n") || len(f.values) != 0 {
		t.Errorf("got %+v, %d keys; want none", got, len(f.values))
	}
}

// A write that too few replicas confirmed is made again, and not taken for one of
// somebody else who came later.
func TestRestoreKnowsItsOwnAttempts(t *testing.T) {
	f := newFake(t, false)
	f.judges = true
	f.values["k"] = []byte("saved")
	name, _ := backedUp(t, f)
	f.values["k"], f.stamps["k"] = []byte("half stored"), stampAt(5)
	f.short = node.Receipt{Version: stampAt(5)}
	f.errs = []error{node.ErrQuorum}
	if got := f.peal(t, "restore", name); got.code != 0 || !strings.HasPrefix(got.out, "restored 1 key, ") || string(f.values["k"]) != "saved" {
		t.Errorf("got %+v, %q", got, f.values["k"])
	}
}

func TestRestoreTriesAgainAndSaysWhatFailed(t *testing.T) {
	f := newFake(t, false)
	f.fill()
	name, _ := backedUp(t, f)
	clear(f.values)
	f.errs = []error{node.ErrQuorum, node.ErrNoPeer, os.ErrPermission, node.ErrUnknown}
	got := f.peal(t, "restore", "-o", "json", "--parallel", "1", name)
	var sum restored
	if err := json.Unmarshal([]byte(got.out), &sum); err != nil || got.code != 1 || sum.Keys != 49 || len(sum.Failed) != 1 {
		t.Errorf("%+v tells %+v, %v; want 49 keys and one that failed", got, sum, err)
	}
	if got := f.peal(t, "restore", name); got.code != 0 || !strings.Contains(got.out, "restored 1 key, ") || len(f.values) != 50 {
		t.Errorf("restore again: %+v, %d keys; want the one that failed", got, len(f.values))
	}
}

// damaged writes a backup in which a byte near the end of a line is another one.
func damaged(t *testing.T, f *fakeRing, line int) (name string, whole []byte) {
	t.Helper()
	name, whole = backedUp(t, f)
	lines := bytes.SplitAfter(bytes.Clone(whole), []byte("\n"))
	lines[line][len(lines[line])-20] ^= 1
	if err := os.WriteFile(name, bytes.Join(lines, nil), 0o666); err != nil {
		t.Fatal(err)
	}
	return name, whole
}

func TestNothingOfADamagedFileIsWritten(t *testing.T) {
	f := newFake(t, false)
	f.fill()
	name, whole := damaged(t, f, 17)
	clear(f.values)
	f.asked = 0
	want := " is damaged at line 18, record 17: its checksum is wrong; nothing was written, --salvage restores what is whole\n"
	if got := f.peal(t, "restore", name); got.code != 9 || !strings.HasSuffix(got.err, want) || f.asked != 0 {
		t.Errorf("got %+v after %d operations, want exit 9 and %q", got, f.asked, want)
	}
	if err := os.WriteFile(name, whole[:len(whole)-1], 0o666); err != nil {
		t.Fatal(err)
	}
	if got := f.peal(t, "restore", name); got.code != 9 || !strings.Contains(got.err, "line 52, record 51: the file was cut off here") || f.asked != 0 {
		t.Errorf("of a cut file: %+v after %d operations", got, f.asked)
	}
}

func TestSalvage(t *testing.T) {
	f := newFake(t, false)
	f.fill()
	name, _ := damaged(t, f, 17)
	want := f.texts()
	clear(f.values)
	got := f.peal(t, "restore", "--salvage", name)
	for _, said := range []string{"damaged: line 18, record 17: its checksum is wrong\n", "peal restore: restored 49 keys, ", "; the file is damaged at 1 place\n"} {
		if !strings.Contains(got.err, said) {
			t.Errorf("it printed\n%swant %q in it", got.err, said)
		}
	}
	if got.code != 9 || len(f.values) != 49 {
		t.Errorf("exit %d, %d keys; want 9, 49", got.code, len(f.values))
	}
	for key, value := range f.texts() {
		if want[key] != value {
			t.Errorf("%q has the value %.20q, want %.20q", key, value, want[key])
		}
	}
}

func TestCheckNeedsNoRing(t *testing.T) {
	f := newFake(t, false)
	f.fill()
	name, _ := backedUp(t, f)
	if got := runWith(t, "", "PEAL_API=http://127.0.0.1:1", "restore", "--check", name); got.code != 0 || !strings.Contains(got.out, " is whole: 50 keys, 1.05 MB, of 20") {
		t.Errorf("got %+v", got)
	}
	if got := runWith(t, "", "PEAL_API=http://127.0.0.1:1", "restore", name); got.code != 5 {
		t.Errorf("without a ring: %+v, want exit 5", got)
	}
	name, _ = damaged(t, f, 50)
	want := "file.peal is damaged at 1 place; 49 keys, "
	if got := runWith(t, "", "restore", "--check", name); got.code != 9 || !strings.Contains(got.err, want) {
		t.Errorf("got %+v, want exit 9 and %q", got, want)
	}
}

func TestRestoreRefuses(t *testing.T) {
	f := newFake(t, false)
	dir := write(t, map[string]string{"text": "some text\n", "empty": ""})
	for _, test := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{filepath.Join(dir, "none")}, 1, "no such file or directory"},
		{[]string{dir}, 2, ": " + dir + " is a directory: name the file of a backup"},
		{[]string{filepath.Join(dir, "text")}, 9, "does not begin as a backup does: is it the right file?"},
		{[]string{filepath.Join(dir, "empty")}, 9, "empty is empty, and no backup"},
		{[]string{"--check", filepath.Join(dir, "text")}, 9, "text is no backup"},
		{[]string{"--check", filepath.Join(dir, "empty")}, 9, "empty is no backup"},
		{[]string{""}, 2, "FILE is empty"},
		{[]string{"--check", "--salvage", "x"}, 2, "--check writes nothing"},
	} {
		if got := f.peal(t, append([]string{"restore"}, test.args...)...); got.code != test.code || !strings.Contains(got.err, test.want) {
			t.Errorf("%q: %+v, want exit %d and %q", test.args, got, test.code, test.want)
		}
	}
}

func TestOlder(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want bool
	}{
		{"1.0-a", "2.0-a", true}, {"2.0-a", "1.0-a", false}, {"9.0-a", "10.0-a", true}, {"1.9-a", "1.10-a", true},
		{"1.1-a", "1.0-a", false}, {"1.0-a", "1.0-b", false}, {"1.0-a", "1.0-a", false}, {"", "1.0-a", false}, {"1.0-a", "x", false},
	} {
		if got := older(test.a, test.b); got != test.want {
			t.Errorf("older(%q, %q) is %v", test.a, test.b, got)
		}
	}
}

// What a ring of real peers held is on another one, entered anywhere.
func TestBackupMovesToAnotherRing(t *testing.T) {
	t.Parallel()
	files := maps.Clone(oddFiles)
	files["large"] = strings.Repeat("0123456789", 300_000)
	dir := write(t, files)
	name := filepath.Join(t.TempDir(), "file.peal")
	ring := func(commands ...[]string) {
		t.Helper()
		s := background(t, "testnet", "--peers", "6", "--transport", "memory")
		var up settled
		s.hears(t, &up)
		for _, args := range commands {
			if got := runWith(t, "", append([]string{"PEAL_API=" + up.URL}, args...)...); got.code != 0 {
				t.Fatalf("%q: %+v", args, got)
			}
		}
		s.stop()
		<-s.code
	}
	ring([]string{"import", dir}, []string{"put", "brief", "v", "--ttl", "1h"}, []string{"testnet", "kill", "1"}, []string{"backup", name})
	out := t.TempDir()
	ring([]string{"restore", name}, []string{"touch", "brief"}, []string{"del", "brief"}, []string{"export", out})
	if got := read(t, out); !maps.Equal(got, files) {
		t.Errorf("exported %d files that differ from the %d imported", len(got), len(files))
	}
}
