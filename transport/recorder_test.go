package transport

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"peal/chord"
)

type delivery struct {
	from chord.PeerID
	body []byte
}

// refused is a body that a recorder takes for no message.
const refused = "refused"

// A recorder is a Receiver that passes on what it is told.
type recorder struct {
	delivered    chan delivery
	unreachable  chan chord.PeerID
	disconnected chan chord.PeerID
	discovered   chan chord.PeerID
	rejected     chan string
}

func newRecorder() *recorder {
	return &recorder{
		delivered:    make(chan delivery, 10000),
		unreachable:  make(chan chord.PeerID, 100),
		disconnected: make(chan chord.PeerID, 100),
		discovered:   make(chan chord.PeerID, 100),
		rejected:     make(chan string, 100),
	}
}

func (r *recorder) Deliver(from chord.PeerID, body []byte) error {
	if string(body) == refused {
		return errors.New("the receiver refuses it")
	}
	r.delivered <- delivery{from, bytes.Clone(body)}
	return nil
}
func (r *recorder) Unreachable(p chord.PeerID)                { r.unreachable <- p }
func (r *recorder) Disconnected(p chord.PeerID)               { r.disconnected <- p }
func (r *recorder) Discovered(p chord.PeerID)                 { r.discovered <- p }
func (r *recorder) Rejected(from chord.PeerID, reason string) { r.rejected <- reason }

func await[T any](t *testing.T, what string, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(10 * time.Second):
		t.Fatalf("no %s within 10 s", what)
		panic("unreachable")
	}
}

// eventually waits until a condition holds that nothing announces.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.After(10 * time.Second)
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("not within 10 s: %s", what)
		}
	}
}

// networksUnderTest are the ways in which peers of one machine can talk.
var networksUnderTest = map[string]Config{
	"tcp":    {Lean: true, Listen: []string{"/ip4/127.0.0.1/tcp/0"}},
	"quic":   {Lean: true, Listen: []string{"/ip4/127.0.0.1/udp/0/quic-v1"}},
	"memory": {Lean: true, Memory: true},
	"full":   {Listen: []string{"/ip4/127.0.0.1/tcp/0", "/ip4/127.0.0.1/udp/0/quic-v1"}},
}

func open(t testing.TB, cfg Config) (*Transport, *recorder) {
	t.Helper()
	tr, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := tr.Close(); err != nil {
			t.Error(err)
		}
	})
	r := newRecorder()
	if err := tr.Start(r); err != nil {
		t.Fatal(err)
	}
	return tr, r
}

func connect(t testing.TB, from, to *Transport) {
	t.Helper()
	got, err := from.Connect(context.Background(), to.Addrs()[0])
	if err != nil {
		t.Fatal(err)
	}
	if got != to.Self() {
		t.Fatalf("connected to %v, want %v", got, to.Self())
	}
}
