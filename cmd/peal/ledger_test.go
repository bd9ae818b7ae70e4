package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// A ledger is what one client has done to one key, one operation after the other,
// and so what a read may find there. "" stands for no key at all; no value is empty.
type ledger struct {
	version, value string   // of the newest acknowledged write
	ever           []string // all values that were ever asked to be written
	maybe          []string // what writes of unknown fate may have left, now or later
}

// begin notes that a value is about to be written.
func (l *ledger) begin(value string) { l.ever = append(l.ever, value) }

func (l *ledger) acknowledged(version, value string) { l.version, l.value = version, value }

// unknown notes that a write may have been done, or still will be: a peer that stood
// still goes on with it.
func (l *ledger) unknown(value string) { l.maybe = append(l.maybe, value) }

// lost says what is wrong with what a read found, once the ring is whole: "" if
// that is the newest acknowledged write, or a newer one of unknown fate.
func (l *ledger) lost(version, value string) string {
	switch {
	case value == "" && (l.value == "" || slices.Contains(l.maybe, "")):
		return ""
	case value == "":
		return "is gone, it should have version " + l.version
	case older(version, l.version):
		return fmt.Sprintf("has version %s, which is older than %s", version, l.version)
	case value != l.value && !slices.Contains(l.maybe, value):
		return fmt.Sprintf("has in version %s a value that version %s replaced", version, l.version)
	case version != l.version && len(l.maybe) == 0:
		return fmt.Sprintf("has version %s, which nobody wrote", version)
	}
	return ""
}

// foreign reports whether a read found what was never written there. Anything else
// it may find while the ring changes.
func (l *ledger) foreign(value string) bool { return value != "" && !slices.Contains(l.ever, value) }

// older reports whether version a is from an earlier time than b.
func older(a, b string) bool {
	type moment struct{ wall, count int64 }
	at := func(version string) (m moment) {
		_, _ = fmt.Sscanf(strings.Split(version, "-")[0], "%d.%d", &m.wall, &m.count)
		return m
	}
	x, y := at(a), at(b)
	return x.wall < y.wall || x.wall == y.wall && x.count < y.count
}

func TestLedgerFindsWhatIsLost(t *testing.T) {
	put := func(l *ledger, version, value string) { l.begin(value); l.acknowledged(version, value) }
	doubt := func(l *ledger, value string) { l.begin(value); l.unknown(value) }
	twice := ledger{}
	put(&twice, "100.0-a", "one")
	put(&twice, "100.2-b", "two")
	deleted, unsure, gone := twice, twice, twice
	deleted.acknowledged("101.0-a", "")
	doubt(&unsure, "three")
	gone.unknown("")
	for _, test := range []struct {
		of             ledger
		version, value string
		want           string
	}{
		{twice, "100.2-b", "two", ""},
		{twice, "100.0-a", "one", "is older than 100.2-b"},
		{twice, "", "", "is gone"},
		{twice, "100.2-b", "one", "replaced"},
		{twice, "100.10-b", "two", "nobody wrote"},
		{deleted, "", "", ""},
		{deleted, "100.2-b", "two", "is older than 101.0-a"},
		{deleted, "101.1-b", "two", "replaced"},
		{unsure, "100.2-b", "two", ""},
		{unsure, "99.7-b", "three", "is older than 100.2-b"},
		{unsure, "100.3-b", "three", ""},
		{unsure, "100.3-b", "one", "replaced"},
		{gone, "", "", ""},
		{ledger{}, "", "", ""},
	} {
		got := test.of.lost(test.version, test.value)
		if (got == "") != (test.want == "") || !strings.Contains(got, test.want) {
			t.Errorf("%+v\nread %q of %s: got %q, want %q", test.of, test.value, test.version, got, test.want)
		}
	}
	if twice.foreign("one") || !twice.foreign("three") {
		t.Errorf("foreign: one %v, three %v; want false and true", twice.foreign("one"), twice.foreign("three"))
	}
}
