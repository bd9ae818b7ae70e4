package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// maxAnswer bounds what is read of an answer; the largest is the ring of a few
// thousand peers.
const maxAnswer = 256 << 20

// A client speaks to the HTTP API of a peer or of a testnet.
type client struct {
	base    string
	via     string
	timeout time.Duration // of one request
	http    *http.Client
}

// client makes one that waits for so long, unless --timeout says otherwise.
func (c *cli) client(timeout time.Duration) (*client, error) {
	base := strings.TrimRight(c.api, "/")
	if !strings.Contains(base, "://") {
		base = "http://" + base
	}
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.RawQuery != "" {
		return nil, fail(codeUsage, "API address %q: want something like http://127.0.0.1:7600", c.api)
	}
	if c.timeout > 0 {
		timeout = c.timeout
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = maxParallel
	// A redirect would lose the body and the exact path; the API has none.
	noRedirect := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &client{base, c.via, timeout, &http.Client{Transport: transport, CheckRedirect: noRedirect}}, nil
}

// An answer is a successful response.
type answer struct {
	body   []byte
	header http.Header
}

// A request is one call of the API.
type request struct {
	method string
	path   string // escaped
	query  url.Values
	body   []byte
	accept string
}

// do makes a request. Every error is a failure with its code.
func (c *client) do(ctx context.Context, r request) (answer, error) {
	within, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(within, r.method, c.url(r), bytes.NewReader(r.body))
	if err != nil {
		return answer{}, fail(codeUsage, "API address: %v", err)
	}
	if r.accept != "" {
		req.Header.Set("Accept", r.accept)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return answer{}, c.unanswered(ctx, r, err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return answer{}, c.unanswered(ctx, r, err)
	}
	if resp.StatusCode != http.StatusOK {
		return answer{}, c.refusal(resp, body)
	}
	return answer{body, resp.Header}, nil
}

// longestTimeout is what the API allows a request at most.
const longestTimeout = 5 * time.Minute

// url leaves a tenth of the time for the answer to arrive: what the API says at
// its deadline is better than silence at ours.
func (c *client) url(r request) string {
	query := url.Values{"timeout": {min(c.timeout*9/10, longestTimeout).String()}}
	if c.via != "" {
		query.Set("via", c.via)
	}
	maps.Copy(query, r.query)
	return c.base + r.path + "?" + query.Encode()
}

// unanswered says what it means that no answer came. A write that was sent may
// have been done.
func (c *client) unanswered(ctx context.Context, r request, err error) error {
	var dial *net.OpError
	notSent := errors.As(err, &dial) && dial.Op == "dial"
	late := errors.Is(err, context.DeadlineExceeded)
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	switch {
	case ctx.Err() != nil && (notSent || r.method == http.MethodGet):
		return fail(codeInterrupted, "interrupted")
	case notSent:
		return fail(codeNoPeer, "nothing answers at %s (%v): start a peer with 'peal start' or 'peal testnet', or name another with --api", c.base, errors.Unwrap(dial))
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

// refusal reads the body of an error.
func (c *client) refusal(resp *http.Response, body []byte) error {
	var told struct {
		Error string `json:"error"`
		Code  code   `json:"code"`
	}
	if json.Unmarshal(body, &told) != nil || told.Error == "" {
		return fail(codeNoPeer, "what answers at %s is no peer (it says %s): name a peer's HTTP address with --api", c.base, resp.Status)
	}
	return &failure{code: told.Code, text: told.Error, body: body}
}

// decode reads a JSON answer.
func (c *client) decode(a answer, into any) error {
	if err := json.Unmarshal(a.body, into); err != nil {
		return fail(codeError, "the answer of %s is not what this version of peal expects (%v): is --api right?", c.base, err)
	}
	return nil
}
