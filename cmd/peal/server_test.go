package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"peal/node"
	"peal/testnet"
	"peal/web"
)

// A server is a start or testnet verb that runs beside the test.
type server struct {
	stop  context.CancelFunc // what Ctrl-C does
	said  *json.Decoder      // of standard output
	code  chan int
	notes lockedBuffer
}

// background runs a server verb with JSON output.
func background(t testing.TB, args ...string) *server {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	out, in := io.Pipe()
	s := &server{stop: cancel, said: json.NewDecoder(out), code: make(chan int, 1)}
	c := newCLI(console{in: strings.NewReader(""), out: in, err: &s.notes, lookupEnv: lookup(nil)})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		s.code <- c.run(ctx, append([]string{args[0], "-o", "json", "--http", "127.0.0.1:0"}, args[1:]...))
		in.Close()
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
	})
	return s
}

// hears decodes what the server prints once it is up.
func (s *server) hears(t testing.TB, v any) {
	t.Helper()
	if err := s.said.Decode(v); err != nil {
		t.Fatalf("the server printed no JSON: %v; exit %d, stderr\n%s", err, <-s.code, s.notes.String())
	}
}

// A lockedBuffer is a buffer that a test may read while it is written.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// A greeting is what start prints.
type greeting struct {
	node.Info
	URL string `json:"url"`
}

func startPeer(t *testing.T, dir string, args ...string) (*server, greeting) {
	t.Helper()
	s := background(t, append([]string{"start", "--data", dir, "--listen", "/ip4/127.0.0.1/tcp/0", "--no-mdns", "--no-nat"}, args...)...)
	var g greeting
	s.hears(t, &g)
	return s, g
}

func TestStartKeepsIdentityAndKeys(t *testing.T) {
	dir := t.TempDir()
	first, before := startPeer(t, dir)
	if got := runWith(t, "", "PEAL_API="+before.URL, "put", "k", "v"); got.code != 0 {
		t.Fatalf("put: %+v", got)
	}
	first.stop()
	if got := <-first.code; got != 5 || !strings.Contains(first.notes.String(), "sees nobody to hand over to") {
		t.Fatalf("after Ctrl-C: exit %d, stderr\n%s", got, first.notes.String())
	}

	second, after := startPeer(t, dir)
	if before.Peer != after.Peer {
		t.Errorf("the peer is %v after a restart, it was %v", after.Peer, before.Peer)
	}
	if got := runWith(t, "", "PEAL_API="+after.URL, "get", "k"); got.out != "v" {
		t.Errorf("get after a restart: %+v, want v", got)
	}
	if got := runWith(t, "", "PEAL_API="+after.URL, "leave"); got.code != 5 {
		t.Errorf("leave: %+v, want exit 5: nobody is there to take the record", got)
	}
	if got := <-second.code; got != 0 {
		t.Errorf("after leave: exit %d, want 0", got)
	}
}

func TestStartJoins(t *testing.T) {
	_, first := startPeer(t, t.TempDir())
	_, second := startPeer(t, t.TempDir(), "--join", first.Addresses[0])
	got := runWith(t, "", "PEAL_API="+second.URL, "ring", "wait", "--peers", "2")
	if got.code != 0 {
		t.Fatalf("ring wait: %+v", got)
	}
	if got := runWith(t, "", "PEAL_API="+second.URL, "status", "--via", first.Peer.String()); got.code != 2 {
		t.Errorf("via another peer: %+v, want exit 2", got)
	}
	if got := runWith(t, "", "PEAL_API="+second.URL, "status", "--via", second.ID.String()); got.code != 0 {
		t.Errorf("via its own position: %+v", got)
	}
}

func TestStartRefusesWhatIsInUse(t *testing.T) {
	dir := t.TempDir()
	_, first := startPeer(t, dir)
	addr := strings.Split(first.Addresses[0], "/p2p/")[0]
	http := strings.TrimSuffix(strings.TrimPrefix(first.URL, "http://"), "/")
	file := filepath.Join(write(t, map[string]string{"file": ""}), "file")
	free, other := "127.0.0.1:0", t.TempDir()
	for _, test := range []struct{ data, http, listen, want string }{
		{dir, free, addr, "data directory is in use by another peer"},
		{other, http, addr, "HTTP address " + http + " is in use"},
		{other, free, addr, "the port is in use"},
		{filepath.Join(file, "sub"), free, addr, "name another with --data"},
	} {
		got := runWith(t, "", "start", "--data", test.data, "--http", test.http, "--listen", test.listen, "--no-mdns", "--no-nat")
		if got.code != 1 || !strings.Contains(got.err, test.want) || strings.Count(got.err, "\n") != 1 {
			t.Errorf("%+v: %+v, want exit 1 and one line", test, got)
		}
	}
}

func TestServersRefuseWrongFlags(t *testing.T) {
	dir := t.TempDir()
	for args, want := range map[string]string{
		"start --join /ip4/1.2.3.4/tcp/1": "is no full multiaddr",
		"start --join nonsense":           "is no full multiaddr",
		"start --listen nonsense":         "is no multiaddr",
		"start --log-level loud":          "debug, info, warn or error",
		"start --http nonsense":           "want HOST:PORT",
		"testnet --peers 0":               "--peers 0: want 1 to 10000",
		"testnet --transport pigeon":      "want tcp, quic or memory",
		"testnet --http nonsense":         "want HOST:PORT",
		"testnet klil 3":                  `did you mean "kill"?`,
	} {
		got := runWith(t, "", append([]string{"PEAL_DATA=" + dir}, strings.Fields(args)...)...)
		if got.code != 2 || !strings.Contains(got.err, want) || strings.Count(got.err, "\n") != 1 {
			t.Errorf("%s: %+v, want exit 2 and %q", args, got, want)
		}
	}
}

// What is given but empty is a mistake of a script, and must not start a peer
// that then is alone.
func TestEmptyAddressesAreRefused(t *testing.T) {
	for _, name := range []string{"join", "listen"} {
		variable := "PEAL_" + strings.ToUpper(name) + "="
		for _, args := range [][]string{{"start", "--" + name, ""}, {variable, "start"}, {"start", "--" + name + "="}} {
			got := runWith(t, "", append([]string{"PEAL_DATA=" + t.TempDir()}, args...)...)
			if want := "--" + name + " is empty"; got.code != 2 || !strings.Contains(got.err, want) {
				t.Errorf("%q: %+v, want exit 2 and %q", args, got, want)
			}
		}
	}
}

func TestDataDirectoryFollowsXDG(t *testing.T) {
	base := t.TempDir()
	for _, test := range []struct{ named, xdg, home, want string }{
		{base + "/named", base + "/xdg", base, base + "/named"},
		{"", base + "/xdg", base, base + "/xdg/peal"},
		{"", "", base, base + "/.local/share/peal"},
		{"", "", "", ""},
	} {
		env := map[string]string{"XDG_DATA_HOME": test.xdg, "HOME": test.home}
		c := newCLI(console{lookupEnv: lookup(env)})
		if got, err := c.dataDir(test.named); got != test.want || (err == nil) != (test.want != "") {
			t.Errorf("%+v: got %q, %v", test, got, err)
		}
	}
}

func TestTestnet(t *testing.T) {
	s := background(t, "testnet", "--peers", "5", "--transport", "memory")
	var up settled
	s.hears(t, &up)
	if up.Peers != 5 || up.BytesPerPeer <= 0 {
		t.Errorf("it says %+v, want 5 peers", up)
	}
	for _, args := range []string{
		"put k v", "testnet kill 1", "ring wait --peers 4 --replicated", "testnet join 2", "ring wait --peers 6 --replicated",
	} {
		if got := runWith(t, "", append([]string{"PEAL_API=" + up.URL}, strings.Fields(args)...)...); got.code != 0 {
			t.Fatalf("%s: %+v", args, got)
		}
	}
	if got := runWith(t, "", "PEAL_API="+up.URL, "get", "k"); got.out != "v" {
		t.Errorf("get: %+v, want v", got)
	}
	s.stop()
	if got := <-s.code; got != 0 || !strings.Contains(s.notes.String(), "joining: 0 of 5 peers\n") {
		t.Errorf("after Ctrl-C: exit %d, stderr\n%s", got, s.notes.String())
	}
}

func TestTestnetEndsByLeave(t *testing.T) {
	s := background(t, "testnet", "--peers", "3", "--transport", "memory")
	var up settled
	s.hears(t, &up)
	var one status
	if err := json.Unmarshal([]byte(runWith(t, "", "PEAL_API="+up.URL, "status", "-o", "json").out), &one); err != nil {
		t.Fatal(err)
	}
	want := one.Contact.String() + " (" + one.Peer.String() + ") left the ring\n"
	if got := runWith(t, "", "PEAL_API="+up.URL, "leave", "--via", one.Peer.String()); got.code != 0 || got.out != want {
		t.Errorf("leave --via: %+v, want %q", got, want)
	}
	if got := runWith(t, "", "PEAL_API="+up.URL, "ring", "wait", "--peers", "2"); got.code != 0 {
		t.Errorf("ring wait: %+v", got)
	}
	if got := runWith(t, "", "PEAL_API="+up.URL, "leave"); got.code != 0 || got.out != "the testnet of 2 peers has ended\n" {
		t.Errorf("leave: %+v", got)
	}
	if got := <-s.code; got != 0 {
		t.Errorf("after leave: exit %d, want 0", got)
	}
}

func TestBackendsThatStillStartSaySo(t *testing.T) {
	peer := newSingle()
	_, noPeer := peer.Peer("")
	_, noRing := peer.Ring(t.Context())
	net, err := testnet.New(testnet.Config{Peers: 7})
	if err != nil {
		t.Fatal(err)
	}
	_, noLabPeer := newLab(net).Peer("")
	_, noLeave := peer.Leave(t.Context(), "")
	for _, err := range []error{noPeer, noRing, noLeave, noLabPeer} {
		if !errors.Is(err, node.ErrNoPeer) {
			t.Errorf("got %v, want %v", err, node.ErrNoPeer)
		}
	}
	ring, err := newLab(net).Ring(t.Context())
	if want := "the testnet is still starting: 0 of 7 peers"; err != nil || ring.WellFormed || ring.Problem != want {
		t.Errorf("ring: %+v, %v; want the problem %q", ring, err, want)
	}
}

// Whatever asks for a peer says that there is none, before it begins with its work.
func TestVerbsBeforeAnybodyHasJoined(t *testing.T) {
	net, err := testnet.New(testnet.Config{Peers: 7})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(web.New(web.Config{Backend: newLab(net)}))
	defer server.Close()
	dir := t.TempDir()
	for _, args := range []string{"status", "get k", "keys", "backup " + dir + "/file", "import " + dir, "export " + dir, "testnet churn"} {
		got := runWith(t, "", append([]string{"PEAL_API=" + server.URL}, strings.Fields(args)...)...)
		if got.code != exits[codeNoPeer] || !strings.Contains(got.err, "the testnet is still starting") {
			t.Errorf("%s: %+v, want exit 5", args, got)
		}
	}
}

// What a peer has logged itself is not logged again where its events are.
func TestEventsAreLoggedOnce(t *testing.T) {
	var log strings.Builder
	observe := observer(web.NewFeed(), slog.New(slog.NewTextHandler(&log, nil)))
	observe(node.Event{Kind: node.Failed, Text: "first"})
	observe(node.Event{Kind: node.Failed, Text: "second", Logged: true})
	if !strings.Contains(log.String(), "first") || strings.Contains(log.String(), "second") {
		t.Errorf("the log has %q, want the first event alone", log.String())
	}
}

// A request that has begun is waited for, and that is said.
func TestServerWaitsForRequests(t *testing.T) {
	s := background(t, "testnet", "--peers", "1", "--transport", "memory")
	var up settled
	s.hears(t, &up)
	conn := beginPut(t, up.URL)
	s.stop()
	until(t, "the server to say what it waits for", func() bool {
		return strings.Contains(s.notes.String(), "waiting up to 5s for requests that have begun; Ctrl-C again ends at once\n")
	})
	conn.Close()
	if got := <-s.code; got != 0 {
		t.Errorf("exit %d, want 0", got)
	}
}

// Where no signal came, as when the API was asked to leave, there is no second one.
func TestWaitsAfterALeave(t *testing.T) {
	var notes lockedBuffer
	c := newCLI(console{err: &notes})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := c.serve(t.Context(), l, web.Config{Backend: newFake(t, false)}, nil)
	conn := beginPut(t, s.url)
	ended := make(chan struct{})
	go func() { defer close(ended); s.close() }()
	until(t, "the server to say what it waits for", func() bool { return strings.HasSuffix(notes.String(), " begun\n") })
	conn.Close()
	<-ended
}

// beginPut begins a request whose end is still to come.
func beginPut(t *testing.T, url string) net.Conn {
	t.Helper()
	host := strings.Trim(strings.TrimPrefix(url, "http:"), "/")
	conn, err := net.Dial("tcp", host)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	fmt.Fprintf(conn, "PUT /v1/kv/k HTTP/1.1\r\nHost: %s\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n", host)
	if line, err := bufio.NewReader(conn).ReadString('\n'); err != nil || !strings.Contains(line, "100 Continue") {
		t.Fatalf("the server says %q, %v; want that the value may come", line, err)
	}
	return conn
}

func TestBrowsable(t *testing.T) {
	for addr, want := range map[string]string{
		"127.0.0.1:7600": "http://127.0.0.1:7600/", "[::1]:7600": "http://[::1]:7600/",
		"0.0.0.0:80": "http://127.0.0.1:80/", "[::]:80": "http://127.0.0.1:80/",
	} {
		tcp, err := net.ResolveTCPAddr("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		if got := browsable(tcp); got != want {
			t.Errorf("%s: %s, want %s", addr, got, want)
		}
	}
}
