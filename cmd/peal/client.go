package main

import (
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"

	"peal/web"
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
	value  io.Reader // the body instead, where it may be large
	size   int64     // of value; -1 if that is not known
	accept string

	follower follower // of a value that moves; nil for none
}

// do makes a request. Every error is a failure with its code.
func (c *client) do(ctx context.Context, r request) (answer, error) {
	call, err := c.call(ctx, r)
	if err != nil {
		return answer{}, err
	}
	defer call.close()
	body, err := io.ReadAll(io.LimitReader(call.resp.Body, maxAnswer))
	if err != nil {
		return answer{}, call.unanswered(err)
	}
	return answer{body, call.resp.Header}, nil
}

// url leaves a tenth of the time for the answer to arrive: what the API says at
// its deadline is better than silence at ours.
func (c *client) url(r request) string {
	query := url.Values{"timeout": {min(c.timeout*9/10, web.LongestTimeout).String()}}
	if c.via != "" {
		query.Set("via", c.via)
	}
	maps.Copy(query, r.query)
	return c.base + r.path + "?" + query.Encode()
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
