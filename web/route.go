package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// A limit is how long a request may take, or each step of one that moves a value of
// any size: see pace.
type limit struct {
	time.Duration
	step bool
}

// The limits of requests that do not say otherwise with ?timeout=.
var (
	noTimeout    = limit{} // of a WebSocket
	usualTimeout = limit{30 * time.Second, false}
	stepTimeout  = limit{30 * time.Second, true}
	longTimeout  = limit{LongestTimeout, false}
)

// LongestTimeout is what a request may ask for at most.
const LongestTimeout = 5 * time.Minute

// answerTime is left beyond the deadline for the operation to end, and again to send
// the answer.
const answerTime = 5 * time.Second

// A handler answers a request, or returns the error to answer with and has
// written nothing.
type handler func(w http.ResponseWriter, r *http.Request) error

// A route is a method and a pattern: a whole escaped path, or the beginning of
// one in front of a placeholder that stands for all the rest. http.ServeMux is
// no use here: it cleans paths, and a key may be "..".
type route struct {
	method, pattern string
	timeout         limit
	handle          handler
}

func (s *Server) table() []route {
	return []route{
		{"GET", "/v1/kv", usualTimeout, s.live(s.listKeys)},
		{"GET", "/v1/kv/{key}", stepTimeout, s.live(s.getKey)},
		{"PUT", "/v1/kv/{key}", stepTimeout, s.live(s.putKey)},
		{"DELETE", "/v1/kv/{key}", stepTimeout, s.live(s.deleteKey)},
		{"POST", "/v1/touch/{key}", stepTimeout, s.live(s.touchKey)},
		{"GET", "/v1/lookup/{key}", usualTimeout, s.live(s.lookUp)},
		{"GET", "/v1/ring", usualTimeout, s.showRing},
		{"GET", "/v1/ring/{peer}", usualTimeout, s.showMember},
		{"GET", "/v1/peer", usualTimeout, s.showPeer},
		{"POST", "/v1/repair", usualTimeout, s.live(s.limitRepair)},
		{"POST", "/v1/leave", longTimeout, s.live(s.leave)},
		{"POST", "/v1/testnet/kill", usualTimeout, s.live(s.kill)},
		{"POST", "/v1/testnet/join", longTimeout, s.live(s.join)},
		{"POST", "/v1/testnet/cut", usualTimeout, s.live(s.cut)},
		{"POST", "/v1/testnet/heal", usualTimeout, s.live(s.heal)},
		{"POST", "/v1/testnet/pause", usualTimeout, s.live(s.pause)},
		{"POST", "/v1/testnet/resume", usualTimeout, s.live(s.resume)},
		{"POST", "/v1/testnet/restart", longTimeout, s.live(s.restart)},
		{"POST", "/v1/testnet/impair", usualTimeout, s.live(s.impair)},
		{"GET", "/v1/replay", usualTimeout, s.showFilm},
		{"POST", "/v1/replay", usualTimeout, s.steer},
		{"GET", "/v1/simulation", longTimeout, s.simulate},
		{"GET", "/v1/events", noTimeout, s.events},
		{"GET", "/metrics", usualTimeout, s.showMetrics},
		{"GET", "/healthz", usualTimeout, s.healthy},
		{"GET", "/readyz", usualTimeout, s.ready},
		{"GET", "/openapi.yaml", usualTimeout, s.description},
		{"GET", "/", usualTimeout, s.dashboard},
		{"GET", "/{file}", usualTimeout, s.staticFile},
	}
}

// find takes the first pattern that matches; HEAD is answered as GET is, and
// net/http drops the body.
func find(routes []route, method, path string) (route, error) {
	if method == http.MethodHead {
		method = http.MethodGet
	}
	var pattern string
	var allowed []string
	for _, r := range routes {
		if pattern == "" && r.matches(path) {
			pattern = r.pattern
		}
		if r.pattern != pattern {
			continue
		}
		if r.method == method {
			return r, nil
		}
		allowed = append(allowed, r.method)
		if r.method == http.MethodGet {
			allowed = append(allowed, http.MethodHead)
		}
	}
	if pattern == "" || pattern == "/{file}" {
		return route{}, noRoute(path)
	}
	return route{}, notAllowed(method, path, allowed)
}

// prefix is the pattern up to the placeholder.
func (r route) prefix() (prefix string, rest bool) {
	prefix, _, rest = strings.Cut(r.pattern, "{")
	return prefix, rest
}

func (r route) matches(path string) bool {
	prefix, rest := r.prefix()
	return path == prefix || rest && strings.HasPrefix(path, prefix)
}

// restKey is under which a request's context holds what stands for the
// placeholder.
type restKey struct{}

// rest is the decoded part of the path that stands for the placeholder.
func rest(r *http.Request) string {
	s, _ := r.Context().Value(restKey{}).(string)
	return s
}

// run bounds the request in time: the context ends the operation, and the
// connection's deadlines end a client that sends or reads too slowly.
func (r route) run(w http.ResponseWriter, req *http.Request) error {
	ctx := req.Context()
	if prefix, ok := r.prefix(); ok {
		rest, err := url.PathUnescape(strings.TrimPrefix(req.URL.EscapedPath(), prefix))
		if err != nil {
			return usage("the path is not well-formed: %v", err)
		}
		ctx = context.WithValue(ctx, restKey{}, rest)
	}
	if r.timeout == noTimeout {
		return r.handle(w, req.WithContext(ctx))
	}
	timeout, err := r.timeoutOf(req)
	if err != nil {
		return err
	}
	if r.timeout.step {
		return pace{timeout, http.NewResponseController(w)}.run(w, req.WithContext(ctx), r.handle)
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	// A test's recorder has no deadlines; a connection always has.
	control, end := http.NewResponseController(w), time.Now().Add(timeout)
	_ = control.SetReadDeadline(end.Add(answerTime))
	_ = control.SetWriteDeadline(end.Add(2 * answerTime))
	return r.handle(w, req.WithContext(ctx))
}

// success is the status of an answer that is no error.
func (r route) success() int {
	if r.timeout == noTimeout {
		return http.StatusSwitchingProtocols
	}
	return http.StatusOK
}

func (r route) timeoutOf(req *http.Request) (time.Duration, error) {
	text := req.URL.Query().Get("timeout")
	if text == "" {
		return r.timeout.Duration, nil
	}
	timeout, err := time.ParseDuration(text)
	if err != nil || timeout <= 0 || timeout > LongestTimeout {
		return 0, usage("the timeout %q is not allowed: give a duration such as 10s, at most %v", text, LongestTimeout)
	}
	return timeout, nil
}
