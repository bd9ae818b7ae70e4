package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	neturl "net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"peal/node"
	"peal/node/backup"
	"peal/node/replica"
)

// fill gives a ring keys with values of all sorts.
func (f *fakeRing) fill() {
	f.judges = true
	for name, value := range oddFiles {
		f.values[name] = []byte(value)
	}
	for n := range 40 {
		f.values[fmt.Sprint("key ", n)] = []byte(fmt.Sprint("value ", n))
	}
	f.expires["empty"] = time.Now().Add(time.Hour).UTC().Truncate(time.Millisecond)
}

// backedUp writes a backup of a ring, and gives its name and what is in it.
func backedUp(t *testing.T, f *fakeRing, args ...string) (string, []byte) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "file.peal")
	if got := f.peal(t, append([]string{"backup", name}, args...)...); got.code != 0 {
		t.Fatalf("backup: %+v", got)
	}
	whole, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return name, whole
}

func (f *fakeRing) texts() map[string]string {
	texts := make(map[string]string)
	for key, value := range f.values {
		texts[key] = string(value)
	}
	return texts
}

func TestBackupThenRestore(t *testing.T) {
	from, to := newFake(t, false), newFake(t, false)
	from.fill()
	to.judges = true
	name, _ := backedUp(t, from)
	if got, want := to.peal(t, "restore", name), "restored 50 keys, 1.05 MB in "; got.code != 0 || !strings.HasPrefix(got.out, want) {
		t.Fatalf("restore: %+v, want %q", got, want)
	}
	if !maps.Equal(to.texts(), from.texts()) {
		t.Errorf("restored %d keys that differ from the %d backed up", len(to.values), len(from.values))
	}
	if off := to.expires["empty"].Sub(from.expires["empty"]).Abs(); len(to.expires) != 1 || off > time.Minute {
		t.Errorf("%d keys expire, and %v off; want one, at its time", len(to.expires), off)
	}
	before := maps.Clone(to.stamps)
	if got := to.peal(t, "restore", name); got.code != 0 || !strings.Contains(got.out, "restored 0 keys, 0 B in ") || !strings.Contains(got.out, "; 50 left as they are\n") {
		t.Errorf("restore again: %+v", got)
	}
	if !maps.Equal(before, to.stamps) {
		t.Error("the second restore has written something")
	}
}

func TestBackupAsJSONAndThroughPipes(t *testing.T) {
	f := newFake(t, false)
	f.fill()
	got := f.peal(t, "backup", "-", "-o", "json")
	var sum backupSum
	if err := json.Unmarshal([]byte(got.err[strings.Index(got.err, "{"):]), &sum); err != nil || got.code != 0 || sum.Keys != 50 || sum.Bytes < replica.MaxValueLen {
		t.Errorf("backup - says %+v, %v, exit %d", sum, err, got.code)
	}
	back := runWith(t, got.out, "restore", "--check", "-", "-o", "json")
	var check checked
	if err := json.Unmarshal([]byte(back.out), &check); err != nil || back.code != 0 || check.Keys != 50 || check.Bytes != sum.Bytes {
		t.Errorf("restore --check - says %+v, %v: %+v", check, err, back)
	}
	if got := runWith(t, got.out[:len(got.out)-10], "restore", "--check", "-"); got.code != 9 || !strings.Contains(got.err, "the file was cut off here") {
		t.Errorf("of a cut pipe: %+v", got)
	}
}

// A backup that ended anywhere, and goes on, is the file that it would have been.
func TestResumedBackupIsTheSameFile(t *testing.T) {
	f := newFake(t, false)
	f.fill()
	delete(f.values, "full")
	name, whole := backedUp(t, f)
	for cut := 0; cut < len(whole); cut += 499 {
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name+".part", whole[:cut], 0o666); err != nil {
			t.Fatal(err)
		}
		got := f.peal(t, "backup", "--resume", name)
		again, err := os.ReadFile(name)
		begin := bytes.IndexByte(whole, '\n')
		if got.code != 0 || err != nil || cut > begin && !bytes.Equal(again, whole) || len(again) != len(whole) {
			t.Fatalf("cut at %d of %d: %+v, %v, a file of %d bytes", cut, len(whole), got, err, len(again))
		}
	}
}

func TestInterruptedBackupGoesOn(t *testing.T) {
	f := newFake(t, false)
	f.fill()
	name := filepath.Join(t.TempDir(), "file.peal")
	f.errs = append(make([]error, 30), os.ErrPermission) // no error that mends
	got := f.peal(t, "backup", name, "--parallel", "1")
	if got.code != 1 || !strings.Contains(got.err, "keys, and --resume goes on behind them\n") {
		t.Fatalf("got %+v, want exit 1, and how to go on", got)
	}
	if got := f.peal(t, "backup", name); got.code != 1 || !strings.Contains(got.err, "file.peal.part is there of a backup that did not end: --resume") {
		t.Errorf("without --resume: %+v", got)
	}
	f.asked = 0
	if got := f.peal(t, "backup", name, "--resume"); got.code != 0 || !strings.HasPrefix(got.out, "backed up 50 keys, ") {
		t.Errorf("with --resume: %+v", got)
	}
	if most := 50; f.asked > most {
		t.Errorf("it took %d operations to go on, want %d at most: fewer than for all", f.asked, most)
	}
	if _, err := os.Stat(name + ".part"); !os.IsNotExist(err) {
		t.Errorf("the part is still there: %v", err)
	}
}

func TestBackupStoppedByCtrlC(t *testing.T) {
	f := newFake(t, false)
	f.fill()
	ctx, cancel := context.WithCancel(t.Context())
	var stderr strings.Builder
	name := filepath.Join(t.TempDir(), "file.peal")
	c := newCLI(console{out: &strings.Builder{}, err: &stderr, lookupEnv: lookup(map[string]string{"PEAL_API": f.url})})
	f.onOp = func() {
		if f.asked == 40 {
			cancel()
		}
	}
	code := c.run(ctx, []string{"backup", name})
	f.mu.Lock()
	f.onOp = nil
	f.mu.Unlock()
	if code != 130 || !strings.Contains(stderr.String(), "peal backup: interrupted; ") {
		t.Errorf("exit %d, %s", code, stderr.String())
	}
	if got := f.peal(t, "backup", name, "--resume"); got.code != 0 || !strings.HasPrefix(got.out, "backed up 50 keys, ") {
		t.Errorf("afterwards: %+v", got)
	}
}

func TestBackupTriesAgain(t *testing.T) {
	f := newFake(t, false)
	f.fill()
	_, want := backedUp(t, f)
	f.errs = []error{node.ErrNoPeer, nil, node.ErrQuorum, nil, nil, node.ErrClosed, node.ErrQuorum}
	_, got := backedUp(t, f)
	// The first and the last line have the time in them.
	if got, want := got[bytes.IndexByte(got, '\n'):len(got)-100], want[bytes.IndexByte(want, '\n'):len(want)-100]; !bytes.Equal(got, want) {
		t.Errorf("got %d bytes that are not the %d of a calm ring", len(got), len(want))
	}
}

// What is deleted after it was listed is left out; anything else that cannot be read
// ends the backup.
func TestBackupLeavesOutWhatIsGone(t *testing.T) {
	f := newFake(t, false)
	f.values["a"], f.values["b"] = []byte("1"), []byte("2")
	f.errs = []error{nil, node.ErrNotFound}
	name := filepath.Join(t.TempDir(), "file.peal")
	if got := f.peal(t, "backup", name); got.code != 0 || !strings.HasPrefix(got.out, "backed up 1 key, 1 B to ") {
		t.Errorf("got %+v", got)
	}
	f.errs = []error{nil, os.ErrPermission, os.ErrPermission}
	if got := f.peal(t, "backup", "--force", name); got.code != 1 || !strings.Contains(got.err, "peal backup: read ") {
		t.Errorf("got %+v, want exit 1", got)
	}
	if _, err := os.Stat(name + ".part"); !os.IsNotExist(err) {
		t.Errorf("a part without any key stayed: %v", err)
	}
}

func TestBackupReplacesNothing(t *testing.T) {
	f := newFake(t, false)
	f.values["k"] = []byte("v")
	dir := write(t, map[string]string{"old": "old", "other.part": "no backup\n"})
	old, other := filepath.Join(dir, "old"), filepath.Join(dir, "other")
	for _, test := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{old}, 1, "old exists: name another file, or replace it with --force"},
		{[]string{old, "--resume"}, 1, "old exists: "},
		{[]string{old, "--resume", "--force"}, 1, "there is no " + old + ".part to go on with"},
		{[]string{other, "--resume"}, 1, "other.part is no backup: remove it"},
		{[]string{dir, "--force"}, 1, "is no file"},
		{[]string{filepath.Join(dir, "no", "dir")}, 1, "no such file or directory"},
		{[]string{"-", "--resume"}, 2, "--resume needs a FILE"},
		{[]string{""}, 2, "FILE is empty"},
		{[]string{old, "--parallel", "0"}, 2, "--parallel 0: want 1 to 256"},
	} {
		got := f.peal(t, append([]string{"backup"}, test.args...)...)
		if got.code != test.code || !strings.Contains(got.err, test.want) || strings.Count(got.err, "\n") != 1 {
			t.Errorf("%q: %+v, want exit %d and %q", test.args, got, test.code, test.want)
		}
	}
	want := map[string]string{"old": "old", "other.part": "no backup\n"}
	if got := read(t, dir); !maps.Equal(got, want) {
		t.Errorf("afterwards there is %q, want %q", got, want)
	}
	if got := f.peal(t, "backup", "--force", old); got.code != 0 || read(t, dir)["old"] == "old" {
		t.Errorf("--force: %+v", got)
	}
}

// breaking passes requests on to a ring, and breaks off in the middle of the first
// answers that are longer than a record.
func breaking(t *testing.T, f *fakeRing, times int) (url string) {
	t.Helper()
	to, err := neturl.Parse(f.url)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(to)
	proxy.ErrorLog = log.New(io.Discard, "", 0)
	proxy.ModifyResponse = func(resp *http.Response) error {
		if resp.ContentLength > replica.MaxValueLen && times > 0 {
			times--
			resp.Body = io.NopCloser(io.LimitReader(resp.Body, resp.ContentLength/2))
		}
		return nil
	}
	server := httptest.NewServer(proxy)
	server.Config.ErrorLog = proxy.ErrorLog
	t.Cleanup(server.Close)
	return server.URL
}

func TestAPipeCannotTakeBackWhatBrokeOff(t *testing.T) {
	f := newFake(t, false)
	f.values["large"] = make([]byte, 3*replica.MaxValueLen)
	got := runWith(t, "", "PEAL_API="+breaking(t, f, 1), "backup", "-")
	if got.code != 1 || !strings.Contains(got.err, "what went to standard output cannot be taken back") {
		t.Errorf("exit %d, %s", got.code, got.err)
	}
	if got := runWith(t, got.out, "restore", "--check", "-"); got.code != 9 {
		t.Errorf("what was written passes for a backup: %+v", got)
	}
}

// Large values go through as they come, and one that breaks off is read again.
func TestBackupOfLargeValues(t *testing.T) {
	f := newFake(t, false)
	for n := range 5 {
		f.values[fmt.Sprint(n)] = bytes.Repeat([]byte{byte(n)}, n*replica.MaxValueLen/2+n)
	}
	f.url = breaking(t, f, 2)
	_, whole := backedUp(t, f)
	from := backup.NewReader(bytes.NewReader(whole))
	found := 0
	for {
		e, err := from.Next()
		if err != nil {
			break
		}
		var value bytes.Buffer
		if _, err := value.ReadFrom(e.Value()); err != nil || !bytes.Equal(value.Bytes(), f.values[e.Key]) {
			t.Errorf("%s: read %d bytes, %v; want the %d of the ring", e.Key, value.Len(), err, len(f.values[e.Key]))
		}
		found++
	}
	if found != len(f.values) {
		t.Errorf("%d values are in the file, want %d", found, len(f.values))
	}
}
