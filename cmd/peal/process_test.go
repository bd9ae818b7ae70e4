package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// asProgram in the environment makes the test binary be the program, so that
// tests run real processes without a build.
const asProgram = "TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) == "" {
		sideBySide()
		os.Exit(m.Run())
	}
	if !slices.Contains(os.Args, "host") { // which reads its input itself
		go func() { // the program never outlives its test, even one that was killed
			_, _ = io.Copy(io.Discard, os.Stdin)
			os.Exit(1)
		}()
	}
	main()
}

// sideBySide lets more tests run at a time than there are processors, unless told
// how many: those that are parallel wait for browsers, processes and timeouts.
func sideBySide() {
	const parallel = "test.parallel"
	flag.Parse()
	told := false
	flag.Visit(func(f *flag.Flag) { told = told || f.Name == parallel })
	if !told {
		_ = flag.Set(parallel, strconv.Itoa(max(5, runtime.GOMAXPROCS(0))))
	}
}

// A process is the program, run for real.
type process struct {
	greeting
	cmd        *exec.Cmd
	out, notes lockedBuffer
	ended      chan struct{}
}

// launch runs a command line of the program, in a network namespace if one is
// named.
func launch(t *testing.T, namespace string, args ...string) *process {
	t.Helper()
	line := append([]string{os.Args[0]}, args...)
	if namespace != "" {
		line = append([]string{"ip", "netns", "exec", namespace}, line...)
	}
	p := &process{cmd: exec.Command(line[0], line[1:]...), ended: make(chan struct{})}
	p.cmd.Env = slices.DeleteFunc(os.Environ(), func(s string) bool { return strings.HasPrefix(s, "PEAL_") })
	p.cmd.Env = append(p.cmd.Env, asProgram+"=1")
	p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.notes
	if _, err := p.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = p.cmd.Wait()
		close(p.ended)
	}()
	t.Cleanup(func() {
		p.kill()
		if t.Failed() {
			t.Logf("peal %s said\n%s%s", strings.Join(args, " "), p.out.String(), p.notes.String())
		}
	})
	return p
}

// serves waits until a server says where its dashboard is.
func (p *process) serves(t *testing.T) *process {
	t.Helper()
	until(t, "a server to be up", func() bool {
		select {
		case <-p.ended:
			t.Fatalf("the server ended with exit %d", p.cmd.ProcessState.ExitCode())
		default:
		}
		return json.Unmarshal([]byte(p.out.String()), &p.greeting) == nil
	})
	return p
}

// kill ends the process as kill -9 does.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	<-p.ended
}

// result waits for the end of the process.
func (p *process) result(t *testing.T) result {
	t.Helper()
	until(t, "a process to end", func() bool {
		select {
		case <-p.ended:
			return true
		default:
			return false
		}
	})
	return result{p.cmd.ProcessState.ExitCode(), p.out.String(), p.notes.String()}
}

// peal runs a client of the process, which must succeed, and gives its output.
func (p *process) peal(t *testing.T, args ...string) string {
	t.Helper()
	got := runWith(t, "", append([]string{"PEAL_API=" + p.URL}, args...)...)
	if got.code != 0 {
		t.Fatalf("peal %s: %+v", strings.Join(args, " "), got)
	}
	return got.out
}

// seesRing waits until the process sees a well-formed ring of so many peers.
func (p *process) seesRing(t *testing.T, peers int) {
	t.Helper()
	p.peal(t, "ring", "wait", "--replicated", "--peers", strconv.Itoa(peers), "--timeout", "30s")
}

// address is where status says that others can join.
func (p *process) address(t *testing.T) string {
	t.Helper()
	var s status
	if err := json.Unmarshal([]byte(p.peal(t, "status", "-o", "json")), &s); err != nil {
		t.Fatal(err)
	}
	return s.Addresses[0]
}

// until waits for a condition, within a deadline.
func until(t *testing.T, what string, met func() bool) {
	t.Helper()
	const patience = 30 * time.Second
	deadline := time.Now().Add(patience)
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	for !met() {
		if now := <-ticker.C; now.After(deadline) {
			t.Fatalf("waited %v for %s in vain", patience, what)
		}
	}
}

// A home is where a peer lives, so that it can come back after its end.
type home struct{ data, addr string }

func newHome(t *testing.T) home {
	t.Helper()
	return home{t.TempDir(), freeAddress(t)}
}

// nextPort begins differently in each run of the tests, and below the ports that
// the system gives to those who want any.
var nextPort = func() *atomic.Int32 {
	n := new(atomic.Int32)
	n.Store(int32(12000 + os.Getpid()%10000))
	return n
}()

func freeAddress(t *testing.T) string {
	t.Helper()
	for range 1000 {
		addr := fmt.Sprintf("127.0.0.1:%d", nextPort.Add(1))
		if l, err := net.Listen("tcp", addr); err == nil {
			l.Close()
			return addr
		}
	}
	t.Fatal("no port is free")
	return ""
}

func (h home) multiaddr() string {
	host, port, _ := net.SplitHostPort(h.addr)
	return "/ip4/" + host + "/tcp/" + port
}

// run runs a peer on loopback, where nothing looks for others.
func (h home) run(t *testing.T, args ...string) *process {
	t.Helper()
	return launch(t, "", append([]string{"start", "-o", "json", "--data", h.data, "--listen", h.multiaddr(),
		"--http", "127.0.0.1:0", "--no-mdns", "--no-nat"}, args...)...)
}

func (h home) start(t *testing.T, args ...string) *process {
	t.Helper()
	return h.run(t, args...).serves(t)
}

// remembers waits until the peer that lives here has noted where another does.
func (h home) remembers(t *testing.T, other home) {
	t.Helper()
	until(t, "a peer to note another's address", func() bool {
		for _, data := range readStore(t, h.data) {
			if bytes.Contains(data, []byte(other.multiaddr()+"/")) {
				return true
			}
		}
		return false
	})
}

// readStore reads the files that there are; those of a running store come and go.
func readStore(t *testing.T, dir string) (files [][]byte) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "store", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if data, err := os.ReadFile(name); err == nil {
			files = append(files, data)
		}
	}
	return files
}

func TestPeersSurviveKill(t *testing.T) {
	t.Parallel()
	homes := []home{newHome(t), newHome(t), newHome(t)}
	peers := []*process{homes[0].start(t)}
	peers = append(peers, homes[1].start(t, "--join", peers[0].address(t)))
	peers = append(peers, homes[2].start(t, "--join", peers[1].address(t)))
	peers[2].seesRing(t, 3)
	peers[0].peal(t, "put", "k", "v")
	peers[0].seesRing(t, 3)

	returns := func(i int) {
		t.Helper()
		before := peers[i].greeting
		peers[i] = homes[i].start(t)
		if now := peers[i].greeting; now.Peer != before.Peer || now.Records != 1 {
			t.Errorf("peer %d came back as %v with %d records, want %v with 1", i, now.Peer, now.Records, before.Peer)
		}
	}
	for i := range peers {
		homes[i].remembers(t, homes[(i+1)%3])
		peers[i].kill()
		returns(i)
		peers[i].seesRing(t, 3)
		if got := peers[i].peal(t, "get", "k"); got != "v" {
			t.Errorf("peer %d: get after its return: %q, want v", i, got)
		}
	}

	for _, p := range peers {
		p.kill()
	}
	for i, p := range peers {
		returns(i)
		if got := peers[0].peal(t, "get", "k"); got != "v" {
			t.Errorf("with %d of 3 peers back: %q, want v; %v", i+1, got, p.Peer)
		}
	}
	peers[0].seesRing(t, 3)
}

func TestRingsOfFewPeers(t *testing.T) {
	t.Parallel()
	first := newHome(t).start(t)
	peers := []*process{first}
	for n := 1; n <= 3; n++ {
		if n > 1 {
			peers = append(peers, newHome(t).start(t, "--join", first.address(t)))
		}
		last := peers[n-1]
		last.seesRing(t, n)
		var r receipt
		if err := json.Unmarshal([]byte(last.peal(t, "put", "k", strconv.Itoa(n), "-o", "json")), &r); err != nil {
			t.Fatal(err)
		}
		if r.Wanted != n || len(r.Replicas) < min(n, 2) || len(r.Replicas) > n {
			t.Errorf("%d peers: on %d of %d replicas", n, len(r.Replicas), r.Wanted)
		}
		if got := first.peal(t, "get", "k"); got != strconv.Itoa(n) {
			t.Errorf("%d peers: get %q, want %d", n, got, n)
		}
	}
	if err := peers[2].cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	leftInOrder(t, peers[2], first, 2)
	peers[1].peal(t, "leave")
	leftInOrder(t, peers[1], first, 1)
	if got := first.peal(t, "get", "k"); got != "3" {
		t.Errorf("get %q after the others have left, want 3", got)
	}
	if err := first.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if got := first.result(t); got.code != 5 || !strings.Contains(got.err, "nobody to hand over to") {
		t.Errorf("the last one: %+v, want exit 5 and a word on what it could not hand over", got)
	}
}

// leftInOrder checks that a peer has ended well, and that the one who stays heard
// its goodbye and closes the ring.
func leftInOrder(t *testing.T, gone, stayed *process, peers int) {
	t.Helper()
	if got := gone.result(t); got.code != 0 {
		t.Errorf("a peer that left: %+v, want exit 0", got)
	}
	until(t, "a goodbye", func() bool {
		return strings.Contains(stayed.notes.String(), "msg=departed peer="+gone.Peer.String())
	})
	stayed.seesRing(t, peers)
}

func TestJoinOfOneWhoIsNotThereYet(t *testing.T) {
	t.Parallel()
	late := newHome(t)
	p := late.start(t)
	addr := p.address(t)
	p.kill()

	early := newHome(t).start(t, "--join", addr)
	early.peal(t, "put", "k", "v")
	p = late.start(t)
	p.seesRing(t, 2)
	if got := p.peal(t, "get", "k"); got != "v" {
		t.Errorf("get at the late peer: %q, want v", got)
	}
	if got := strings.Count(early.notes.String(), "cannot join"); got != 1 {
		t.Errorf("it said %d times that it cannot join yet, want once:\n%s", got, early.notes.String())
	}
}

func TestRingsDoNotMix(t *testing.T) {
	t.Parallel()
	red := newHome(t).start(t, "--ring", "red")
	blue := newHome(t).start(t, "--ring", "blue", "--join", red.address(t))
	until(t, "the refusal to join another ring", func() bool { return strings.Contains(blue.notes.String(), "cannot join") })
	for _, p := range []*process{red, blue} {
		p.peal(t, "put", "k", p.Ring)
		p.seesRing(t, 1)
	}
	for _, p := range []*process{red, blue} {
		if got := p.peal(t, "get", "k"); got != p.Ring {
			t.Errorf("ring %s has the value of ring %s", p.Ring, got)
		}
	}
}

func TestStrangersDoNoHarm(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	p := h.start(t)
	for _, said := range []string{
		"", "\x00", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", strings.Repeat("\xff\x00\x13/", 1<<16),
		"\x13/multistream/1.0.0\n", "\x13/multistream/1.0.0\n\x07/noise\n" + strings.Repeat("\xff", 1<<17),
	} {
		conn, err := net.Dial("tcp", h.addr)
		if err != nil {
			t.Fatalf("after other strangers: %v", err)
		}
		defer conn.Close() // this late, because some strangers stay
		_ = conn.SetWriteDeadline(time.Now().Add(time.Second))
		_, _ = io.WriteString(conn, said) // the peer may hang up before all is said
	}
	other := newHome(t).start(t, "--join", p.address(t))
	other.seesRing(t, 2)
	other.peal(t, "put", "k", "v")
	if got := p.peal(t, "get", "k"); got != "v" {
		t.Errorf("get: %q, want v", got)
	}
}

func TestProcessesRefuseWhatIsInUse(t *testing.T) {
	t.Parallel()
	used, free := newHome(t), newHome(t)
	p := used.start(t)
	http := strings.Trim(strings.TrimPrefix(p.URL, "http:"), "/")
	notADir := home{filepath.Join(used.data, "identity.key"), free.addr}
	for _, test := range []struct {
		home home
		args string
		code int
		want string
	}{
		{home{used.data, free.addr}, "", 1, "data directory is in use by another peer"},
		{home{free.data, used.addr}, "", 1, "the port is in use"},
		{free, "--http " + http, 1, "HTTP address " + http + " is in use"},
		{notADir, "", 1, "name another with --data"},
		{free, "--join /ip4/127.0.0.1", 2, "is no full multiaddr"},
	} {
		got := test.home.run(t, strings.Fields(test.args)...).result(t)
		if got.code != test.code || !strings.Contains(got.err, test.want) || strings.Count(got.err, "\n") != 1 {
			t.Errorf("%+v: %+v", test, got)
		}
	}
	if got := p.peal(t, "status"); !strings.Contains(got, p.Peer.String()) {
		t.Errorf("the peer that was there first: %s", got)
	}
}
