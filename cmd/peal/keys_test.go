package main

import (
	"encoding/json"
	"testing"
)

func TestKeys(t *testing.T) {
	f := newFake(t, false)
	for _, key := range []string{"a/1", "a/2", "a/3", "a/\n", "a/\xff", "b"} {
		f.values[key] = []byte("12345")
	}
	if got, want := f.peal(t, "keys", "--prefix", "a/").out, "a/2\na/3\n\"a/\\n\"\n\"a/\\xff\"\na/1\n"; got != want {
		t.Errorf("keys printed\n%swant\n%s", got, want)
	}
	got := f.peal(t, "ls", "--limit", "3")
	if want := "a/2\na/3\nb\n"; got.out != want || got.err != "there are more keys than 3: raise --limit\n" {
		t.Errorf("ls --limit 3: %+v, want %q", got, want)
	}
	var all []listed
	if err := json.Unmarshal([]byte(f.peal(t, "keys", "-o", "json").out), &all); err != nil || len(all) != 6 {
		t.Fatalf("keys -o json: %d keys, %v; want 6", len(all), err)
	}
	if got := all[4]; got.raw() != "a/\xff" || got.Size != 5 {
		t.Errorf("the fifth key is %+v", got)
	}
	if got := f.peal(t, "keys", "--prefix", "none", "-o", "json").out; got != "[]\n" {
		t.Errorf("no keys as JSON: %q, want []", got)
	}
}
