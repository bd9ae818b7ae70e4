package main

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"peal/chord"
)

func TestText(t *testing.T) {
	f := newFake(t, true)
	f.values["k"] = []byte("v")
	for _, test := range []struct {
		args string
		want []string
	}{
		{"put k v", []string{"stored k on 2 of 3 replicas, owed to " + contact(3).String() + " (held by " + contact(4).String() + "); version 1700000000000.0-", ", 1 hop, 1.2 ms\n"}},
		{"put k v --ttl 90s", []string{"; expires in 1m30s, version "}},
		{"touch k --ttl 30s", []string{"touched k on all 3 replicas; expires in 30s, version "}},
		{"touch k", []string{"touched k on all 3 replicas; never expires, version "}},
		{"del k", []string{"deleted k on the only replica; version "}},
		{"lookup k", []string{contact(2).String(), contact(1).Peer.String() + "  2.5  no answer\n", "2 hops, 2.8 ms"}},
		{"ring", []string{"POSITION", contact(2).Peer.String() + "    12       32  settled\n", "3 peers, well-formed"}},
		{"ring check", []string{"ring peal: 3 peers, well-formed; every key is on all its replicas\n"}},
		{"ring wait", []string{"3 peers"}},
		{"status", []string{contact(0).ID.String(), "settled", "/ip4/127.0.0.1/tcp/4001/p2p/12D3Koo", "3 live peers"}},
		{"testnet kill 2", []string{contact(1).Peer.String(), "killed 2 peers\n"}},
		{"testnet join 1", []string{contact(4).Peer.String(), "joined 1 peer\n"}},
		{"leave", []string{"the testnet of 3 peers has ended\n"}},
		{"leave --via peer", []string{contact(1).String() + " (" + contact(1).Peer.String() + ") left the ring\n"}},
		{"version", []string{"peal ", "go1."}},
		{"completion bash", []string{"bash completion"}},
	} {
		got := f.peal(t, strings.Fields(test.args)...)
		if got.code != 0 || got.err != "" {
			t.Errorf("%s: exit %d, stderr %q", test.args, got.code, got.err)
		}
		for _, want := range test.want {
			if !strings.Contains(got.out, want) {
				t.Errorf("%s printed\n%swant %q in it", test.args, got.out, want)
			}
		}
	}
}

func TestStatusOfALonePeer(t *testing.T) {
	lone := status{Info: info(0)}
	lone.Predecessor, lone.Successors = chord.Contact{}, nil
	lone.Quorums.N = 3
	for member, want := range map[bool]string{true: "none: it is alone in its ring", false: ""} {
		lone.Member = member
		got := make(map[string]string)
		for _, fact := range lone.facts() {
			got[fact[0]] = fact[1]
		}
		if _, has := got["predecessor"]; got["neighbours"] != want || has == member {
			t.Errorf("member %v: %q, want the neighbours %q", member, got, want)
		}
		if few := slices.Contains(lone.facts(), [2]string{"", "a key has 1 copy and not 3: the ring has 1 peer"}); few != member {
			t.Errorf("member %v: that keys have too few copies is told: %v", member, few)
		}
	}
}

func TestJSON(t *testing.T) {
	f := newFake(t, true)
	f.values["k"] = []byte("v")
	for _, test := range []struct {
		args, field string
		want        any
	}{
		{"get k", "value", "dg=="},
		{"put k v", "wanted", 3.0},
		{"put k v", "key", "k"},
		{"touch k", "wanted", 3.0},
		{"testnet kill 1", "in_a_row", 0.0},
		{"testnet impair --drop 5%", "drop", 5.0},
		{"lookup k", "key", "k"},
		{"ring", "well_formed", true},
		{"ring check", "peers", 3.0},
		{"ring wait", "replicated", true},
		{"status", "addresses", []any{info(0).Addresses[0]}},
		{"status", "lab", true},
		{"del k", "hops", 0.0},
		{"version", "go", thisBuild().Go},
	} {
		got := f.peal(t, append(strings.Fields(test.args), "-o", "json")...)
		var object map[string]any
		if err := json.Unmarshal([]byte(got.out), &object); err != nil || got.code != 0 || got.err != "" {
			t.Errorf("%s: %+v, %v", test.args, got, err)
		}
		if !reflect.DeepEqual(object[test.field], test.want) {
			t.Errorf("%s: %s is %v, want %v", test.args, test.field, object[test.field], test.want)
		}
	}
	for args, field := range map[string]string{"testnet kill 1": "killed", "testnet join 1": "joined"} {
		got := f.peal(t, append(strings.Fields(args), "-o", "json")...)
		if !strings.Contains(got.out, field) || !json.Valid([]byte(got.out)) {
			t.Errorf("%s: %+v", args, got)
		}
	}
	f.peal(t, "leave", "--via", "ab12")
	if got := f.peal(t, "leave", "-o", "json"); !json.Valid([]byte(got.out)) || !slices.Equal(f.left, []string{"ab12", ""}) {
		t.Errorf("leave: %+v, asked of %q", got, f.left)
	}
}
