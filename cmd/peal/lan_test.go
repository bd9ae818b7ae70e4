package main

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// cannot skips a test that this machine cannot run. The machines that guard the
// code must be able to.
func cannot(t testing.TB, format string, args ...any) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf(format, args...)
	}
	t.Skipf(format, args...)
}

// A host is one of the two computers of a LAN: a network namespace.
type host struct{ name, addr string }

// newLAN joins two hosts by a cable that leads nowhere else.
func newLAN(t *testing.T) (a, b host) {
	t.Helper()
	if _, err := exec.LookPath("ip"); err != nil {
		cannot(t, "a LAN takes the ip command (Debian: iproute2): %v", err)
	}
	a = host{fmt.Sprintf("peal-%d-a", os.Getpid()), "10.77.0.1"}
	b = host{fmt.Sprintf("peal-%d-b", os.Getpid()), "10.77.0.2"}
	for _, h := range []host{a, b} {
		if out, err := exec.Command("ip", "netns", "add", h.name).CombinedOutput(); err != nil {
			cannot(t, "a LAN takes the right to make network namespaces: %v: %s", err, out)
		}
		t.Cleanup(func() { ip(t, "netns delete "+h.name) })
	}
	ip(t, "link add lan netns "+a.name+" type veth peer name lan netns "+b.name)
	for _, h := range []host{a, b} {
		ip(t, "-n "+h.name+" addr add "+h.addr+"/24 dev lan")
		ip(t, "-n "+h.name+" link set lo up")
		ip(t, "-n "+h.name+" link set lan up multicast on")
		ip(t, "-n "+h.name+" route add 224.0.0.0/4 dev lan")
	}
	return a, b
}

func ip(t *testing.T, args string) {
	t.Helper()
	if out, err := exec.Command("ip", strings.Fields(args)...).CombinedOutput(); err != nil {
		t.Fatalf("ip %s: %v: %s", args, err, out)
	}
}

func (h host) start(t *testing.T, data string, args ...string) *process {
	t.Helper()
	line := append([]string{"start", "-o", "json", "--no-nat", "--data", data}, args...)
	return launch(t, h.name, line...).serves(t)
}

// peal runs a client on the host, which must succeed, and gives its output.
func (h host) peal(t *testing.T, args ...string) string {
	t.Helper()
	got := launch(t, h.name, args...).result(t)
	if got.code != 0 {
		t.Fatalf("peal %s at %s: %+v", strings.Join(args, " "), h.name, got)
	}
	return got.out
}

func TestPeersMeetOnLAN(t *testing.T) {
	if testing.Short() {
		t.Skip("not in a short run: mDNS takes its time")
	}
	t.Parallel()
	a, b := newLAN(t)
	first := a.start(t, t.TempDir())
	homeOfSecond := t.TempDir()
	second := b.start(t, homeOfSecond)
	for _, h := range []host{a, b} {
		h.peal(t, "ring", "wait", "--peers", "2", "--timeout", "25s")
	}
	a.peal(t, "put", "k", "v")
	if got := b.peal(t, "get", "k"); got != "v" {
		t.Errorf("get at the other host: %q, want v", got)
	}

	onLAN := slices.IndexFunc(first.Addresses, func(s string) bool { return strings.HasPrefix(s, "/ip4/"+a.addr+"/tcp/7601/") })
	if onLAN < 0 {
		t.Fatalf("addresses %v, want one on the LAN", first.Addresses)
	}
	b.start(t, t.TempDir(), "--no-mdns", "--join", first.Addresses[onLAN],
		"--listen", "/ip4/0.0.0.0/tcp/7611", "--http", "127.0.0.1:7610")
	a.peal(t, "ring", "wait", "--peers", "3", "--replicated", "--timeout", "25s")

	second.kill()
	again := b.start(t, homeOfSecond)
	if again.Peer != second.Peer || again.Records != 1 {
		t.Errorf("the second peer came back as %v with %d records, want %v with 1", again.Peer, again.Records, second.Peer)
	}
	for _, h := range []host{a, b} {
		h.peal(t, "ring", "wait", "--peers", "3", "--timeout", "25s")
	}
	if got := b.peal(t, "get", "k"); got != "v" {
		t.Errorf("get at the peer that came back: %q, want v", got)
	}
}
