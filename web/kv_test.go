package web

import (
	"context"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"peal/node/replica"
)

func TestKeysAreBytes(t *testing.T) {
	paths := map[string]string{ // escaped path -> key
		"a":              "a",
		"a//b":           "a//b",
		"/":              "/",
		".":              ".",
		"..":             "..",
		"../x":           "../x",
		"%2e%2E%2fx":     "../x",
		"a/../b/./c/":    "a/../b/./c/",
		"%00":            "\x00",
		"%ff%FE":         "\xff\xfe",
		"gr%C3%BC%C3%9F": "grüß",
		"a+b":            "a+b",
		"%3Fq%23f%25":    "?q#f%",
		"a%20b;c":        "a b;c",
		"a%2Fb/c":        "a/b/c",
	}
	for path, key := range paths {
		f := newFake(1)
		base := serve(t, f).URL
		ask(t, base, "PUT", "/v1/kv/"+path, "the value").want(t, 200, stamp.String())
		if got, ok := f.values[key]; !ok || string(got) != "the value" {
			t.Errorf("PUT /v1/kv/%s: stored %q, want the key %q", path, f.values, key)
		}
		ask(t, base, "GET", "/v1/kv/"+path, "").want(t, 200, "the value")
		ask(t, base, "POST", "/v1/touch/"+path, "").want(t, 200, `"replicas":[]`)
		ask(t, base, "DELETE", "/v1/kv/"+path, "").want(t, 200, `"replicas":[]`)
		ask(t, base, "POST", "/v1/touch/"+path, "").want(t, 404, `"code":"not_found"`)
		ask(t, base, "GET", "/v1/kv/"+path, "").want(t, 404, `"code":"not_found"`)
		ask(t, base, "GET", "/v1/lookup/"+path, "").want(t, 200, `"owner":`)
	}
}

func TestValuesAreBytes(t *testing.T) {
	base := serve(t, newFake(1)).URL
	for _, value := range []string{"", "\x00", "\xff\xfe\r\n", strings.Repeat("x", replica.MaxValueLen)} {
		ask(t, base, "PUT", "/v1/kv/k", value).want(t, 200, `"wanted":3`)
		if got := ask(t, base, "GET", "/v1/kv/k", ""); got.status != 200 || got.body != value {
			t.Errorf("a value of %d bytes: got %d with %d bytes", len(value), got.status, len(got.body))
		}
	}
}

func TestGetAsBytes(t *testing.T) {
	f := newFake(1)
	f.values["k"] = []byte("value")
	got := ask(t, serve(t, f).URL, "GET", "/v1/kv/k", "").header
	for name, want := range map[string]string{
		"Content-Type":  "application/octet-stream",
		"Peal-Version":  stamp.String(),
		"Peal-Asked":    "2",
		"Peal-Agreed":   "2",
		"Peal-Repaired": "0",
		"Peal-Hops":     "1",
		"Peal-Ms":       "1.5",
		"Cache-Control": "no-store",
	} {
		if got.Get(name) != want {
			t.Errorf("%s: got %q, want %q", name, got.Get(name), want)
		}
	}
}

func TestGetAsJSON(t *testing.T) {
	f := newFake(1)
	f.values["k"], f.values["\xff"] = []byte("value"), nil
	base := serve(t, f).URL
	ask(t, base, "GET", "/v1/kv/k", "", "Accept: application/json").
		want(t, 200, `{"key":"k","value":"dmFsdWU=","version":"`+stamp.String()+`","asked":2,"agreed":2,"repaired":0,"replies":[{"id":"`)
	ask(t, base, "GET", "/v1/kv/k", "", "Accept: application/json").want(t, 200, `","version":"`+stamp.String()+`"},{"id":"`)
	ask(t, base, "GET", "/v1/kv/%ff", "", "Accept: application/json").
		want(t, 200, `{"key_base64":"/w==","value":"",`)
}

func TestExpiry(t *testing.T) {
	f := newFake(1)
	at := time.Now().Add(time.Hour).UTC().Truncate(time.Millisecond)
	f.values["k"], f.expires = nil, &at
	base := serve(t, f).URL
	text := at.Format(time.RFC3339Nano)
	if got := ask(t, base, "GET", "/v1/kv/k", "").header.Get("Peal-Expires"); got != text {
		t.Errorf("Peal-Expires is %q, want %q", got, text)
	}
	var told struct {
		Expires time.Time
		Left    float64 `json:"expires_in"`
	}
	got := ask(t, base, "GET", "/v1/kv/k", "", "Accept: application/json")
	if err := json.Unmarshal([]byte(got.body), &told); err != nil || told.Expires != at || told.Left <= 3500 || told.Left > 3600 {
		t.Errorf("%s tells %+v, %v; want what is left of an hour until %v", got.body, told, err, at)
	}
	for _, write := range []string{"PUT /v1/kv/k", "POST /v1/touch/k"} {
		method, path, _ := strings.Cut(write, " ")
		ask(t, base, method, path, "").want(t, 200, `"expires":"`+text+`"`)
	}
	past := at.Add(-2 * time.Hour)
	f.expires = &past
	ask(t, base, "GET", "/v1/kv/k", "", "Accept: application/json").want(t, 200, `"expires_in":0}`)
}

func TestHeadHasNoBody(t *testing.T) {
	f := newFake(1)
	f.values["k"] = []byte("value")
	got := ask(t, serve(t, f).URL, "HEAD", "/v1/kv/k", "")
	got.want(t, 200, "")
	if got.body != "" || got.header.Get("Content-Length") != "5" {
		t.Errorf("got %q of length %s, want no body of length 5", got.body, got.header.Get("Content-Length"))
	}
}

func TestSizes(t *testing.T) {
	base := serve(t, newFake(1)).URL
	key := strings.Repeat("k", replica.MaxKeyLen)
	ask(t, base, "PUT", "/v1/kv/"+key, "").want(t, 200, "")
	for _, method := range []string{"PUT", "GET", "DELETE"} {
		ask(t, base, method, "/v1/kv/", "").want(t, 400, "the key is empty")
		ask(t, base, method, "/v1/kv/k"+key, "").want(t, 400, "the key has 1025 bytes: at most 1024 are allowed")
	}
}

func TestVia(t *testing.T) {
	base := serve(t, newFake(1)).URL
	for _, path := range []string{"/v1/kv/k", "/v1/kv", "/v1/lookup/k", "/v1/peer", "/v1/ring"} {
		ask(t, base, "GET", path+"?via=feed", "").want(t, 400, `no live peer is called \"feed\"`)
	}
	ask(t, base, "GET", "/v1/lookup/k?via="+contact(0).ID.String(), "").want(t, 200, "")
	ask(t, base, "GET", "/v1/lookup/k?vai=x", "").want(t, 400, `takes no parameter \"vai\"`)
}

func TestReceiptNamesTheKey(t *testing.T) {
	base := serve(t, newFake(1)).URL
	ask(t, base, "PUT", "/v1/kv/a%2Fb", "v").want(t, 200, `{"key":"a/b","version":"`)
	ask(t, base, "DELETE", "/v1/kv/%ff", "").want(t, 200, `{"key_base64":"/w==","version":"`)
}

func TestListing(t *testing.T) {
	f := newFake(1)
	base := serve(t, f).URL
	got := ask(t, base, "GET", "/v1/kv?prefix=a%2F%ff%2B&limit=7&after="+url.QueryEscape("c/u+r"), "")
	got.want(t, 200, `{"keys":[{"key":"a","version":"`+stamp.String()+`","size":3},{"key_base64":"/w==",`)
	got.want(t, 200, `"next":"more"`)
	if want := [3]string{"a/\xff+", "c/u+r", "7"}; f.listed != want {
		t.Errorf("asked for %q, want %q", f.listed, want)
	}
	ask(t, base, "GET", "/v1/kv", "")
	if want := [3]string{"", "", "100"}; f.listed != want {
		t.Errorf("asked for %q, want %q", f.listed, want)
	}
	for _, limit := range []string{"0", "1001", "-1", "x", "1e2"} {
		ask(t, base, "GET", "/v1/kv?limit="+limit, "").want(t, 400, "from 1 to 1000")
	}
	ask(t, base, "GET", "/v1/kv?prefx=a", "").want(t, 400, `takes no parameter \"prefx\", but prefix, after, limit`)
	ask(t, base, "GET", "/v1/kv?prefix=%zz", "").want(t, 400, "not well-formed")
}

func TestTimeout(t *testing.T) {
	f := newFake(1)
	f.err = context.DeadlineExceeded
	base := serve(t, f).URL
	late := `the time ran out before enough replicas answered: try again, or allow more time","code":"quorum"`
	for _, path := range []string{"/v1/kv/k", "/v1/kv", "/v1/lookup/k", "/v1/ring"} {
		ask(t, base, "GET", path+"?timeout=1ms", "").want(t, 503, late)
	}
	for _, method := range []string{"PUT", "DELETE"} {
		ask(t, base, method, "/v1/kv/k?timeout=1ms", "").want(t, 504, `it may have happened: look, and repeat it or allow more time","code":"unknown"`)
	}
	for _, timeout := range []string{"0s", "-1s", "5m1s", "10", "x"} {
		ask(t, base, "GET", "/v1/kv/k?timeout="+timeout, "").want(t, 400, "give a duration such as 10s, at most 5m0s")
	}
}

func TestLookup(t *testing.T) {
	got := ask(t, serve(t, newFake(1)).URL, "GET", "/v1/lookup/a%2Fb", "")
	got.want(t, 200, `"key":"a/b"`)
	got.want(t, 200, `"replicas":[]`)
	got.want(t, 200, `"failed":true`)
	got.want(t, 200, `"peer":`+strconv.Quote(contact(3).Peer.String()))
}

var _ Peer = (*fake)(nil)
var _ Lab = (*fakeLab)(nil)
