package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
)

// A call is a request whose answer has begun.
type call struct {
	client  *client
	request request
	ctx     context.Context // of the caller
	watch   *watch
	resp    *http.Response
}

// call makes a request and waits for its answer to begin. Every error is a failure
// with its code. The caller closes the call.
func (c *client) call(ctx context.Context, r request) (*call, error) {
	k := &call{client: c, request: r, ctx: ctx, watch: newWatch(ctx, c.timeout, r.follower)}
	err := k.begin()
	if err != nil {
		k.close()
		return nil, err
	}
	return k, nil
}

func (k *call) begin() error {
	req, err := http.NewRequestWithContext(k.watch.ctx, k.request.method, k.client.url(k.request), bytes.NewReader(k.request.body))
	if err != nil {
		return fail(codeUsage, "API address: %v", err)
	}
	if k.request.value != nil {
		req.Body, req.GetBody = io.NopCloser(k.watch.sending(k.request.value)), nil
		req.ContentLength = k.request.size
	}
	if k.request.accept != "" {
		req.Header.Set("Accept", k.request.accept)
	}
	if k.resp, err = k.client.http.Do(req); err != nil {
		return k.unanswered(err)
	}
	if k.resp.StatusCode == http.StatusOK {
		return nil
	}
	body, err := io.ReadAll(io.LimitReader(k.resp.Body, maxAnswer))
	if err != nil {
		return k.unanswered(err)
	}
	return k.client.refusal(k.resp, body)
}

func (k *call) close() {
	k.watch.stop()
	if k.resp != nil {
		k.resp.Body.Close()
	}
}

// copyTo writes the answer's body as it comes, all of it or with an error.
func (k *call) copyTo(w io.Writer) (int64, error) {
	to := &sink{w: w}
	n, err := io.Copy(to, k.watch.receiving(k.resp.Body))
	switch {
	case to.err != nil:
		return n, to.err
	case err != nil && k.ctx.Err() == nil && !k.watch.late():
		return n, fail(codeNoPeer, "the value broke off after %s of %s: read it again", sizeText(n), sizeText(k.resp.ContentLength))
	case err != nil:
		return n, k.unanswered(err)
	}
	return n, nil
}

// A sink keeps the error of its writer apart from that of a reader.
type sink struct {
	w   io.Writer
	err error
}

func (s *sink) Write(p []byte) (n int, err error) {
	n, s.err = s.w.Write(p)
	return n, s.err
}

// unsent is the error of a value that was not sent to its end, and so was not stored.
func (k *call) unsent(err error) error {
	var told *failure
	switch {
	case errors.As(err, &told): // of the reader
		return told
	case k.ctx.Err() != nil:
		return fail(codeInterrupted, "interrupted: nothing was stored")
	case k.watch.late():
		return fail(codeNoPeer, "the value came to a halt for %v, and nothing was stored: --timeout waits longer", k.client.timeout)
	}
	return fail(codeNoPeer, "the connection to %s broke before the whole value was sent, and nothing was stored: %v", k.client.base, err)
}

// unanswered says what it means that no answer came, or none that is whole. A write
// that was sent may have been done.
func (k *call) unanswered(err error) error {
	c, r, ctx := k.client, k.request, k.ctx
	var dial *net.OpError
	notSent := errors.As(err, &dial) && dial.Op == "dial"
	late := k.watch.late()
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	switch {
	case ctx.Err() != nil && (notSent || r.method == http.MethodGet):
		return fail(codeInterrupted, "interrupted")
	case notSent:
		return fail(codeNoPeer, "nothing answers at %s (%v): start a peer with 'peal start' or 'peal testnet', or name another with --api", c.base, errors.Unwrap(dial))
	case r.value != nil && !k.watch.sent.Load():
		return k.unsent(err)
	case r.method != http.MethodGet && ctx.Err() != nil:
		return fail(codeUnknown, "interrupted while %s worked on it: it may have been done", c.base)
	case r.method != http.MethodGet && late:
		return fail(codeUnknown, "no answer from %s within %v: it may have been done; --timeout waits longer", c.base, c.timeout)
	case r.method != http.MethodGet:
		return fail(codeUnknown, "the connection to %s broke (%v): it may have been done", c.base, err)
	case late:
		return fail(codeNoPeer, "no answer from %s within %v: --timeout waits longer", c.base, c.timeout)
	}
	return fail(codeNoPeer, "the connection to %s broke: %v", c.base, err)
}
