package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"

	"peal/node"
	"peal/node/replica"
)

// write makes files with the given contents below a new directory.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, data := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(data), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// read gives all files below dir.
func read(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := make(map[string]string)
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		files[name] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

var oddFiles = map[string]string{
	"a.txt": "plain", "empty": "", "d/e/f/deep": "deep", ".hidden": "h", "sp ace\n%2F?#": "odd",
	"ümlaut/…": "text", "bytes\xff\xfe": "\x00\x01", "..dots": "d", "-dash": "-",
	"full": strings.Repeat("x", replica.MaxValueLen),
}

func TestImportThenExport(t *testing.T) {
	f := newFake(t, false)
	in, out := write(t, oddFiles), filepath.Join(t.TempDir(), "new", "dir")
	got := f.peal(t, "import", in, "--prefix", "go/")
	if got.code != 0 || !strings.HasPrefix(got.out, "imported 10 files, 1.05 MB in ") || got.err != "importing: 0 of 10 files\n" {
		t.Fatalf("import: %+v", got)
	}
	if string(f.values["go/d/e/f/deep"]) != "deep" {
		t.Error("the key go/d/e/f/deep is missing")
	}
	f.values["other"] = []byte("not asked for")
	got = f.peal(t, "export", "--prefix", "go/", out)
	if got.code != 0 || !strings.HasPrefix(got.out, "exported 10 files, 1.05 MB in ") {
		t.Fatalf("export: %+v", got)
	}
	if !reflect.DeepEqual(read(t, out), oddFiles) {
		t.Errorf("exported %d files that differ from the %d imported", len(read(t, out)), len(oddFiles))
	}
}

func TestImportLeavesOutWhatItCannotStore(t *testing.T) {
	f := newFake(t, false)
	dir := filepath.Dir(tooLarge(t))
	if err := os.WriteFile(filepath.Join(dir, "good"), []byte("1"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("good", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o666); err != nil {
		t.Fatal(err)
	}
	got := f.peal(t, "import", dir)
	for _, want := range []string{
		"skipped link: it is a symbolic link\n",
		"skipped pipe: it is no regular file\n",
		"failed big: the value has 34357641217 bytes: at most 34357641216 are allowed\n",
		"peal import: imported 1 file, 1 B in ", "; 1 failed; 2 skipped\n",
	} {
		if !strings.Contains(got.err, want) {
			t.Errorf("import printed\n%swant %q in it", got.err, want)
		}
	}
	if got.code != 1 || got.out != "" || len(f.values) != 1 {
		t.Errorf("exit %d, stdout %q, %d keys; want 1, nothing, 1", got.code, got.out, len(f.values))
	}
}

func TestImportFollowsALinkToTheDirectoryItself(t *testing.T) {
	f := newFake(t, false)
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(write(t, map[string]string{"a": "1"}), link); err != nil {
		t.Fatal(err)
	}
	if got := f.peal(t, "import", link); got.code != 0 || string(f.values["a"]) != "1" {
		t.Errorf("got %+v", got)
	}
}

func TestTallyAsJSON(t *testing.T) {
	f := newFake(t, false)
	f.values["../x"], f.values["good"] = []byte("evil"), []byte("1")
	got := f.peal(t, "export", t.TempDir(), "-o", "json")
	var sum tally
	if err := json.Unmarshal([]byte(got.out), &sum); err != nil {
		t.Fatalf("%+v: %v", got, err)
	}
	if got.code != 1 || sum.Files != 1 || len(sum.Failed) != 1 || sum.Failed[0].Name != "../x" {
		t.Errorf("exit %d, %+v; want 1, one file and ../x failed", got.code, sum)
	}
	lines := strings.Split(strings.TrimSpace(got.err), "\n")
	if last := lines[len(lines)-1]; !json.Valid([]byte(last)) {
		t.Errorf("the last line on stderr is %q, want JSON", last)
	}
}

func TestExportStaysInItsDirectory(t *testing.T) {
	f := newFake(t, false)
	hostile := []string{"../x", "/etc/x", "a/../../x", "a//b", "./x", "..", ".", "/", "d/", "nul\x00", "link/x", "file/below", strings.Repeat("n", 300)}
	for _, key := range append(hostile, "file", "linked") {
		f.values["p/"+key] = []byte("new")
	}
	f.values["p/"] = []byte("the prefix itself")
	dir := write(t, map[string]string{"out/file": "old", "out/stays": "old", "victim": "old"})
	out := filepath.Join(dir, "out")
	for name, target := range map[string]string{"link": dir, "linked": filepath.Join(dir, "victim")} {
		if err := os.Symlink(target, filepath.Join(out, name)); err != nil {
			t.Fatal(err)
		}
	}
	got := f.peal(t, "export", "--prefix", "p/", out)
	if got.code != 1 || strings.Count(got.err, "\nfailed ") != len(hostile)+1 {
		t.Errorf("exit %d, want 1, and %d failures in\n%s", got.code, len(hostile)+1, got.err)
	}
	want := map[string]string{"out/file": "new", "out/stays": "old", "out/linked": "new", "victim": "old"}
	if err := os.Remove(filepath.Join(out, "link")); err != nil {
		t.Error(err)
	}
	if got := read(t, dir); !reflect.DeepEqual(got, want) {
		t.Errorf("afterwards there is %q, want %q", got, want)
	}
}

func TestExportSaysWhatIsInTheWay(t *testing.T) {
	f := newFake(t, false)
	long := strings.Repeat("n", 300)
	for _, key := range []string{"p/", "p/dir", "p/file/below", "p/link/below/x", "p/" + long} {
		f.values[key] = []byte("new")
	}
	out := write(t, map[string]string{"dir/inside": "old", "file": "old"})
	if err := os.Symlink(t.TempDir(), filepath.Join(out, "link")); err != nil {
		t.Fatal(err)
	}
	got := f.peal(t, "export", "--prefix", "p/", out)
	for _, want := range []string{
		`failed "": the key is the prefix itself, which leaves no name for a file`,
		"failed dir: a directory of that name is in the way",
		"failed file/below: a file stands where the directory file must go",
		"failed link/below/x: link is a symbolic link, which is not followed out of the directory",
		"failed " + long + ": it cannot be written: file name too long",
	} {
		if !strings.Contains(got.err, want+"\n") {
			t.Errorf("export printed\n%swant %q in it", got.err, want)
		}
	}
}

func TestTransfersTryAgain(t *testing.T) {
	f := newFake(t, false)
	f.errs = []error{node.ErrQuorum, node.ErrUnknown, node.ErrNoPeer}
	dir := write(t, map[string]string{"a": "1", "b": "2"})
	if got := f.peal(t, "import", dir); got.code != 0 || len(f.values) != 2 {
		t.Errorf("import: %+v, %d keys; want 2", got, len(f.values))
	}
	f.errs = []error{node.ErrQuorum, nil, node.ErrQuorum}
	if got := f.peal(t, "export", t.TempDir()); got.code != 0 || !strings.Contains(got.out, "exported 2 files") {
		t.Errorf("export: %+v", got)
	}
}

func TestTransfersGiveUp(t *testing.T) {
	f := newFake(t, false)
	files := make(map[string]string)
	for n := range 5 {
		files[fmt.Sprint(n)] = "v"
	}
	for range 10_000 {
		f.errs = append(f.errs, node.ErrQuorum)
	}
	got := f.peal(t, "import", "--retry", "20ms", "--parallel", "1", write(t, files))
	if got.code != 1 || !strings.Contains(got.err, "imported 0 files") || !strings.Contains(got.err, "5 failed") {
		t.Errorf("got %+v, want exit 1 and 5 failed", got)
	}
	f.errs = f.errs[:1]
	f.errs[0] = os.ErrPermission
	f.asked = 0
	if got := f.peal(t, "import", "--parallel", "1", write(t, files)); got.code != 1 || f.asked != 5 {
		t.Errorf("after an error that will stay: exit %d, %d attempts for 5 files; want 1 and 5", got.code, f.asked)
	}
}

func TestExportSaysWhatVanished(t *testing.T) {
	f := newFake(t, false)
	f.values["a"] = []byte("1")
	f.errs = []error{nil, fmt.Errorf("%w: gone", node.ErrNotFound)}
	if got := f.peal(t, "export", t.TempDir()); got.code != 1 || !strings.Contains(got.err, "failed a: it was listed, but is not there any more") {
		t.Errorf("got %+v", got)
	}
}

func TestInterruptedTransferSaysSo(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var stderr strings.Builder
	c := newCLI(console{out: &strings.Builder{}, err: &stderr, lookupEnv: lookup(nil)})
	tr := newTransfer("importing", "imported")
	tr.parallel = 1
	tr.run(ctx, c, []string{"a", "b", "c"}, func(_ context.Context, name string) (int64, error) {
		if name == "a" {
			return 1, nil
		}
		cancel()
		return 0, ctx.Err()
	})
	if err := tr.report(ctx, c); exitCode(err) != 130 || err.Error() != "interrupted: 1 of 3 files done" {
		t.Errorf("got %v, exit %d; want that it was interrupted after one file, and 130", err, exitCode(err))
	}
	if got, want := stderr.String(), "importing: 0 of 3 files\n"; got != want {
		t.Errorf("printed %q, want %q and no list of failures", got, want)
	}
}

func TestNoSuchDirectory(t *testing.T) {
	f := newFake(t, false)
	file := filepath.Join(write(t, map[string]string{"file": ""}), "file")
	for _, args := range [][]string{{"import", file + "s"}, {"import", file}, {"export", file}} {
		if got := f.peal(t, args...); got.code != 1 || !strings.Contains(got.err, ": directory "+file) {
			t.Errorf("%q: %+v", args, got)
		}
	}
}
