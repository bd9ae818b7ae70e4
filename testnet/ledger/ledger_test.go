package ledger

import (
	"strings"
	"testing"
)

func TestFindsWhatIsLost(t *testing.T) {
	put := func(k *Key, version, value string) { k.Begin(value); k.Acknowledged(version, value) }
	doubt := func(k *Key, value string) { k.Begin(value); k.Unknown(value) }
	twice := Key{}
	put(&twice, "100.0-a", "one")
	put(&twice, "100.2-b", "two")
	deleted, unsure, gone := twice, twice, twice
	deleted.Acknowledged("101.0-a", "")
	doubt(&unsure, "three")
	gone.Unknown("")
	tied := Key{}
	put(&tied, "100.3-b", "one")
	put(&tied, "100.0-a", "two")
	again := tied
	put(&again, "100.1-a", "three")
	settled := tied
	put(&settled, "101.0-a", "three")
	for _, test := range []struct {
		of             Key
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
		{tied, "100.3-b", "one", ""},
		{tied, "100.0-a", "two", ""},
		{tied, "", "", "is gone"},
		{again, "100.3-b", "one", ""},
		{settled, "101.0-a", "one", "replaced"},
		{Key{}, "", "", ""},
	} {
		got := test.of.Lost(test.version, test.value)
		if (got == "") != (test.want == "") || !strings.Contains(got, test.want) {
			t.Errorf("%+v\nread %q of %s: got %q, want %q", test.of, test.value, test.version, got, test.want)
		}
	}
	if twice.Foreign("one") || !twice.Foreign("three") {
		t.Errorf("foreign: one %v, three %v; want false and true", twice.Foreign("one"), twice.Foreign("three"))
	}
}
