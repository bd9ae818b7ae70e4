package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"syscall"
	"time"

	"peal/transport"
	"peal/web"
)

// defaultHTTP is where the API and the dashboard are served.
const defaultHTTP = "127.0.0.1:7600"

// listenHTTP opens the address of the API. It comes before all else, so that a
// port in use costs nothing.
func (c *cli) listenHTTP(addr string) (net.Listener, error) {
	if _, _, err := net.SplitHostPort(addr); err != nil {
		return nil, fail(codeUsage, "HTTP address %q: want HOST:PORT, such as %s", addr, defaultHTTP)
	}
	l, err := net.Listen("tcp", addr)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fail(codeError, "HTTP address %s is in use: end what runs there ('peal leave' if it is a peer), or choose another with --http", addr)
	case err != nil:
		return nil, fail(codeError, "HTTP address: %v: choose another with --http", err)
	}
	if !loopback(l.Addr()) {
		fmt.Fprintf(c.err, "warning: whoever can reach %v may read and change every key; it asks for no password\n", l.Addr())
	}
	return l, nil
}

// An apiServer serves the API until it is closed.
type apiServer struct {
	url   string
	left  <-chan struct{} // closed once the API was asked to leave, and did
	ended chan error      // gets why it ended by itself
	stop  context.CancelFunc
	waits func() // says what it waits for at its end
}

// serve begins to answer on l; left is closed when the backend has left the
// ring. It goes on after ctx ends, so that the leaving can be watched.
func (c *cli) serve(ctx context.Context, l net.Listener, config web.Config, left <-chan struct{}) *apiServer {
	s := &apiServer{url: browsable(l.Addr()), left: left, ended: make(chan error, 1)}
	s.waits = func() {
		fmt.Fprintf(c.err, "waiting up to %v for requests that have begun%s\n", web.ShutdownTime, endsAtOnce(ctx))
	}
	serving, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.stop = stop
	config.Addr = l.Addr().String()
	server := web.New(config)
	go func() { s.ended <- server.Serve(serving, l) }()
	return s
}

// aMoment is how long nobody wonders what is waited for.
const aMoment = 500 * time.Millisecond

// close waits for the requests under way, and says so unless they end in a moment. It
// may be called again.
func (s *apiServer) close() {
	s.stop()
	waits := time.AfterFunc(aMoment, s.waits)
	defer waits.Stop()
	s.ended <- <-s.ended
}

// endsAtOnce tells of the second signal, where there was a first.
func endsAtOnce(ctx context.Context) string {
	if ctx.Err() == nil {
		return ""
	}
	return "; Ctrl-C again ends at once"
}

// wait returns once the ring was left: because the API was asked to, or by
// leave, when ctx ends.
func (s *apiServer) wait(ctx context.Context, leave func() error) error {
	select {
	case <-s.left:
		return nil
	case err := <-s.ended:
		s.ended <- err // for close
		return fail(codeError, "the HTTP server ended: %v", err)
	case <-ctx.Done():
		return leave()
	}
}

func loopback(addr net.Addr) bool {
	tcp, ok := addr.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}

// browsable is the URL by which this machine reaches a listener.
func browsable(addr net.Addr) string {
	tcp, ok := addr.(*net.TCPAddr)
	if ok && tcp.IP.IsUnspecified() {
		return fmt.Sprintf("http://127.0.0.1:%d/", tcp.Port)
	}
	return "http://" + addr.String() + "/"
}

// logger writes to standard error. Of what libp2p logs only errors are of use to
// those who do not debug: it warns of every peer that hangs up.
func (c *cli) logger(level string) (*slog.Logger, error) {
	var least slog.Level
	if err := least.UnmarshalText([]byte(level)); err != nil {
		return nil, fail(codeUsage, "log level %q: debug, info, warn or error is possible", level)
	}
	libp2p := least
	if least > slog.LevelDebug {
		libp2p = max(least, slog.LevelError)
	}
	transport.LogLibp2p(slog.NewTextHandler(c.err, &slog.HandlerOptions{Level: libp2p}))
	return slog.New(slog.NewTextHandler(c.err, &slog.HandlerOptions{Level: least})), nil
}
