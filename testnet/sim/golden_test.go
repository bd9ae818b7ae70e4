package sim

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

var rewrite = flag.Bool("rewrite", false, "write testdata/golden.txt anew")

const goldenFile = "testdata/golden.txt"

// goldenRuns take all that the simulator can do into a few seconds.
func goldenRuns() []Config {
	churn := churning(3)
	churn.Latency, churn.CrashShare = Exponential, 0.1
	return []Config{
		{Peers: 5, Seed: 1, Grown: true, Duration: 20 * time.Second}, churn,
		MixedConfig(4, 0, time.Minute), MixedConfig(5, 0, time.Minute), MixedConfig(6, 0, time.Minute), MixedConfig(1, 200, 30*time.Second),
		MixedDataConfig(7, 12, 20*time.Second),
	}
}

// TestGoldenHashes: the same seed has the same trace hash on every machine. A
// change of the protocol changes the hashes; then run
//
//	go test ./testnet/sim -run Golden -rewrite
func TestGoldenHashes(t *testing.T) {
	var got strings.Builder
	for _, cfg := range goldenRuns() {
		r := mustRun(t, cfg)
		fmt.Fprintf(&got, "seed %d, %d peers at first: %s\n", cfg.Seed, cfg.Peers, r.TraceHash)
	}
	if *rewrite {
		if err := os.WriteFile(goldenFile, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(goldenFile)
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Errorf("on %s/%s the runs have the hashes\n%swant\n%s", runtime.GOOS, runtime.GOARCH, &got, want)
	}
}

// TestGoldenHashes32 runs the same on the nearest other machine that there is:
// one with words of 32 bits, without the assembly of package math.
func TestGoldenHashes32(t *testing.T) {
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" || *rewrite {
		t.Skip("it takes a processor of the amd64 kind, under Linux, to run programs for 386")
	}
	program := filepath.Join(t.TempDir(), "sim.test")
	build := exec.Command("go", "test", "-c", "-o", program, ".")
	build.Env = append(os.Environ(), "GOARCH=386", "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("GOARCH=386: %v\n%s", err, out)
	}
	out, err := exec.Command(program, "-test.run", "^TestGoldenHashes$").CombinedOutput()
	switch {
	case errors.Is(err, syscall.ENOEXEC):
		t.Skip("this kernel runs no programs for 386")
	case err != nil:
		t.Errorf("GOARCH=386: %v\n%s", err, out)
	}
}
