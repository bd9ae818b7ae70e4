package main

import (
	"flag"
	gobuild "go/build"
	"maps"
	"path/filepath"
	"strconv"
	"testing"
)

var wavePeers = flag.Int("wave-peers", 50, "how many peers the files are on that waves of kills go over")

// TestFilesSurviveWavesOfKills is the main job: real files on a ring of real
// peers, of which a fifth dies at once, is replaced, and dies again. Every
// export must be the original, also one that begins while the ring still mends.
func TestFilesSurviveWavesOfKills(t *testing.T) {
	t.Parallel()
	peers := *wavePeers
	if testing.Short() {
		peers = 20
	}
	wave := strconv.Itoa(peers / 5)
	dir := filepath.Join(gobuild.Default.GOROOT, "src", "net")
	want := read(t, dir)
	s := background(t, "testnet", "--peers", strconv.Itoa(peers))
	var up settled
	s.hears(t, &up)
	t.Logf("%d peers settled in %.1f s with %s each", up.Peers, up.Seconds, sizeText(up.BytesPerPeer))

	peal := func(args ...string) {
		t.Helper()
		if got := runWith(t, "", append([]string{"PEAL_API=" + up.URL}, args...)...); got.code != 0 {
			t.Fatalf("peal %v: exit %d\n%s", args, got.code, got.err)
		}
	}
	verify := func(when string) {
		t.Helper()
		to := t.TempDir()
		peal("export", "--prefix", "go/", to)
		if got := read(t, to); !maps.Equal(got, want) {
			t.Fatalf("%s: the export differs from the original: %d files, want %d", when, len(got), len(want))
		}
	}
	peal("import", "--prefix", "go/", dir)
	verify("after the import")
	peal("testnet", "kill", wave)
	verify("right after the first kill")
	peal("ring", "wait", "--replicated", "--timeout", "1m")
	verify("when the ring has mended")
	peal("testnet", "join", wave)
	verify("right after the join")
	peal("ring", "wait", "--replicated", "--timeout", "1m")
	peal("testnet", "kill", wave)
	verify("right after the second kill")
	peal("ring", "wait", "--replicated", "--timeout", "1m")
	verify("in the end")
}
