package main

import "testing"

func TestCommandLine(t *testing.T) {
	got := commandLine([]string{"/bin/peal", "sim", "--peers", "8", "it's", ""})
	if want := `peal sim --peers 8 'it'\''s' ''`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
