package web

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"peal/node"
	"peal/node/replica"
)

func TestWriteOptions(t *testing.T) {
	f := newFake(1)
	base := serve(t, f).URL
	for query, want := range map[string]node.WriteOptions{
		"":                 {},
		"w=one":            {W: 1},
		"w=quorum&via=":    {W: node.Majority},
		"w=all&timeout=1s": {W: node.All},
		"w=3&ttl=1m30s":    {W: 3, TTL: 90 * time.Second},
		"if_absent=true":   {If: replica.Condition{Absent: true}},
		"if_absent=false":  {},
		"if_version=1.0-a": {If: replica.Condition{Version: "1.0-a"}},
	} {
		ask(t, base, "PUT", "/v1/kv/k?"+query, "").want(t, 200, "")
		if f.write != want {
			t.Errorf("%s: got %+v, want %+v", query, f.write, want)
		}
	}
	ask(t, base, "POST", "/v1/touch/k?ttl=30s&w=1&if_version=1.0-a", "").want(t, 200, "")
	if want := (node.WriteOptions{W: 1, TTL: 30 * time.Second, If: replica.Condition{Version: "1.0-a"}}); f.write != want {
		t.Errorf("touch: got %+v, want %+v", f.write, want)
	}
	ask(t, base, "GET", "/v1/kv/k?r=all", "").want(t, 200, "")
	if f.read.R != node.All {
		t.Errorf("get: got %+v, want all", f.read)
	}
	ask(t, base, "DELETE", "/v1/kv/k?w=2&if_version=1.0-a", "").want(t, 200, "")
	if want := (node.WriteOptions{W: 2, If: replica.Condition{Version: "1.0-a"}}); f.write != want {
		t.Errorf("delete: got %+v, want %+v", f.write, want)
	}
}

func TestWrongOptions(t *testing.T) {
	f := newFake(1)
	base := serve(t, f).URL
	for query, want := range map[string]string{
		"w=0":                            "the parameter w: a quorum is one, quorum, all or a number of replicas",
		"w=-1":                           "the parameter w: a quorum is",
		"w=most":                         "the parameter w: a quorum is",
		"w=":                             "the parameter w needs one value",
		"w=1&w=2":                        "the parameter w needs one value",
		"ttl=30":                         "the parameter ttl: a time to live is a duration from 1ms to 100 years, such as 30s",
		"ttl=0s":                         "without one a key never expires",
		"ttl=-1s":                        "without one a key never expires",
		"ttl=":                           "the parameter ttl needs one value",
		"if_version=":                    "the parameter if_version needs one value",
		"if_absent=yes":                  "the parameter if_absent: it is true or false",
		"if-version=1.0-a":               `takes no parameter \"if-version\", but w, ttl, if_absent, if_version, via, timeout`,
		"r=1":                            `takes no parameter \"r\"`,
		"w=%00%22%0a":                    "the parameter w: a quorum is",
		"ttl=" + url.QueryEscape("1h\n"): "the parameter ttl: a time to live is",
	} {
		got := ask(t, base, "PUT", "/v1/kv/k?"+query, "v")
		got.want(t, 400, want)
		got.want(t, 400, `"code":"usage"`)
	}
	if len(f.values) > 0 {
		t.Errorf("stored %q, want nothing", f.values)
	}
}

// Every operation on a key takes the parameters that are described of it, and no
// other that there is.
func TestParametersAreDescribed(t *testing.T) {
	f := newFake(1)
	f.values["k"] = nil
	base := serve(t, f).URL
	for _, operation := range []string{"GET /v1/kv/{key}", "PUT /v1/kv/{key}", "POST /v1/touch/{key}", "DELETE /v1/kv/{key}"} {
		method, path, _ := strings.Cut(strings.Replace(operation, "{key}", "k", 1), " ")
		described := describedParameters(operation)
		for _, name := range []string{"via", "timeout", "w", "r", "ttl", "if_absent", "if_version", "prefix"} {
			got := ask(t, base, method, path+"?"+name+"=", "")
			refused := strings.Contains(got.body, "takes no parameter")
			if refused == slices.Contains(described, name) {
				t.Errorf("%s described with %q: %s answers %d %s", operation, described, name, got.status, got.body)
			}
		}
	}
}

// describedParameters are those of an operation, and of its path.
func describedParameters(operation string) (names []string) {
	reference := regexp.MustCompile(`^ +- {\$ref: "#/components/parameters/(\w+)"}`)
	method, path, _ := strings.Cut(operation, " ")
	var atPath, atMethod bool
	for line := range strings.Lines(string(openAPI)) {
		line = strings.TrimRight(line, "\n")
		if m := pathLine.FindStringSubmatch(line); m != nil {
			atPath, atMethod = m[1] == path, true
		}
		if m := methodLine.FindStringSubmatch(line); m != nil {
			atMethod = strings.EqualFold(m[1], method)
		}
		if m := reference.FindStringSubmatch(line); m != nil && atPath && atMethod {
			names = append(names, m[1])
		}
	}
	return names
}
