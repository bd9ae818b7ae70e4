package web

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"
	"peal/node"
)

// watch opens the WebSocket of a server on loopback.
func watch(t *testing.T, base string) *websocket.Conn {
	t.Helper()
	conn, _, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(base, "http")+"/v1/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	return conn
}

func read(t *testing.T, conn *websocket.Conn) frame {
	t.Helper()
	kind, message, err := conn.ReadMessage()
	if err != nil || kind != websocket.TextMessage {
		t.Fatalf("got a message of kind %d, %v", kind, err)
	}
	return decode(t, message)
}

func TestSocket(t *testing.T) {
	f := newFake(3)
	conn := watch(t, serve(t, &fakeLab{fake: f}).URL)
	first := read(t, conn)
	if first.Type != "snapshot" || !first.Lab || len(first.Peers) != 3 {
		t.Fatalf("got %+v, want a snapshot of a lab", first)
	}
	f.setRing(func(r *node.Ring) { r.Peers = r.Peers[:2] })
	if d := read(t, conn); d.Type != "delta" || d.Seq != first.Seq+1 || len(d.Gone) != 1 || d.Gone[0] != idOf(2) {
		t.Errorf("got %+v, want a delta without peer 2", d)
	}
	for _, wish := range []string{`nonsense`, `{"type":"other"}`, `{"type":"resync"}`} {
		if err := conn.WriteMessage(websocket.TextMessage, []byte(wish)); err != nil {
			t.Fatal(err)
		}
	}
	if s := read(t, conn); s.Type != "snapshot" || s.Seq != first.Seq+1 || len(s.Peers) != 2 {
		t.Errorf("got %+v, want a snapshot of 2 peers", s)
	}
}

func TestSocketOrigin(t *testing.T) {
	base := serve(t, newFake(1)).URL
	url := "ws" + strings.TrimPrefix(base, "http") + "/v1/events"
	for origin, status := range map[string]int{base: 101, "http://evil.example": 403, "null": 403} {
		conn, resp, err := websocket.DefaultDialer.Dial(url, http.Header{"Origin": {origin}})
		if resp == nil || resp.StatusCode != status {
			t.Errorf("origin %s: got %v, %v, want %d", origin, resp, err, status)
		}
		if conn != nil {
			conn.Close()
		}
	}
	ask(t, base, "GET", "/v1/events", "").want(t, 400, "this is a WebSocket")
}

func TestSocketLimitsWhatItReads(t *testing.T) {
	conn := watch(t, serve(t, newFake(1)).URL)
	read(t, conn)
	_ = conn.WriteMessage(websocket.TextMessage, make([]byte, maxWish+1))
	if _, _, err := conn.ReadMessage(); !websocket.IsCloseError(err, websocket.CloseMessageTooBig) {
		t.Errorf("got %v, want that the message is too big", err)
	}
}

func TestCloseSaysGoodbye(t *testing.T) {
	s := New(Config{Backend: newFake(1)})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx, l) }()
	conn := watch(t, "http://"+l.Addr().String())
	read(t, conn)
	stop()
	if _, _, err := conn.ReadMessage(); !websocket.IsCloseError(err, websocket.CloseGoingAway) {
		t.Errorf("got %v, want a goodbye", err)
	}
	if err := <-served; err != nil {
		t.Errorf("Serve: %v", err)
	}
}

func TestServeTellsWhyItEnded(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	if err := New(Config{Backend: newFake(1)}).Serve(t.Context(), l); !errors.Is(err, net.ErrClosed) {
		t.Errorf("got %v, want %v", err, net.ErrClosed)
	}
}

// A pipeListener accepts in-memory connections, whose deadlines follow virtual
// time.
type pipeListener struct {
	conns chan net.Conn
	done  chan struct{}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error   { close(l.done); return nil }
func (l *pipeListener) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

// dial gives the client's end of a new connection.
func (l *pipeListener) dial(context.Context, string, string) (net.Conn, error) {
	near, far := net.Pipe()
	l.conns <- far
	return near, nil
}

// A browser connects in advance, in case that there will be something to ask.
func TestServeEndsAtOnceThoughAConnectionIsSilent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &pipeListener{make(chan net.Conn), make(chan struct{})}
		ctx, stop := context.WithCancel(t.Context())
		served := make(chan error, 1)
		go func() { served <- New(Config{Backend: newFake(1)}).Serve(ctx, l) }()
		conn, _ := l.dial(ctx, "", "")
		defer conn.Close()
		synctest.Wait()
		start := time.Now()
		stop()
		// Shutdown looks again after a millisecond if the connection's goroutine has not ended yet.
		if err := <-served; err != nil || time.Since(start) > 10*time.Millisecond {
			t.Errorf("it ended after %v with %v, want at once with none", time.Since(start), err)
		}
	})
}

// inPipe runs a test in virtual time, with a server behind a pipeListener.
func inPipe(t *testing.T, test func(t *testing.T, s *Server, l *pipeListener)) {
	synctest.Test(t, func(t *testing.T) {
		s := New(Config{Backend: newFake(3)})
		l := &pipeListener{make(chan net.Conn), make(chan struct{})}
		server := &http.Server{Handler: s}
		go server.Serve(l)
		defer server.Close()
		defer s.Close()
		test(t, s, l)
	})
}

func inPipeSocket(t *testing.T, test func(t *testing.T, s *Server, conn *websocket.Conn)) {
	inPipe(t, func(t *testing.T, s *Server, l *pipeListener) {
		dialer := websocket.Dialer{NetDialContext: l.dial}
		conn, _, err := dialer.Dial("ws://localhost/v1/events", nil)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		test(t, s, conn)
	})
}

func TestClientThatReadsNothingIsDropped(t *testing.T) {
	inPipeSocket(t, func(t *testing.T, s *Server, _ *websocket.Conn) {
		pass(writeWait - time.Second)
		if got := s.hub.count(); got != 1 {
			t.Errorf("before its time: got %d clients, want 1", got)
		}
		pass(2 * time.Second)
		if got := s.hub.count(); got != 0 {
			t.Errorf("got %d clients, want 0", got)
		}
	})
}

func TestClientThatAnswersNoPingIsDropped(t *testing.T) {
	inPipeSocket(t, func(t *testing.T, s *Server, conn *websocket.Conn) {
		conn.SetPingHandler(func(string) error { return nil })
		go drain(conn)
		pass(pongWait + time.Second)
		if got := s.hub.count(); got != 0 {
			t.Errorf("got %d clients, want 0", got)
		}
	})
}

func TestQuietClientIsKept(t *testing.T) {
	inPipeSocket(t, func(t *testing.T, s *Server, conn *websocket.Conn) {
		go drain(conn)
		pass(time.Hour)
		if got := s.hub.count(); got != 1 {
			t.Errorf("got %d clients, want 1", got)
		}
	})
}

func drain(conn *websocket.Conn) {
	for {
		if _, _, err := conn.ReadMessage(); err != nil {
			return
		}
	}
}

func TestBodyThatDoesNotArriveIsGivenUp(t *testing.T) {
	inPipe(t, func(t *testing.T, _ *Server, l *pipeListener) {
		conn, _ := l.dial(t.Context(), "", "")
		defer conn.Close()
		if _, err := io.WriteString(conn, "PUT /v1/kv/k HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nhalf"); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		status, err := bufio.NewReader(conn).ReadString('\n')
		if err != nil || status != "HTTP/1.1 400 Bad Request\r\n" || time.Since(start) != stepTimeout.Duration+answerTime {
			t.Errorf("got %q, %v after %v, want 400 after %v", status, err, time.Since(start), stepTimeout.Duration+answerTime)
		}
	})
}
