package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"peal/node"
	"peal/node/blob"
	"peal/node/replica"
)

const mib = 1 << 20

// large makes a value no two blocks of which are alike.
func large(size int) string {
	b := []byte(strings.Repeat(".", size))
	for i := 0; i < size; i += 1000 {
		copy(b[i:], strconv.Itoa(i))
	}
	return string(b)
}

// lose takes away a block of a value.
func (f *fakeRing) lose(value string, block int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for key, data := range f.values {
		if replica.Internal(key) && string(data) == value[block*mib:(block+1)*mib] {
			delete(f.values, key)
		}
	}
}

func TestPutAndGetOfLargeValues(t *testing.T) {
	f := newFake(t, false)
	value := large(20*mib + 1)
	file := filepath.Join(write(t, map[string]string{"value": value}), "value")
	for _, arg := range []string{"-", "@" + file} {
		if got := runWith(t, value, "PEAL_API="+f.url, "put", "k", arg); got.code != 0 || !strings.HasPrefix(got.out, "stored k on 2 of 3") || got.err != "" {
			t.Fatalf("put %s: %+v", arg, got)
		}
		if got := f.peal(t, "get", "k"); got.code != 0 || got.out != value || got.err != "" {
			t.Errorf("get: exit %d, %d bytes, %s; want 0 and the %d bytes that were put", got.code, len(got.out), got.err, len(value))
		}
	}
	if got := f.peal(t, "keys", "-o", "json"); !strings.Contains(got.out, `"size": 20971521`) {
		t.Errorf("listed %s, want the size of the whole", got.out)
	}
	if got := f.peal(t, "get", "k", "-o", "json"); got.code != 2 || !strings.Contains(got.err, "too many for JSON") {
		t.Errorf("get as JSON: %+v, want exit 2", got)
	}
}

func TestImportThenExportOfLargeFiles(t *testing.T) {
	f := newFake(t, false)
	in, out := write(t, map[string]string{"large": large(3 * mib), "small": "1"}), t.TempDir()
	if got := f.peal(t, "import", in); got.code != 0 || !strings.HasPrefix(got.out, "imported 2 files, 3.15 MB") {
		t.Fatalf("import: %+v", got)
	}
	if got := f.peal(t, "export", out); got.code != 0 || !strings.HasPrefix(got.out, "exported 2 files, 3.15 MB") {
		t.Fatalf("export: %+v", got)
	}
	if got := read(t, out); got["large"] != large(3*mib) || got["small"] != "1" {
		t.Errorf("exported %d files that differ", len(got))
	}
}

// A value that breaks off is no value: not on standard output, and not as a file.
func TestValueThatBreaksOff(t *testing.T) {
	f := newFake(t, false)
	value := large(15 * mib)
	runWith(t, value, "PEAL_API="+f.url, "put", "k")
	f.lose(value, 12)
	got := f.peal(t, "get", "k")
	if got.code != 5 || !strings.HasPrefix(value, got.out) || !strings.Contains(got.err, "the value broke off after ") {
		t.Errorf("get: exit %d, %d bytes, %s; want 5, the beginning, and that it broke off", got.code, len(got.out), got.err)
	}
	dir := write(t, map[string]string{"k": "old"})
	if got := f.peal(t, "export", dir, "--retry", "0"); got.code != 1 || !strings.Contains(got.err, "failed k: the value broke off") {
		t.Errorf("export: %+v, want exit 1", got)
	}
	if files := read(t, dir); len(files) != 1 || files["k"] != "old" {
		t.Errorf("there are %d files, want the old one alone", len(files))
	}
	f.lose(value, 0)
	if got := f.peal(t, "get", "k"); got.code != 1 || got.out != "" || !strings.Contains(got.err, "block 1 of 15 is missing") {
		t.Errorf("without the first block: %+v, want exit 1 and nothing read", got)
	}
}

func TestExportTriesALargeValueAgain(t *testing.T) {
	f := newFake(t, false)
	value := large(3 * mib)
	runWith(t, value, "PEAL_API="+f.url, "put", "k")
	f.errs = []error{nil, nil, node.ErrQuorum}
	out := t.TempDir()
	if got := f.peal(t, "export", out); got.code != 0 || read(t, out)["k"] != value {
		t.Errorf("got %+v", got)
	}
}

func TestLargePutThatFails(t *testing.T) {
	f := newFake(t, false)
	f.errs = []error{nil, nil, node.ErrUnknown}
	got := runWith(t, large(9*mib), "PEAL_API="+f.url, "put", "k")
	if got.code != 6 || !strings.Contains(got.err, "nothing was stored") || len(f.values) != 0 {
		t.Errorf("exit %d, %s, and %d records; want 6 and none", got.code, got.err, len(f.values))
	}
}

func TestValueThatCannotBeRead(t *testing.T) {
	f := newFake(t, false)
	for _, size := range []int{0, 3 * mib} {
		var out, stderr bytes.Buffer
		in := io.MultiReader(strings.NewReader(large(size)), iotest.ErrReader(errors.New("the disk is gone")))
		c := newCLI(console{in: in, out: &out, err: &stderr, lookupEnv: lookup(map[string]string{"PEAL_API": f.url})})
		code := c.run(t.Context(), []string{"put", "k"})
		if want := "peal put: standard input: the disk is gone\n"; code != 1 || stderr.String() != want {
			t.Errorf("after %d bytes: exit %d and %q; want 1 and %q", size, code, stderr.String(), want)
		}
		until(t, "nothing is left of it", f.holdsNothing)
	}
}

// holdsNothing is so, in the end, where a client went away while blocks were stored.
func (f *fakeRing) holdsNothing() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.values) == 0
}

// tooLarge makes a file that no value can have, and that takes no room.
func tooLarge(t *testing.T) string {
	t.Helper()
	file := filepath.Join(write(t, map[string]string{"big": ""}), "big")
	if err := os.Truncate(file, blob.MaxSize+1); err != nil {
		t.Fatal(err)
	}
	return file
}

// On a terminal a bar shows how far a large value is, and is gone in the end.
func TestProgressOfALargeValue(t *testing.T) {
	f := newFake(t, false)
	value := large(4 * mib)
	file := filepath.Join(write(t, map[string]string{"value": value}), "value")
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"put", "k", "@" + file}, "] 0 B of 4.19 MB"},
		{[]string{"get", "k"}, "] 0 B of 4.19 MB"},
		{[]string{"put", "k"}, "storing  0 B"},
		{[]string{"put", "small", "v"}, ""},
		{[]string{"get", "small"}, ""},
	} {
		var stderr bytes.Buffer
		c := newCLI(console{in: strings.NewReader(value), out: io.Discard, err: &stderr, errTerminal: true, lookupEnv: lookup(map[string]string{"PEAL_API": f.url})})
		code := c.run(t.Context(), test.args)
		got := stderr.String()
		if code != 0 || !strings.Contains(got, test.want) || test.want == "" && got != "" || test.want != "" && !strings.HasSuffix(got, "\r\033[K") {
			t.Errorf("%q: exit %d, printed %q; want %q, and nothing left of it", test.args, code, got, test.want)
		}
	}
}
