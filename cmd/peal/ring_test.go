package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"peal/chord"
	"peal/node"
)

func TestStates(t *testing.T) {
	for want, info := range map[string]node.Info{
		"joining": {}, "mending": {Member: true}, "settled": {Member: true, Replicated: true}, "paused": {Member: true, Paused: true},
		"refusing": {Member: true, Replicated: true, Refused: "disk full"},
	} {
		if got := stateOf(info); got != want {
			t.Errorf("%+v: got %s, want %s", info, got, want)
		}
	}
}

func TestRingCheckFails(t *testing.T) {
	f := newFake(t, false)
	f.rings = []node.Ring{{Name: "peal", Problem: "ab12 and cd34 form a ring of their own"}}
	got := f.peal(t, "ring", "check")
	if got.code != 9 || !strings.Contains(got.err, "ab12 and cd34 form a ring of their own") || got.out != "" {
		t.Errorf("got %+v, want exit 9 and the reason", got)
	}
}

// Every problem is a line that fits on 80 columns, up to a bound; JSON has all.
func TestRingCheckListsProblems(t *testing.T) {
	f := newFake(t, false)
	broken := ringOf(3)
	broken.WellFormed, broken.Problem = false, "the first"
	for i := range maxProblems + 5 {
		broken.Problems = append(broken.Problems, node.Problem{
			Kind: node.WrongPredecessor, Peer: contact(i % 3), Peers: []chord.Contact{contact(1)},
			Text: fmt.Sprintf("has the predecessor %v, should have %v", contact(0), contact(1)),
		})
	}
	f.rings = []node.Ring{broken}
	got := f.peal(t, "ring", "check")
	if want := "peal ring check: ring peal: 3 peers, not well-formed: 25 problems\n"; got.code != 9 || got.err != want {
		t.Errorf("exit %d, stderr %q; want exit 9 and %q", got.code, got.err, want)
	}
	lines := strings.Split(got.out, "\n")
	if want := "predecessor  " + contact(0).String() + "  has the predecessor " + contact(0).String() + ", should have " + contact(1).String(); lines[1] != want || len(lines) != maxProblems+3 {
		t.Errorf("it printed %d lines, the second %q; want %d and %q", len(lines), lines[1], maxProblems+3, want)
	}
	for _, line := range lines {
		if len(line) > 80 {
			t.Errorf("%q has more than 80 columns", line)
		}
	}
	var all verdict
	got = f.peal(t, "ring", "check", "-o", "json")
	if err := json.Unmarshal([]byte(got.out), &all); err != nil || got.code != 9 || len(all.Problems) != maxProblems+5 || all.WellFormed {
		t.Errorf("as JSON: %+v, %v; want exit 9 and all problems", got, err)
	}
}

// Where a ring has fewer peers than a key has replicas it says so, and what that means.
func TestFewerPeersThanReplicas(t *testing.T) {
	f := newFake(t, false)
	f.rings = []node.Ring{ringOf(2)}
	for i := range f.rings[0].Peers {
		f.rings[0].Peers[i].Quorums.N = 3
	}
	want := "ring peal: 2 peers, well-formed; every key is on every peer\na key has 2 copies and not 3: the ring has 2 peers\n"
	for _, verb := range []string{"ring", "ring check", "ring wait --replicated"} {
		if got := f.peal(t, strings.Fields(verb)...); got.code != 0 || !strings.HasSuffix(got.out, want) {
			t.Errorf("%s: %+v, want %q", verb, got, want)
		}
	}
	var said verdict
	if got := f.peal(t, "ring", "check", "-o", "json"); json.Unmarshal([]byte(got.out), &said) != nil || said.Replicas != 3 || said.Peers != 2 {
		t.Errorf("as JSON: %+v, want 3 replicas and 2 peers", got)
	}
	f.rings[0].Peers[1].Quorums.N = 2
	f.rings[0].Peers[0].Quorums.N = 2
	if got := f.peal(t, "ring", "check"); strings.Count(got.out, "\n") != 1 {
		t.Errorf("with as many peers as replicas: %+v, want a line", got)
	}
}

// A peer that has found none of those that it knew does not pass for all there is.
func TestPeersThatDoNotAnswer(t *testing.T) {
	f := newFake(t, false)
	f.rings = []node.Ring{ringOf(3)}
	f.rings[0].Peers[1].Absent, f.rings[0].Peers[2].Absent = 2, 1
	f.absent = 1
	want := contact(1).String() + " knows 2 other peers from before, and none answers: keys may be with them\n"
	if got := f.peal(t, "ring", "check"); !strings.HasSuffix(got.out, want) {
		t.Errorf("ring check: %+v, want %q", got, want)
	}
	var said verdict
	if got := f.peal(t, "ring", "check", "-o", "json"); json.Unmarshal([]byte(got.out), &said) != nil || said.Absent != 2 {
		t.Errorf("as JSON: %+v, want 2 that are absent", got)
	}
	if got := f.peal(t, "status"); !strings.Contains(got.out, "  knows 1 other peer from before, and none answers: ") {
		t.Errorf("status: %+v", got)
	}
}

// A store that takes no writes is named, with the reason.
func TestStoresThatRefuse(t *testing.T) {
	f := newFake(t, false)
	f.rings = []node.Ring{ringOf(maxRefusals + 3)}
	for i := range maxRefusals + 2 {
		f.rings[0].Peers[i+1].Refused = "disk full"
	}
	got := f.peal(t, "ring", "check")
	want := contact(maxRefusals).String() + " did not store the last write: disk full\nand 2 peers more did not: 'peal ring' shows which\n"
	if got.code != 0 || !strings.HasSuffix(got.out, want) || strings.Count(got.out, "disk full") != maxRefusals {
		t.Errorf("got %+v, want at its end %q", got, want)
	}
	var said verdict
	if got := f.peal(t, "ring", "check", "-o", "json"); json.Unmarshal([]byte(got.out), &said) != nil || len(said.Refusing) != maxRefusals+2 || said.Refusing[0] != (refusing{contact(1), "disk full"}) {
		t.Errorf("as JSON: %+v, want all that refuse", got)
	}
	lone := status{Info: info(0)}
	lone.Refused = "disk full"
	if fact := [2]string{"store", "did not take the last write: disk full"}; !slices.Contains(lone.facts(), fact) {
		t.Errorf("status has the facts %q, want %q", lone.facts(), fact)
	}
}

func TestRingWaitSaysWhatItWaitsFor(t *testing.T) {
	f := newFake(t, false)
	broken, mending := ringOf(4), ringOf(4)
	broken.WellFormed, broken.Problem = false, "no successor"
	mending.Replicated = false
	f.rings = []node.Ring{broken, ringOf(3), mending, mending, ringOf(4)}
	got := f.peal(t, "ring", "wait", "--replicated", "--peers", "4")
	want := "waiting up to 1m0s for one well-formed ring of 4 peers with every key on all its replicas\n" +
		"waiting: ring peal: 4 peers, not well-formed: no successor; every key is on all its replicas\n" +
		"waiting: the ring has 3 peers, not 4\n" +
		"waiting: ring peal: 4 peers, well-formed; not every key is on all its replicas yet\n"
	if got.code != 0 || got.err != want || !strings.Contains(got.out, "4 peers, well-formed") {
		t.Errorf("got %+v, want on stderr\n%s", got, want)
	}
}

func TestRingWaitGivesUp(t *testing.T) {
	f := newFake(t, false)
	got := f.peal(t, "ring", "wait", "--peers", "9", "--timeout", "20ms")
	if got.code != 9 || !strings.Contains(got.err, "peal ring wait: gave up after 20ms: the ring has 3 peers, not 9") {
		t.Errorf("got %+v, want exit 9 and the reason", got)
	}
}
