package web

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"peal/chord"
	"peal/node"
)

func TestKill(t *testing.T) {
	lab := &fakeLab{fake: newFake(3)}
	base := serve(t, lab).URL
	for body, want := range map[string]KillRequest{
		`{"count":2}`:            {Count: 2},
		`{"count":2,"any":true}`: {Count: 2, Any: true},
		`{"adjacent":3}`:         {Adjacent: 3},
		`{"peers":["ab","cd"]}`:  {Peers: []string{"ab", "cd"}},
	} {
		got := ask(t, base, "POST", "/v1/testnet/kill", body)
		got.want(t, 200, `{"killed":[{"id":"`)
		got.want(t, 200, `],"in_a_row":1,"replicas":3}`)
		if !reflect.DeepEqual(lab.request, want) {
			t.Errorf("%s: got %+v, want %+v", body, lab.request, want)
		}
	}
}

func TestKillRefused(t *testing.T) {
	lab := &fakeLab{fake: newFake(3)}
	base := serve(t, lab).URL
	for body, text := range map[string]string{
		``:                                     "not the JSON object",
		`{}`:                                   "exactly one of",
		`{"count":1,"adjacent":1}`:             "exactly one of",
		`{"count":-1}`:                         "1 or more",
		`{"adjacent":2,"any":true}`:            "any goes with count only",
		`{"count":1}{}`:                        "not the JSON object",
		`{"number":1}`:                         `unknown field \"number\"`,
		`[1]`:                                  "not the JSON object",
		`{"count":1` + "00000000000000000000}": "not the JSON object",
	} {
		ask(t, base, "POST", "/v1/testnet/kill", body).want(t, 400, text)
	}
	if !reflect.DeepEqual(lab.request, KillRequest{}) {
		t.Errorf("the lab was asked for %+v", lab.request)
	}
	long := `{"peers":["` + strings.Repeat("a", maxQuestion) + `"]}`
	ask(t, base, "POST", "/v1/testnet/kill", long).want(t, 413, "the body is too large")
	lab.refuse = fmt.Errorf("%w: only 3 peers are alive", node.ErrInvalid)
	ask(t, base, "POST", "/v1/testnet/kill", `{"count":9}`).want(t, 400, "only 3 peers are alive")
	lab.refuse = context.DeadlineExceeded // of a process that does not answer
	ask(t, base, "POST", "/v1/testnet/kill", `{"count":1}`).want(t, 504, `"code":"unknown"`)
}

func TestJoin(t *testing.T) {
	lab := &fakeLab{fake: newFake(3)}
	base := serve(t, lab).URL
	ask(t, base, "POST", "/v1/testnet/join", `{"count":4}`).want(t, 200, `{"joined":[{"id":"`)
	if lab.count != 4 {
		t.Errorf("the lab was asked for %d, want 4", lab.count)
	}
	for _, body := range []string{`{"count":0}`, `{"count":-1}`, `{"count":1001}`, `{}`} {
		ask(t, base, "POST", "/v1/testnet/join", body).want(t, 400, "join 1 to 1000 peers at a time")
	}
	for body, text := range map[string]string{`{"count":1e9}`: "count cannot be the number 1e9", `{"count":"3"}`: "count cannot be the string"} {
		ask(t, base, "POST", "/v1/testnet/join", body).want(t, 400, text)
	}
	lab.refuse = node.ErrClosed
	ask(t, base, "POST", "/v1/testnet/join", `{"count":4}`).want(t, 503, `"code":"closed"`)
}

func TestCutAndHeal(t *testing.T) {
	lab := &fakeLab{fake: newFake(3)}
	base := serve(t, lab).URL
	for body, want := range map[string]CutRequest{
		`{"percent":30}`:        {Percent: 30},
		`{"peers":["ab","cd"]}`: {Peers: []string{"ab", "cd"}},
	} {
		ask(t, base, "POST", "/v1/testnet/cut", body).want(t, 200, `{"parts":[[{"id":"`)
		if !reflect.DeepEqual(lab.cut, want) {
			t.Errorf("%s: got %+v, want %+v", body, lab.cut, want)
		}
	}
	for _, body := range []string{`{}`, `{"percent":30,"peers":["ab"]}`} {
		ask(t, base, "POST", "/v1/testnet/cut", body).want(t, 400, "exactly one of percent and peers")
	}
	lab.refuse = node.ErrInvalid
	ask(t, base, "POST", "/v1/testnet/cut", `{"percent":100}`).want(t, 400, `"code":"usage"`)
	ask(t, base, "POST", "/v1/testnet/heal", "").want(t, 200, `{"healed":{}}`)
	if lab.healed != 1 {
		t.Errorf("healed %d times, want once", lab.healed)
	}
}

func TestNetworkIsTold(t *testing.T) {
	lab := &fakeLab{fake: newFake(3)}
	base := serve(t, lab).URL
	ask(t, base, "GET", "/v1/peer", "").want(t, 200, `"network":{}`)
	lab.network = Network{[]chord.Contact{contact(1)}, Impairment{5, 10.5, 200 * time.Millisecond}}
	for _, asked := range [][2]string{{"GET", "/v1/peer"}, {"POST", "/v1/testnet/heal"}} {
		got := ask(t, base, asked[0], asked[1], "")
		got.want(t, 200, `{"cut_off":[{"id":"`+string(text(t, contact(1).ID)))
		got.want(t, 200, `],"drop":5,"delay":10.5,"by":"200ms"}`)
	}
}

func TestNoLab(t *testing.T) {
	base := serve(t, newFake(3)).URL
	ask(t, base, "POST", "/v1/testnet/kill", `{"count":1}`).want(t, 404, "this is a single peer")
	ask(t, base, "POST", "/v1/testnet/join", `{"count":1}`).want(t, 404, "this is a single peer")
	ask(t, base, "POST", "/v1/testnet/cut", `{"percent":1}`).want(t, 404, "this is a single peer")
	for _, verb := range []string{"heal", "pause", "resume", "restart", "impair"} {
		ask(t, base, "POST", "/v1/testnet/"+verb, "{}").want(t, 404, "this is a single peer")
	}
}
