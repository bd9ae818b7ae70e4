package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"peal/chord"
	"peal/node"
)

func TestErrorsOfWritesTellWhatWasStored(t *testing.T) {
	want := shortReceipt()
	for err, status := range map[error]int{node.ErrQuorum: 503, node.ErrUnknown: 504} {
		f := newFake(1)
		f.values["k"], f.err, f.short = nil, err, want
		base := serve(t, f).URL
		for _, write := range []string{"PUT /v1/kv/k", "DELETE /v1/kv/k", "POST /v1/touch/k"} {
			method, path, _ := strings.Cut(write, " ")
			answer := ask(t, base, method, path, "")
			answer.want(t, status, `"receipt":{"version":"`+stamp.String()+`"`)
			var told struct {
				Receipt struct {
					Replicas []chord.Contact
					Owed     []node.Owed
				}
			}
			err := json.Unmarshal([]byte(answer.body), &told)
			if got := told.Receipt; err != nil || !reflect.DeepEqual(got.Replicas, want.Replicas) || !reflect.DeepEqual(got.Owed, want.Owed) {
				t.Errorf("%s: %s, want the replicas and debts of %+v", write, answer.body, want)
			}
		}
	}
}

func TestConflictTellsTheVersion(t *testing.T) {
	f := newFake(1)
	f.err, f.short = fmt.Errorf("%w: the key has another", node.ErrConflict), node.Receipt{Version: stamp, Wanted: 3}
	base := serve(t, f).URL
	want := fmt.Sprintf("{\"error\":%q,\"code\":\"conflict\",\"version\":%q}\n", f.err, stamp)
	if got := ask(t, base, "PUT", "/v1/kv/k?if_absent=true", ""); got.status != 409 || got.body != want {
		t.Errorf("got %d %s, want 409 %s", got.status, got.body, want)
	}
	f.short.Version.Wall, f.short.Version.Count, f.short.Version.Writer = 0, 0, ""
	want = fmt.Sprintf("{\"error\":%q,\"code\":\"conflict\"}\n", f.err)
	if got := ask(t, base, "DELETE", "/v1/kv/k?if_version=1.0-a", ""); got.status != 409 || got.body != want {
		t.Errorf("without the key: got %d %s, want 409 %s", got.status, got.body, want)
	}
}

func TestConditionsInHeadersAreRefused(t *testing.T) {
	f := newFake(1)
	base := serve(t, f).URL
	for _, header := range []string{"If-Match", "If-None-Match", "If-Unmodified-Since"} {
		r, err := http.NewRequestWithContext(t.Context(), "PUT", base+"/v1/kv/k", strings.NewReader("v"))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set(header, "*")
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != 400 || f.values["k"] != nil {
			t.Errorf("%s: status %d, stored %q; want 400, and nothing stored", header, resp.StatusCode, f.values["k"])
		}
	}
}

// shortReceipt is of a write that one of three replicas has; another is held for.
func shortReceipt() node.Receipt {
	holder := contact(4)
	return node.Receipt{
		Version: stamp, Replicas: []chord.Contact{contact(1)}, Wanted: 3,
		Owed: []node.Owed{{Contact: contact(2), Holder: &holder}, {Contact: contact(3)}},
	}
}
