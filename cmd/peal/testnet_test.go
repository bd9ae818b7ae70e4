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

func TestAPeerIsNoTestnet(t *testing.T) {
	f := newFake(t, false)
	got := f.peal(t, "testnet", "join", "1")
	if got.code != 2 || !strings.Contains(got.err, "run 'peal testnet'") {
		t.Errorf("got %+v, want exit 2 and what to do", got)
	}
}
