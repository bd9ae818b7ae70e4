package main

import (
	"reflect"
	"strings"
	"testing"

	"peal/web"
)

func TestKillAndJoinSayWhich(t *testing.T) {
	f := newFake(t, true)
	f.peal(t, "testnet", "kill", "20", "--any")
	f.peal(t, "testnet", "kill", "--adjacent", "2")
	f.peal(t, "testnet", "kill", "--peer", "3fa2", "--peer", "91c0")
	f.peal(t, "testnet", "join", "7")
	want := []web.KillRequest{{Count: 20, Any: true}, {Adjacent: 2}, {Peers: []string{"3fa2", "91c0"}}}
	if !reflect.DeepEqual(f.kills, want) || f.joins != 7 {
		t.Errorf("killed %+v and joined %d, want %+v and 7", f.kills, f.joins, want)
	}
}

func TestKillSaysWhenKeysAreLost(t *testing.T) {
	f := newFake(t, true)
	for inARow, want := range map[int]string{2: "killed 2 peers\n", 3: "killed 2 peers\n3 in a row: keys that only they held are lost\n"} {
		f.inARow = inARow
		if got := f.peal(t, "testnet", "kill", "2"); !strings.HasSuffix(got.out, want) {
			t.Errorf("%d in a row: got\n%swant at its end\n%s", inARow, got.out, want)
		}
	}
}

func TestCutAndHeal(t *testing.T) {
	f := newFake(t, true)
	off := f.peal(t, "testnet", "cut", "12.5%")
	if want := "cut 1 peer off from the other 2\n"; !strings.HasSuffix(off.out, want) || !strings.Contains(off.out, contact(2).Peer.String()) {
		t.Errorf("got\n%swant %v and at the end %q", off.out, contact(2).Peer, want)
	}
	f.peal(t, "testnet", "cut", "--peer", "3fa2", "--peer", "91c0")
	if got := f.peal(t, "testnet", "heal"); got.code != 0 || !strings.HasPrefix(got.out, "healed: ") {
		t.Errorf("heal: %+v", got)
	}
	want := []web.CutRequest{{Percent: 12.5}, {Peers: []string{"3fa2", "91c0"}}}
	if !reflect.DeepEqual(f.cuts, want) || f.heals != 1 {
		t.Errorf("cut %+v and healed %d times, want %+v and once", f.cuts, f.heals, want)
	}
	for args, want := range map[string]string{
		"": "say which peers", "3% --peer ab": "say which peers", "30": `the share is "30"`, "x%": "such as 30%",
		"100%": "less than 100%", "NaN%": "less than 100%", "1% 2%": "2%",
	} {
		got := f.peal(t, append([]string{"testnet", "cut"}, strings.Fields(args)...)...)
		if got.code != 2 || !strings.Contains(got.err, want) || strings.Count(got.err, "\n") != 1 {
			t.Errorf("cut %s: %+v, want exit 2 and %q", args, got, want)
		}
	}
}

// What is wrong with the network of a testnet is seen, and what heal ended is said.
func TestNetworkIsShown(t *testing.T) {
	f := newFake(t, true)
	f.network.Impairment = web.Impairment{Drop: 5}
	for i := range 9 {
		f.network.CutOff = append(f.network.CutOff, contact(i))
	}
	cut := "a cut of 9 peers: " + positions(f.network.CutOff[:8]) + " and 1 more\n"
	lost := "an impairment: 5 % of the messages are lost\n"
	if got := f.peal(t, "status"); !strings.Contains(got.out, cut) || !strings.Contains(got.out, lost) {
		t.Errorf("status: %+v, want %q and %q", got, cut, lost)
	}
	if got, want := f.peal(t, "testnet", "heal"), "ended "+cut+"ended "+lost+"healed: "; got.code != 0 || !strings.HasPrefix(got.out, want) {
		t.Errorf("heal: %+v, want %q", got, want)
	}
	if got := f.peal(t, "testnet", "heal", "-o", "json"); got.code != 0 || !strings.Contains(got.out, `"drop": 5`) {
		t.Errorf("heal as JSON: %+v, want what was healed", got)
	}
}

func TestAPeerIsNoTestnet(t *testing.T) {
	f := newFake(t, false)
	got := f.peal(t, "testnet", "join", "1")
	if got.code != 2 || !strings.Contains(got.err, "run 'peal testnet'") {
		t.Errorf("got %+v, want exit 2 and what to do", got)
	}
}
