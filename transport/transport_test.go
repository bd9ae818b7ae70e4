package transport

import (
	"bytes"
	"context"
	"encoding/binary"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"peal/chord"
)

func TestMessagesArriveInOrderBothWays(t *testing.T) {
	for name, cfg := range networksUnderTest {
		t.Run(name, func(t *testing.T) {
			a, ra := open(t, cfg)
			b, rb := open(t, cfg)
			connect(t, a, b)
			for _, size := range []int{0, 1, 100, MaxSmall, MaxSmall + 1, 1 << 20, MaxBody} {
				exchange(t, a, b, rb, size)
				exchange(t, b, a, ra, size)
			}
		})
	}
}

// exchange sends bodies of one size, each beginning with its number if it fits.
func exchange(t *testing.T, from, to *Transport, r *recorder, size int) {
	t.Helper()
	count := min(1000, 1+(4<<20)/(size+1))
	for i := range count {
		from.Send(to.Self(), numbered(i, size), nil)
	}
	for i := range count {
		got := await(t, "message", r.delivered)
		if want := numbered(i, size); got.from != from.Self() || !bytes.Equal(got.body, want) {
			t.Fatalf("message %d of %d bytes: got %d bytes %.8x from %v, want %.8x from %v",
				i, size, len(got.body), got.body, got.from, want, from.Self())
		}
	}
}

func numbered(i, size int) []byte {
	b := make([]byte, size)
	copy(b, binary.BigEndian.AppendUint32(nil, uint32(i)))
	return b
}

func TestHintsLeadToAPeerNeverDialled(t *testing.T) {
	for name, cfg := range networksUnderTest {
		t.Run(name, func(t *testing.T) {
			a, _ := open(t, cfg)
			b, rb := open(t, cfg)
			c, rc := open(t, cfg)
			connect(t, a, b)
			connect(t, a, c)
			a.Send(b.Self(), []byte("about c"), []chord.PeerID{c.Self()})
			await(t, "message", rb.delivered)
			if !slices.Contains(b.PeerAddrs(c.Self()), c.Addrs()[0]) {
				t.Errorf("b knows c by %v, want %v", b.PeerAddrs(c.Self()), c.Addrs())
			}
			b.Send(c.Self(), []byte("hello"), nil)
			if got := await(t, "message", rc.delivered); got.from != b.Self() {
				t.Errorf("message from %v, want %v", got.from, b.Self())
			}
		})
	}
}

func TestDeadPeerIsUnreachable(t *testing.T) {
	for _, name := range []string{"tcp", "memory"} {
		t.Run(name, func(t *testing.T) {
			a, ra := open(t, networksUnderTest[name])
			b, rb := open(t, networksUnderTest[name])
			connect(t, a, b)
			a.Send(b.Self(), []byte("1"), nil)
			await(t, "message", rb.delivered)
			b.Close()
			if got := await(t, "disconnect", ra.disconnected); got != b.Self() {
				t.Errorf("%v disconnected, want %v", got, b.Self())
			}
			a.Send(b.Self(), []byte("2"), nil)
			if got := await(t, "verdict", ra.unreachable); got != b.Self() {
				t.Errorf("%v unreachable, want %v", got, b.Self())
			}
		})
	}
}

func TestUnknownPeerIsUnreachable(t *testing.T) {
	a, ra := open(t, networksUnderTest["memory"])
	for _, p := range []chord.PeerID{"no peer ID", "", a.Self()} {
		a.Send(p, []byte("hello"), []chord.PeerID{"nor this"})
		if got := await(t, "verdict", ra.unreachable); got != p {
			t.Errorf("%q unreachable, want %q", string(got), string(p))
		}
	}
}

func TestReturnedPeerIsFoundAtOnce(t *testing.T) {
	cfg := networksUnderTest["tcp"]
	a, ra := open(t, cfg)
	cfg.KeyFile = filepath.Join(t.TempDir(), "key")
	b, _ := open(t, cfg)
	connect(t, a, b)
	addr := strings.TrimSuffix(b.Addrs()[0], "/p2p/"+b.Self().String())
	b.Close()
	await(t, "disconnect", ra.disconnected)
	a.Send(b.Self(), []byte("lost"), nil)
	await(t, "verdict", ra.unreachable)

	cfg.Listen = []string{addr}
	again, rb := open(t, cfg)
	if again.Self() != b.Self() {
		t.Fatalf("identity is %v after the restart, want %v", again.Self(), b.Self())
	}
	a.Send(b.Self(), []byte("welcome"), nil)
	if got := await(t, "message", rb.delivered); string(got.body) != "welcome" {
		t.Errorf("got %q, want %q", got.body, "welcome")
	}
}

func TestRefusedMessageClosesTheStream(t *testing.T) {
	a, ra := open(t, networksUnderTest["tcp"])
	b, rb := open(t, networksUnderTest["tcp"])
	connect(t, a, b)
	a.Send(b.Self(), []byte(refused), nil)
	if got, want := await(t, "rejection", rb.rejected), "the receiver refuses it"; !strings.Contains(got, want) {
		t.Errorf("rejected as %q, want %q", got, want)
	}
	eventually(t, "a new stream is opened for later messages", func() bool {
		a.Send(b.Self(), []byte("later"), nil)
		return len(rb.delivered) > 0
	})
	if len(ra.unreachable) > 0 {
		t.Error("a peer that closed a stream was reported unreachable")
	}
}

func TestFullQueueDropsMessages(t *testing.T) {
	a, _ := open(t, networksUnderTest["memory"])
	b, err := New(networksUnderTest["memory"])
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	connect(t, a, b)
	const sent = 20
	for range sent { // b is not started: it reads nothing
		a.Send(b.Self(), make([]byte, MaxBody), nil)
	}
	eventually(t, "messages are dropped", func() bool { return a.Stats().Dropped > 0 })
	if got, queued := a.Stats().Dropped, uint64(maxBulkBytes/MaxBody); got < sent-2*queued || got > sent-queued {
		t.Errorf("dropped %d of %d messages, with room for %d", got, sent, queued)
	}
}

func TestTooLargeMessageIsDropped(t *testing.T) {
	a, _ := open(t, networksUnderTest["memory"])
	a.Send("anyone", make([]byte, MaxBody+1), nil)
	if got := a.Stats().Dropped; got != 1 {
		t.Errorf("dropped %d messages, want 1", got)
	}
}

func TestCloseLeavesNoGoroutine(t *testing.T) {
	for name, cfg := range networksUnderTest {
		t.Run(name, func(t *testing.T) {
			a, _ := open(t, cfg)
			b, rb := open(t, cfg)
			connect(t, a, b)
			a.Send(b.Self(), []byte("small"), nil)
			a.Send(b.Self(), make([]byte, 1<<20), nil)
			await(t, "message", rb.delivered)
			await(t, "message", rb.delivered)
			a.Close()
			b.Close()
			eventually(t, "all goroutines have ended", func() bool { return goroutines() == "" })
		})
	}
}

// goroutines are the stacks of this package's goroutines but for the tests, and those
// of the crew that have nothing to do.
func goroutines() string {
	buf := make([]byte, 1<<20)
	var ours []string
	for g := range strings.SplitSeq(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
		idle := strings.Contains(g, "(*crew).next") || strings.Contains(g, "testing.tRunner")
		if strings.Contains(g, "peal/transport.") && !idle {
			ours = append(ours, g)
		}
	}
	return strings.Join(ours, "\n\n")
}

func TestClosedTransport(t *testing.T) {
	a, _ := open(t, networksUnderTest["memory"])
	b, _ := open(t, networksUnderTest["memory"])
	a.Close()
	a.Send(b.Self(), []byte("lost"), nil)
	if got := a.Stats().Dropped; got != 1 {
		t.Errorf("dropped %d messages, want 1", got)
	}
	if _, err := a.Connect(context.Background(), b.Addrs()[0]); err == nil {
		t.Error("Connect worked after Close")
	}
	if err := a.Start(newRecorder()); err == nil {
		t.Error("Start worked after Close")
	}
	if err := a.Close(); err != nil {
		t.Errorf("second Close: %v", err)
	}
}

func TestDamagedKeyFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(file, []byte("garbage"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := New(Config{Memory: true, KeyFile: file})
	if want := "damaged"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got error %v, want one with %q", err, want)
	}
}

func TestKeyFileIsPrivate(t *testing.T) {
	file := filepath.Join(t.TempDir(), "data", "key")
	open(t, Config{Memory: true, Lean: true, KeyFile: file})
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	if got := info.Mode().Perm(); got != 0o600 {
		t.Errorf("mode is %o, want 600", got)
	}
	entries, _ := os.ReadDir(filepath.Dir(file))
	if len(entries) != 1 {
		t.Errorf("the directory holds %v, want only the key", entries)
	}
}

func TestWrongConfig(t *testing.T) {
	taken, _ := open(t, networksUnderTest["tcp"])
	port := strings.TrimSuffix(taken.Addrs()[0], "/p2p/"+taken.Self().String())
	for want, cfg := range map[string]Config{
		"no multiaddr":     {Listen: []string{"localhost:7601"}},
		"port is in use":   {Listen: []string{port}},
		"letters":          {Ring: "a/b"},
		"no such transpor": {Listen: []string{"/ip4/127.0.0.1/udp/0"}},
		"neither a NAT":    {Memory: true, NAT: true},
		"MaxConns is -1":   {MaxConns: -1},
	} {
		tr, err := New(cfg)
		if err == nil {
			tr.Close()
			t.Errorf("%+v: no error, want %q", cfg, want)
		} else if !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("got error %q, want one line with %q", err, want)
		}
	}
}
