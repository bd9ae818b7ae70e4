package store

import (
	"bufio"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"peal/node/replica"
)

// childDir names the directory that a child of this test works in.
const childDir = "PEAL_TEST_STORE"

// TestMain turns this program into a child that commits until it is killed.
func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		fmt.Println(commitForever(dir))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// commitForever writes numbers that grow under a few keys, several at a time,
// and prints each number once it is acknowledged.
func commitForever(dir string) error {
	db, err := openWith(dir, small)
	if err != nil {
		return err
	}
	if damage, err := db.Each(func(replica.Item) {}); damage != "" || err != nil {
		return fmt.Errorf("damage %q: %w", damage, err)
	}
	last, _, err := db.Get("last")
	if err != nil {
		return err
	}
	for i := last.Version.Wall + 1; ; i++ {
		value := strings.Repeat("v", int(i*37%5000))
		batch := []replica.Record{record("last", "", i), record(fmt.Sprint("key ", i%50), value, i)}
		if err := db.Commit(batch, nil); err != nil {
			return err
		}
		fmt.Println(i)
		if err := db.SetMeta("last", fmt.Append(nil, i)); err != nil {
			return err
		}
	}
}

// child runs a child in a directory, reads so many of its lines and kills it. It
// gives the last number that was acknowledged before that.
func child(t *testing.T, dir string, lines int) (acknowledged uint64) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childDir+"="+dir)
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()
	defer cmd.Process.Kill()
	scanner := bufio.NewScanner(out)
	for n := 0; scanner.Scan(); n++ {
		if n == lines {
			cmd.Process.Kill()
		}
		if acknowledged, err = strconv.ParseUint(scanner.Text(), 10, 64); err != nil {
			t.Fatalf("the child says %q", scanner.Text())
		}
	}
	return acknowledged
}

func TestKilledPeers(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	dir := filepath.Join(scratch(t), "store")
	kills := 20
	if testing.Short() {
		kills = 5
	}
	for range kills {
		acknowledged := child(t, dir, random.IntN(60))
		db, damage := load(t, dir)
		last, _, err := db.Get("last")
		if damage != "" || err != nil || last.Version.Wall < acknowledged || last.Version.Wall > acknowledged+1 {
			t.Fatalf("the last write is %d, damage %q, error %v; %d was acknowledged", last.Version.Wall, damage, err, acknowledged)
		}
		for i := max(last.Version.Wall, 50) - 49; i <= last.Version.Wall; i++ {
			want := record(fmt.Sprint("key ", i%50), strings.Repeat("v", int(i*37%5000)), i)
			wantRecord(t, db, want)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// Another process is refused, as is the check of a store that is open.
func TestTwoProcesses(t *testing.T) {
	dir := filepath.Join(scratch(t), "store")
	db := open(t, dir)
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childDir+"="+dir)
	out, err := cmd.Output()
	if err == nil || !strings.Contains(string(out), ErrInUse.Error()) {
		t.Errorf("the other process says %q, error %v; want that the directory is in use", out, err)
	}
	if _, err := Check(dir); !errors.Is(err, ErrInUse) {
		t.Errorf("check: %v, want ErrInUse", err)
	}
	commit(t, db, samples()[:1])
	wantRecord(t, db, samples()[0])
}
