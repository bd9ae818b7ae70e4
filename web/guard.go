package web

import (
	"net"
	"net/http"
	"net/netip"
	"strings"

	"github.com/gorilla/websocket"
)

// A guard turns away requests that a stranger's web page made a browser send.
type guard struct {
	csrf http.CrossOriginProtection

	// host is what the server listens on if that is a loopback host, and
	// empty otherwise: then any name may lead here.
	host string
}

func newGuard(addr string) guard {
	if addr == "" {
		return guard{host: "localhost"}
	}
	if host := hostOf(addr); loopback(host) {
		return guard{host: host}
	}
	return guard{}
}

// check compares Host because of DNS rebinding: a page from evil.example may
// make that name point to 127.0.0.1, and is then of the same origin.
func (g *guard) check(r *http.Request) error {
	if host := hostOf(r.Host); g.host != "" && host != g.host && !loopback(host) {
		return refused("the host %q is not served here: use http://localhost or the loopback address", host)
	}
	if strings.HasPrefix(r.URL.EscapedPath(), "/v1/") && g.foreign(r) {
		return refused("a web page of another site sent this request: only the dashboard here, and programs that are no browser, may use the API")
	}
	return nil
}

// foreign reports whether a page of another origin sent the request. The
// library passes every read; here a read costs the ring work, and one that asks
// every peer is dear, so reads are looked at as changes are. A WebSocket is
// judged by its Origin alone: not all browsers send it with Sec-Fetch-Site.
func (g *guard) foreign(r *http.Request) bool {
	asked := r.WithContext(r.Context())
	asked.Method = http.MethodPost
	if websocket.IsWebSocketUpgrade(r) {
		asked.Header = http.Header{"Origin": r.Header["Origin"]}
	}
	return g.csrf.Check(asked) != nil
}

// hostOf is the host of host:port or of a host alone.
func hostOf(addr string) string {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		host = strings.TrimSuffix(strings.TrimPrefix(addr, "["), "]")
	}
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback() || host == "localhost" || strings.HasSuffix(host, ".localhost")
}

// setHeaders forbids a browser to load or run anything that is not ours, to
// guess types, and to keep what changes at any moment.
func setHeaders(h http.Header) {
	h.Set("Content-Security-Policy", "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
}
