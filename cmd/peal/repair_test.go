package main

import (
	"strings"
	"testing"

	"peal/node"
)

func TestRepair(t *testing.T) {
	f := newFake(t, false)
	f.repair = node.Repair{Strays: 1, Reason: "a did not answer", Transfer: &node.Transfer{With: contact(1), Moved: 7, Bytes: 7000, Left: 2, Waiting: "for an answer"}}
	r := f.peal(t, "repair", "--rate", "2.5M", "--pause")
	for _, want := range []string{"catching up", "1 record\n", "until 'peal repair --resume'", "at most 2.5 MB a second", "a did not answer", "7 records, 7 kB; 2 more records", "for an answer"} {
		if !strings.Contains(r.out, want) {
			t.Errorf("got\n%swant %q in it", r.out, want)
		}
	}
	if f.repair.Rate != 2_500_000 || !f.repair.Paused {
		t.Errorf("set to %+v, want 2500000 and a pause", f.repair)
	}
	f.peal(t, "repair", "--resume")
	if f.repair.Rate != 2_500_000 || f.repair.Paused {
		t.Errorf("set to %+v, want 2500000 and no pause", f.repair)
	}
	for args, want := range map[string]string{
		"--rate x": "want a number of bytes such as 500k", "--rate -1": "want a number of bytes such as 500k", "--rate 5T": "want a number",
		"--pause --resume": "give one of them",
	} {
		if r := f.peal(t, append([]string{"repair"}, strings.Fields(args)...)...); r.code != 2 || !strings.Contains(r.err, want) {
			t.Errorf("repair %s: exit %d, %q; want 2 and %q", args, r.code, r.err, want)
		}
	}
}
