package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPutAndGetKeepEveryByte(t *testing.T) {
	f := newFake(t, false)
	file := filepath.Join(t.TempDir(), "value")
	if err := os.WriteFile(file, []byte("from\x00a file\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		key, in string
		args    []string
		want    string
	}{
		{"plain", "", []string{"value"}, "value"},
		{"empty", "", []string{""}, ""},
		{"stdin", "a\x00\xff\n", nil, "a\x00\xff\n"},
		{"dash", "b\r\n", []string{"-"}, "b\r\n"},
		{"file", "", []string{"@" + file}, "from\x00a file\n"},
		{"a//b/../c", "", []string{"v"}, "v"},
		{"..", "", []string{"v"}, "v"},
		{"\xff%00 ?#ü", "", []string{"v"}, "v"},
		{"dashed", "", []string{"--", "-v"}, "-v"},
	} {
		args := append([]string{"PEAL_API=" + f.url, "put", test.key}, test.args...)
		if got := runWith(t, test.in, args...); got.code != 0 {
			t.Fatalf("put %q: exit %d, %s", test.key, got.code, got.err)
		}
		if got := string(f.values[test.key]); got != test.want {
			t.Errorf("put %q stored %q, want %q", test.key, got, test.want)
		}
		if got := f.peal(t, "get", test.key); got.code != 0 || got.out != test.want || got.err != "" {
			t.Errorf("get %q: %+v, want %q", test.key, got, test.want)
		}
	}
}

func TestPutOnATerminalWantsAValue(t *testing.T) {
	c := newCLI(console{in: strings.NewReader("typed"), out: &strings.Builder{}, err: &strings.Builder{}, lookupEnv: os.LookupEnv, inTerminal: true})
	if got := c.run(t.Context(), []string{"put", "k"}); got != 2 {
		t.Errorf("put without a value: exit %d, want 2", got)
	}
}
