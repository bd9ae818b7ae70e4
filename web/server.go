package web

import (
	"cmp"
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"time"
)

// Config says what a server serves and how.
type Config struct {
	// Backend is what requests act on. Required.
	Backend Backend

	// Feed is told the events of the backend's peers; nil means none come.
	Feed *Feed

	// Simulation prepares the simulation that the parameters of a query describe; nil
	// where none may be asked for, as at a peer of a ring that runs for real.
	Simulation func(parameters url.Values) (Simulation, error)

	// Logger gets a line for every request; nil discards them.
	Logger *slog.Logger

	// Addr is the address of the listener, as host:port. On a loopback host,
	// and when empty, only requests to a loopback host are served.
	Addr string

	// Refresh is how often the ring is looked at while someone watches it:
	// 250 ms for a Lab, 100 ms for a Player and 2 s otherwise, where the look is
	// a walk of the ring.
	Refresh time.Duration
}

func (c Config) withDefaults() Config {
	if c.Feed == nil {
		c.Feed = NewFeed()
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if _, lab := c.Backend.(Lab); lab {
		c.Refresh = cmp.Or(c.Refresh, 250*time.Millisecond)
	}
	if _, player := c.Backend.(Player); player {
		c.Refresh = cmp.Or(c.Refresh, 100*time.Millisecond)
	}
	c.Refresh = cmp.Or(c.Refresh, 2*time.Second)
	return c
}

// A Server answers the API, the WebSocket and the dashboard.
type Server struct {
	backend Backend
	lab     Lab    // nil unless the backend is one
	player  Player // nil unless the backend is one
	feed    *Feed
	log     *slog.Logger
	guard   guard
	routes  []route
	metrics metrics
	hub     *hub

	simulation func(url.Values) (Simulation, error)
	simulating chan struct{} // has room for one
}

// New makes a server. It starts nothing: the ring is only looked at while a
// WebSocket is open.
func New(c Config) *Server {
	c = c.withDefaults()
	s := &Server{
		backend: c.Backend,
		feed:    c.Feed,
		log:     c.Logger,
		guard:   newGuard(c.Addr),
		hub:     newHub(c.Backend, c.Feed, c.Refresh),

		simulation: c.Simulation,
		simulating: make(chan struct{}, 1),
	}
	s.lab, _ = c.Backend.(Lab)
	s.player, _ = c.Backend.(Player)
	s.routes = s.table()
	return s
}

// ShutdownTime is how long Serve waits at its end for the requests under way.
const ShutdownTime = 5 * time.Second

// Serve answers on l until ctx is done; then it closes the WebSockets and waits
// for the requests under way.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	var unheard unheard
	server := &http.Server{
		Handler:           s,
		ConnState:         unheard.note,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	stopped := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(stopped)
		s.Close()
		patience, cancel := context.WithTimeout(context.Background(), ShutdownTime)
		defer cancel()
		unheard.close()
		if server.Shutdown(patience) != nil {
			server.Close()
		}
	})
	err := server.Serve(l)
	if !stop() {
		<-stopped
		return nil
	}
	return err
}

// Close closes the WebSockets and admits no more of them.
func (s *Server) Close() { s.hub.close() }

// ServeHTTP is the one place where a request is admitted, bounded in time,
// counted, and where an error becomes an answer.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	setHeaders(w.Header())
	route, err := s.admit(r)
	if err == nil {
		err = route.run(w, r)
	}
	status := route.success()
	if err != nil {
		status = s.fail(w, r, err)
	}
	elapsed := time.Since(start)
	s.metrics.observe(route, status, elapsed)
	s.log.Debug("request", "method", r.Method, "path", r.URL.EscapedPath(), "status", status, "elapsed", elapsed)
	if isBrokenOff(err) {
		panic(http.ErrAbortHandler)
	}
}

// admit finds the route of a request that may pass.
func (s *Server) admit(r *http.Request) (route, error) {
	if err := s.guard.check(r); err != nil {
		return route{}, err
	}
	if _, err := url.ParseQuery(r.URL.RawQuery); err != nil {
		return route{}, usage("the query after '?' is not well-formed: %v", err)
	}
	return find(s.routes, r.Method, r.URL.EscapedPath())
}
