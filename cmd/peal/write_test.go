package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"peal/chord"
	"peal/node"
	"peal/node/replica"
)

func TestReceiptSaysWhere(t *testing.T) {
	x, y, z := contact(1), contact(2), contact(3)
	for _, test := range []struct {
		has, wanted, n int
		owed           []node.Owed
		want           string
	}{
		{3, 3, 3, nil, "all 3 replicas"},
		{2, 3, 3, []node.Owed{{Contact: x}}, fmt.Sprintf("2 of 3 replicas, owed to %v", x)},
		{2, 3, 3, []node.Owed{{Contact: x, Holder: &y}}, fmt.Sprintf("2 of 3 replicas, owed to %v (held by %v)", x, y)},
		{1, 3, 3, []node.Owed{{Contact: x}, {Contact: y, Holder: &z}}, fmt.Sprintf("1 of 3 replicas, owed to %v and %v (held by %v)", x, y, z)},
		{1, 2, 2, []node.Owed{{Contact: x}}, fmt.Sprintf("1 of 2 replicas, owed to %v", x)},
		{2, 2, 2, nil, "all 2 replicas"},
		{1, 1, 1, nil, "the only replica"},
		{1, 1, 3, nil, "1 of 3 replicas: the ring has 1 peer"},
		{1, 2, 3, []node.Owed{{Contact: x}}, fmt.Sprintf("1 of 3 replicas, owed to %v: the ring has 2 peers", x)},
		{2, 2, 0, nil, "all 2 replicas"}, // of a peer that does not tell
	} {
		r := receipt{Replicas: make([]chord.Contact, test.has), Wanted: test.wanted, N: test.n, Owed: test.owed}
		if got := r.where(); got != test.want {
			t.Errorf("%d of %d: %q, want %q", test.has, test.wanted, got, test.want)
		}
	}
}

func TestOptionsReachThePeer(t *testing.T) {
	f := newFake(t, false)
	f.values["k"] = nil
	version := replica.Condition{Version: stamp.String()}
	for _, test := range []struct {
		args string
		want node.WriteOptions
	}{
		{"put k v", node.WriteOptions{}},
		{"put k v --w all --ttl 30s", node.WriteOptions{W: node.All, TTL: 30 * time.Second}},
		{"put k v --w one --if-absent", node.WriteOptions{W: 1, If: replica.Condition{Absent: true}}},
		{"put k v --if-absent=false --w=quorum", node.WriteOptions{W: node.Majority}},
		{"put k v --w 2 --if-version " + stamp.String(), node.WriteOptions{W: 2, If: version}},
		{"PEAL_W=3 PEAL_TTL=1h put k v", node.WriteOptions{W: 3, TTL: time.Hour}},
		{"PEAL_IF_VERSION= put k v", node.WriteOptions{}},
		{"touch k", node.WriteOptions{}},
		{"touch k --ttl 1h30m --w 1 --if-version " + stamp.String(), node.WriteOptions{W: 1, TTL: 90 * time.Minute, If: version}},
		{"del k --w all --if-version " + stamp.String(), node.WriteOptions{W: node.All, If: version}},
	} {
		if got := f.peal(t, strings.Fields(test.args)...); got.code != 0 || f.write != test.want {
			t.Errorf("%s: %+v with %+v, want %+v", test.args, got, f.write, test.want)
		}
	}
	f.values["k"] = nil
	if got := f.peal(t, "get", "k", "--r", "all"); got.code != 0 || f.read.R != node.All {
		t.Errorf("get: %+v with %+v, want all", got, f.read)
	}
}

func TestTouchOfAMissingKey(t *testing.T) {
	f := newFake(t, false)
	if got := f.peal(t, "touch", "k", "--ttl", "1m"); got.code != 3 || got.err != "peal touch: key not found: \"k\"\n" {
		t.Errorf("got %+v, want exit 3", got)
	}
}

func TestHelpFitsATerminal(t *testing.T) {
	for _, verb := range []string{"put", "get", "del", "touch", "backup", "restore"} {
		for line := range strings.Lines(runWith(t, "", verb, "--help").out) {
			if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > 80 {
				t.Errorf("%s --help: a line has %d columns, want 80 at most: %s", verb, n, line)
			}
		}
	}
}

// What the API tells of a failure besides the text is passed to a program whole.
func TestFailuresInJSON(t *testing.T) {
	f := newFake(t, false)
	f.short = node.Receipt{Version: stamp, Replicas: []chord.Contact{contact(1)}, Owed: []node.Owed{{Contact: contact(2)}}, Wanted: 3}
	var told struct {
		Error, Code, Version string
		Receipt              receipt
	}
	f.errs = []error{node.ErrQuorum, node.ErrConflict}
	got := f.peal(t, "put", "k", "v", "-o", "json")
	err := json.Unmarshal([]byte(got.err), &told)
	if err != nil || got.code != 6 || told.Code != "quorum" || told.Receipt.Version != stamp.String() || len(told.Receipt.Owed) != 1 {
		t.Errorf("%+v tells %+v, %v; want the receipt", got, told, err)
	}
	got = f.peal(t, "del", "k", "-o", "json")
	if err := json.Unmarshal([]byte(got.err), &told); err != nil || got.code != 7 || told.Version != stamp.String() {
		t.Errorf("%+v tells %+v, %v; want the version", got, told, err)
	}
}
