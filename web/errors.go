package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"peal/node"
	"peal/node/blob"
	"peal/node/replica"
)

// A problem is an error that knows its answer.
type problem struct {
	Text string `json:"error"`
	Code string `json:"code"`

	Version replica.Version `json:"version,omitzero"`  // that a key has, of a conflict
	Receipt *node.Receipt   `json:"receipt,omitempty"` // of a write that too few replicas confirmed

	status int
	allow  []string // methods, of a status 405
}

func (p *problem) Error() string { return p.Text }

// outcomes maps what an operation can end with; the first that matches counts.
var outcomes = []struct {
	is     error
	status int
	code   string
}{
	{blob.ErrCut, http.StatusBadRequest, "usage"},
	{blob.ErrTooLarge, http.StatusRequestEntityTooLarge, "usage"},
	{blob.ErrChanged, http.StatusServiceUnavailable, "changed"},
	{blob.ErrLost, http.StatusServiceUnavailable, "lost"},
	{node.ErrInvalid, http.StatusBadRequest, "usage"},
	{node.ErrNotFound, http.StatusNotFound, "not_found"},
	{node.ErrConflict, http.StatusConflict, "conflict"},
	{node.ErrUnknown, http.StatusGatewayTimeout, "unknown"},
	{node.ErrClock, http.StatusServiceUnavailable, "clock"},
	{node.ErrClosed, http.StatusServiceUnavailable, "closed"},
	{node.ErrQuorum, http.StatusServiceUnavailable, "quorum"},
	{node.ErrNoPeer, http.StatusServiceUnavailable, "no_peer"},
}

// problemOf finds the answer to an error.
func problemOf(err error) *problem {
	var p *problem
	if errors.As(err, &p) {
		return p
	}
	for _, o := range outcomes {
		if errors.Is(err, o.is) {
			return &problem{Text: oneLine(err), Code: o.code, status: o.status}
		}
	}
	return &problem{Text: oneLine(err), Code: "internal", status: http.StatusInternalServerError}
}

// ranOut puts an outcome in the place of a context's error, which says nothing
// of what may have happened: only a request that changes something can have.
func ranOut(method string, err error) error {
	if !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, context.Canceled) {
		return err
	}
	p := &problem{
		Text: "the time ran out before enough replicas answered: try again, or allow more time",
		Code: "quorum", status: http.StatusServiceUnavailable,
	}
	if method != http.MethodGet && method != http.MethodHead {
		p.Text = "the time ran out before it was known to be done, and it may have happened: look, and repeat it or allow more time"
		p.Code, p.status = "unknown", http.StatusGatewayTimeout
	}
	return p
}

func oneLine(err error) string { return strings.ReplaceAll(err.Error(), "\n", "; ") }

func usage(format string, args ...any) *problem {
	return &problem{Text: fmt.Sprintf(format, args...), Code: "usage", status: http.StatusBadRequest}
}

func refused(format string, args ...any) *problem {
	return &problem{Text: fmt.Sprintf(format, args...), Code: "refused", status: http.StatusForbidden}
}

// blameRequest takes an error that says nothing of its nature for one of the
// request, where only what the request names can have failed.
func blameRequest(err error) error {
	if p := problemOf(err); p.Code == "internal" {
		return usage("%s", p.Text)
	}
	return err
}

func tooLarge(text string) *problem {
	return &problem{Text: text, Code: "usage", status: http.StatusRequestEntityTooLarge}
}

func notAcceptable(format string, args ...any) *problem {
	return &problem{Text: fmt.Sprintf(format, args...), Code: "usage", status: http.StatusNotAcceptable}
}

// The code is not not_found, which is about keys.
func noRoute(path string) *problem {
	text := fmt.Sprintf("there is nothing at %q: see /openapi.yaml for what there is", path)
	return &problem{Text: text, Code: "usage", status: http.StatusNotFound}
}

func notAllowed(method, path string, allowed []string) *problem {
	text := fmt.Sprintf("%s is not possible at %q: use %s", method, path, strings.Join(allowed, " or "))
	return &problem{Text: text, Code: "usage", status: http.StatusMethodNotAllowed, allow: allowed}
}

// brokenOff is the error of an answer that has begun. The connection ends, so that
// the client sees that it is not whole.
type brokenOff struct{ error }

func (b *brokenOff) Unwrap() error { return b.error }

// isBrokenOff reports whether an answer ended in its middle.
func isBrokenOff(err error) bool {
	var b *brokenOff
	return errors.As(err, &b)
}

// fail answers with an error, unless an answer has begun, and says with which status.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) int {
	p := problemOf(err)
	if p.status == http.StatusInternalServerError {
		p = problemOf(ranOut(r.Method, err))
	}
	if p.status == http.StatusInternalServerError {
		s.log.Error("request failed", "method", r.Method, "path", r.URL.EscapedPath(), "err", err)
	}
	if isBrokenOff(err) {
		return p.status
	}
	if len(p.allow) > 0 {
		w.Header().Set("Allow", strings.Join(p.allow, ", "))
	}
	writeJSON(w, p.status, p)
	return p.status
}
