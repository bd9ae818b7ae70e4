package main

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"peal/chord"
	"peal/node"
	"peal/node/replica"
	"peal/web"
)

func TestPutAndGetKeepEveryByte(t *testing.T) {
	f := newFake(t, false)
	file := filepath.Join(t.TempDir(), "value")
	if err := os.WriteFile(file, []byte("from\x00a file\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		key, in string
		args    []string
		want    string
	}{
		{"plain", "", []string{"value"}, "value"},
		{"empty", "", []string{""}, ""},
		{"stdin", "a\x00\xff\n", nil, "a\x00\xff\n"},
		{"dash", "b\r\n", []string{"-"}, "b\r\n"},
		{"file", "", []string{"@" + file}, "from\x00a file\n"},
		{"a//b/../c", "", []string{"v"}, "v"},
		{"..", "", []string{"v"}, "v"},
		{"\xff%00 ?#ü", "", []string{"v"}, "v"},
		{"dashed", "", []string{"--", "-v"}, "-v"},
	} {
		args := append([]string{"PEAL_API=" + f.url, "put", test.key}, test.args...)
		if got := runWith(t, test.in, args...); got.code != 0 {
			t.Fatalf("put %q: exit %d, %s", test.key, got.code, got.err)
		}
		if got := string(f.values[test.key]); got != test.want {
			t.Errorf("put %q stored %q, want %q", test.key, got, test.want)
		}
		if got := f.peal(t, "get", test.key); got.code != 0 || got.out != test.want || got.err != "" {
			t.Errorf("get %q: %+v, want %q", test.key, got, test.want)
		}
	}
}

func TestText(t *testing.T) {
	f := newFake(t, true)
	f.values["k"] = []byte("v")
	for _, test := range []struct {
		args string
		want []string
	}{
		{"put k v", []string{"stored k on 2 replicas, 1 more follows; version 1700000000000.0-", ", 1 hop, 1.2 ms\n"}},
		{"del k", []string{"deleted k on the only replica, as the ring has 1 peer; version "}},
		{"lookup k", []string{contact(2).String(), contact(1).Peer.String() + "  2.5  no answer\n", "2 hops, 2.8 ms"}},
		{"ring", []string{"POSITION", contact(2).Peer.String() + "    12       32  settled\n", "3 peers, well-formed"}},
		{"ring check", []string{"ring peal: 3 peers, well-formed; every key is on all its replicas\n"}},
		{"ring wait", []string{"3 peers"}},
		{"status", []string{contact(0).ID.String(), "settled", "/ip4/127.0.0.1/tcp/4001/p2p/12D3Koo", "3 live peers"}},
		{"testnet kill 2", []string{contact(1).Peer.String(), "killed 2 peers\n"}},
		{"testnet join 1", []string{contact(4).Peer.String(), "joined 1 peer\n"}},
		{"leave", []string{"the testnet of 3 peers has ended\n"}},
		{"leave --via peer", []string{contact(1).String() + " (" + contact(1).Peer.String() + ") left the ring\n"}},
		{"version", []string{"peal ", "go1."}},
		{"completion bash", []string{"bash completion"}},
	} {
		got := f.peal(t, strings.Fields(test.args)...)
		if got.code != 0 || got.err != "" {
			t.Errorf("%s: exit %d, stderr %q", test.args, got.code, got.err)
		}
		for _, want := range test.want {
			if !strings.Contains(got.out, want) {
				t.Errorf("%s printed\n%swant %q in it", test.args, got.out, want)
			}
		}
	}
}

func TestJSON(t *testing.T) {
	f := newFake(t, true)
	f.values["k"] = []byte("v")
	for _, test := range []struct {
		args, field string
		want        any
	}{
		{"get k", "value", "dg=="},
		{"put k v", "wanted", 3.0},
		{"put k v", "key", "k"},
		{"testnet kill 1", "in_a_row", 0.0},
		{"lookup k", "key", "k"},
		{"ring", "well_formed", true},
		{"ring check", "peers", 3.0},
		{"ring wait", "replicated", true},
		{"status", "addresses", []any{info(0).Addresses[0]}},
		{"status", "lab", true},
		{"del k", "hops", 0.0},
		{"version", "go", thisBuild().Go},
	} {
		got := f.peal(t, append(strings.Fields(test.args), "-o", "json")...)
		var object map[string]any
		if err := json.Unmarshal([]byte(got.out), &object); err != nil || got.code != 0 || got.err != "" {
			t.Errorf("%s: %+v, %v", test.args, got, err)
		}
		if !reflect.DeepEqual(object[test.field], test.want) {
			t.Errorf("%s: %s is %v, want %v", test.args, test.field, object[test.field], test.want)
		}
	}
	for args, field := range map[string]string{"testnet kill 1": "killed", "testnet join 1": "joined"} {
		got := f.peal(t, append(strings.Fields(args), "-o", "json")...)
		if !strings.Contains(got.out, field) || !json.Valid([]byte(got.out)) {
			t.Errorf("%s: %+v", args, got)
		}
	}
	f.peal(t, "leave", "--via", "ab12")
	if got := f.peal(t, "leave", "-o", "json"); !json.Valid([]byte(got.out)) || !slices.Equal(f.left, []string{"ab12", ""}) {
		t.Errorf("leave: %+v, asked of %q", got, f.left)
	}
}

func TestExitCodes(t *testing.T) {
	f := newFake(t, false)
	for _, test := range []struct {
		err  error
		want int
		code string
	}{
		{node.ErrNotFound, 3, "not_found"},
		{node.ErrNoPeer, 5, "no_peer"},
		{node.ErrClosed, 5, "closed"},
		{node.ErrQuorum, 6, "quorum"},
		{node.ErrUnknown, 8, "unknown"},
		{os.ErrInvalid, 1, "internal"},
	} {
		f.errs = []error{test.err, test.err}
		text := f.peal(t, "put", "k", "v")
		if want := "peal put: " + test.err.Error() + "\n"; text.code != test.want || text.err != want || text.out != "" {
			t.Errorf("%v: %+v, want exit %d and %q", test.err, text, test.want, want)
		}
		got := f.peal(t, "PEAL_OUTPUT=json", "put", "k", "v")
		f.errs = nil
		var said struct{ Error, Code string }
		if err := json.Unmarshal([]byte(got.err), &said); err != nil || said.Code != test.code || got.out != "" {
			t.Errorf("%v as JSON: %+v, want code %q", test.err, got, test.code)
		}
	}
}

func TestUsageErrorsAreOneLine(t *testing.T) {
	f := newFake(t, true)
	big := filepath.Join(t.TempDir(), "big")
	if err := os.WriteFile(big, make([]byte, replica.MaxValueLen+1), 0o666); err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("k", replica.MaxKeyLen+1)
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"nonsense"}, "peal: unknown command"},
		{[]string{"rung"}, `did you mean "ring"?; see 'peal --help'`},
		{[]string{"ring", "chek"}, `peal ring: unknown command "chek", did you mean "check"?`},
		{[]string{"put"}, "peal put: KEY is missing; see 'peal put --help'"},
		{[]string{"put", "k", "v", "w"}, `unexpected argument "w"`},
		{[]string{"get", "--bad", "k"}, "peal get: unknown flag: --bad; see"},
		{[]string{"put", "", "v"}, "the key is empty: give a key of 1 to 1024 bytes"},
		{[]string{"get", long}, "the key has 1025 bytes: at most 1024 are allowed"},
		{[]string{"put", "k", "@" + big}, "the value has 1048577 bytes: at most 1048576 are allowed"},
		{[]string{"put", "k", "@" + filepath.Dir(big)}, "is a directory"},
		{[]string{"get", "k", "-o", "xml"}, `output "xml": text or json is possible`},
		{[]string{"get", "k", "--api", "ftp://here"}, "want something like http://127.0.0.1:7600"},
		{[]string{"keys", "--limit", "-1"}, "--limit -1: want 0 or more"},
		{[]string{"ring", "wait", "--timeout", "0s"}, "--timeout 0s: want more than 0"},
		{[]string{"ring", "wait", "--peers", "-1"}, "--peers -1: want 0 (any number) or more"},
		{[]string{"get", "k", "--timeout", "0"}, "--timeout 0s: want more than 0"},
		{[]string{"get", "k", "--timeout", "-5s"}, "--timeout -5s: want more than 0"},
		{[]string{"PEAL_TIMEOUT=0", "get", "k"}, "--timeout 0s: want more than 0"},
		{[]string{"testnet", "kill", "--peer", ""}, "--peer is empty: name something"},
		{[]string{"put", "k", "@"}, "the name of the file behind @ is missing"},
		{[]string{"import", ""}, "DIR is empty: name a directory"},
		{[]string{"export", ""}, "DIR is empty: name a directory"},
		{[]string{"import", "--parallel", "0", "."}, "--parallel 0: want 1 to 256"},
		{[]string{"export", "--retry", "-1s", "."}, "--retry -1s: want 0 or more"},
		{[]string{"testnet", "kill"}, "say which peers: either N, or --adjacent K, or --peer X"},
		{[]string{"testnet", "kill", "x"}, `N is "x": want a number from 1 up`},
		{[]string{"testnet", "kill", "3", "--adjacent", "2"}, "say which peers"},
		{[]string{"testnet", "kill", "--adjacent", "2", "--any"}, "--any goes with N only"},
		{[]string{"testnet", "join", "0"}, `N is "0": want a number from 1 up`},
		{[]string{"PEAL_TIMEOUT=soon", "get", "k"}, "PEAL_TIMEOUT in the environment: "},
	} {
		got := f.peal(t, test.args...)
		if got.code != 2 || got.out != "" || !strings.Contains(got.err, test.want) {
			t.Errorf("%q: %+v, want exit 2 and %q", test.args, got, test.want)
		}
		if strings.Count(got.err, "\n") != 1 {
			t.Errorf("%q printed more than one line: %q", test.args, got.err)
		}
		if slices.Contains(test.args, "-o") {
			continue
		}
		if got := f.peal(t, append(test.args, "--output=json")...); !json.Valid([]byte(got.err)) {
			t.Errorf("%q --output=json printed %q", test.args, got.err)
		}
	}
	if f.asked != 0 {
		t.Errorf("%d wrong requests were sent to the API, want none", f.asked)
	}
}

func TestPutOnATerminalWantsAValue(t *testing.T) {
	c := newCLI(console{in: strings.NewReader("typed"), out: &strings.Builder{}, err: &strings.Builder{}, lookupEnv: os.LookupEnv, inTerminal: true})
	if got := c.run(t.Context(), []string{"put", "k"}); got != 2 {
		t.Errorf("put without a value: exit %d, want 2", got)
	}
}

func TestTooLongAStreamIsNotSent(t *testing.T) {
	f := newFake(t, false)
	got := runWith(t, strings.Repeat("x", replica.MaxValueLen+1), "PEAL_API="+f.url, "put", "k")
	if got.code != 2 || !strings.Contains(got.err, "standard input: the value has more bytes than the 1048576") {
		t.Errorf("got exit %d, %s", got.code, got.err)
	}
}

func TestFlagWinsOverEnvironment(t *testing.T) {
	f := newFake(t, false)
	f.peal(t, "PEAL_VIA=environment", "get", "k")
	f.peal(t, "PEAL_VIA=environment", "get", "k", "--via", "flag")
	f.peal(t, "get", "k")
	if want := []string{"environment", "flag", ""}; !reflect.DeepEqual(f.vias, want) {
		t.Errorf("requests entered at %q, want %q", f.vias, want)
	}
}

func TestKillAndJoinSayWhich(t *testing.T) {
	f := newFake(t, true)
	f.peal(t, "testnet", "kill", "20", "--any")
	f.peal(t, "testnet", "kill", "--adjacent", "2")
	f.peal(t, "testnet", "kill", "--peer", "3fa2", "--peer", "91c0")
	f.peal(t, "testnet", "join", "7")
	want := []web.KillRequest{{Count: 20, Any: true}, {Adjacent: 2}, {Peers: []string{"3fa2", "91c0"}}}
	if !reflect.DeepEqual(f.kills, want) || f.joins != 7 {
		t.Errorf("killed %+v and joined %d, want %+v and 7", f.kills, f.joins, want)
	}
}

func TestKillSaysWhenKeysAreLost(t *testing.T) {
	f := newFake(t, true)
	for inARow, want := range map[int]string{2: "killed 2 peers\n", 3: "killed 2 peers\n3 in a row: keys that only they held are lost\n"} {
		f.inARow = inARow
		if got := f.peal(t, "testnet", "kill", "2"); !strings.HasSuffix(got.out, want) {
			t.Errorf("%d in a row: got\n%swant at its end\n%s", inARow, got.out, want)
		}
	}
}

func TestReceiptSaysWhere(t *testing.T) {
	for _, test := range []struct {
		has, wanted int
		want        string
	}{
		{2, 3, "2 replicas, 1 more follows"},
		{3, 3, "all 3 replicas"},
		{1, 3, "1 replica, 2 more follow"},
		{1, 2, "1 replica, 1 more follows, as the ring has 2 peers"},
		{2, 2, "all 2 replicas, as the ring has 2 peers"},
		{1, 1, "the only replica, as the ring has 1 peer"},
	} {
		if got := (receipt{Replicas: make([]chord.Contact, test.has), Wanted: test.wanted}).where(); got != test.want {
			t.Errorf("%d of %d: %q, want %q", test.has, test.wanted, got, test.want)
		}
	}
}

func TestAPeerIsNoTestnet(t *testing.T) {
	f := newFake(t, false)
	got := f.peal(t, "testnet", "join", "1")
	if got.code != 2 || !strings.Contains(got.err, "run 'peal testnet'") {
		t.Errorf("got %+v, want exit 2 and what to do", got)
	}
}

func TestRingCheckFails(t *testing.T) {
	f := newFake(t, false)
	f.rings = []node.Ring{{Name: "peal", Problem: "ab12 and cd34 form a ring of their own"}}
	got := f.peal(t, "ring", "check")
	if got.code != 9 || !strings.Contains(got.err, "ab12 and cd34 form a ring of their own") || got.out != "" {
		t.Errorf("got %+v, want exit 9 and the reason", got)
	}
}

// Every problem is a line that fits on 80 columns, up to a bound; JSON has all.
func TestRingCheckListsProblems(t *testing.T) {
	f := newFake(t, false)
	broken := ringOf(3)
	broken.WellFormed, broken.Problem = false, "the first"
	for i := range maxProblems + 5 {
		broken.Problems = append(broken.Problems, node.Problem{
			Kind: node.WrongPredecessor, Peer: contact(i % 3), Peers: []chord.Contact{contact(1)},
			Text: fmt.Sprintf("has the predecessor %v, should have %v", contact(0), contact(1)),
		})
	}
	f.rings = []node.Ring{broken}
	got := f.peal(t, "ring", "check")
	if want := "peal ring check: ring peal: 3 peers, not well-formed: 25 problems\n"; got.code != 9 || got.err != want {
		t.Errorf("exit %d, stderr %q; want exit 9 and %q", got.code, got.err, want)
	}
	lines := strings.Split(got.out, "\n")
	if want := "predecessor  " + contact(0).String() + "  has the predecessor " + contact(0).String() + ", should have " + contact(1).String(); lines[1] != want || len(lines) != maxProblems+3 {
		t.Errorf("it printed %d lines, the second %q; want %d and %q", len(lines), lines[1], maxProblems+3, want)
	}
	for _, line := range lines {
		if len(line) > 80 {
			t.Errorf("%q has more than 80 columns", line)
		}
	}
	var all verdict
	got = f.peal(t, "ring", "check", "-o", "json")
	if err := json.Unmarshal([]byte(got.out), &all); err != nil || got.code != 9 || len(all.Problems) != maxProblems+5 || all.WellFormed {
		t.Errorf("as JSON: %+v, %v; want exit 9 and all problems", got, err)
	}
}

func TestRingWaitSaysWhatItWaitsFor(t *testing.T) {
	f := newFake(t, false)
	broken, mending := ringOf(4), ringOf(4)
	broken.WellFormed, broken.Problem = false, "no successor"
	mending.Replicated = false
	f.rings = []node.Ring{broken, ringOf(3), mending, mending, ringOf(4)}
	got := f.peal(t, "ring", "wait", "--replicated", "--peers", "4")
	want := "waiting up to 1m0s for one well-formed ring of 4 peers with every key on all its replicas\n" +
		"waiting: ring peal: 4 peers, not well-formed: no successor; every key is on all its replicas\n" +
		"waiting: the ring has 3 peers, not 4\n" +
		"waiting: ring peal: 4 peers, well-formed; not every key is on all its replicas yet\n"
	if got.code != 0 || got.err != want || !strings.Contains(got.out, "4 peers, well-formed") {
		t.Errorf("got %+v, want on stderr\n%s", got, want)
	}
}

func TestRingWaitGivesUp(t *testing.T) {
	f := newFake(t, false)
	got := f.peal(t, "ring", "wait", "--peers", "9", "--timeout", "20ms")
	if got.code != 9 || !strings.Contains(got.err, "peal ring wait: gave up after 20ms: the ring has 3 peers, not 9") {
		t.Errorf("got %+v, want exit 9 and the reason", got)
	}
}

func TestNothingAnswers(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	for args, code := range map[string]int{"get k": 5, "put k v": 5, "status": 5, "import .": 5, "ring wait --timeout 5ms": 9} {
		got := runWith(t, "", append(strings.Fields(args), "--api", addr)...)
		if got.code != code || !strings.Contains(got.err, "nothing answers at http://"+addr) {
			t.Errorf("%q: %+v, want exit %d and the address", args, got, code)
		}
	}
}

func TestStrangersAndSilence(t *testing.T) {
	block := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "silent"):
			<-block
		case strings.HasSuffix(r.URL.Path, "redirected"):
			http.Redirect(w, r, "/elsewhere", http.StatusFound)
		case strings.HasSuffix(r.URL.Path, "broken"):
			panic(http.ErrAbortHandler)
		case strings.HasSuffix(r.URL.Path, "refused"):
			http.Error(w, `{"error":"not from there","code":"refused"}`, http.StatusForbidden)
		case strings.HasSuffix(r.URL.Path, "page"):
			http.Error(w, "<html>", http.StatusNotFound)
		default:
			w.Write([]byte("<html>"))
		}
	}))
	defer server.Close()
	defer close(block)
	for _, test := range []struct {
		args string
		code int
		want string
	}{
		{"get silent --timeout 20ms", 5, "no answer from " + server.URL + " within 20ms"},
		{"put silent v --timeout 20ms", 8, "it may have been done"},
		{"put broken v", 8, "it may have been done"},
		{"get broken", 5, "broke"},
		{"get redirected", 5, "is no peer (it says 302 Found)"},
		{"get refused", 4, "not from there"},
		{"get page", 5, "is no peer (it says 404 Not Found)"},
		{"ring", 1, "is --api right?"},
		{"status -o json", 1, "is --api right?"},
	} {
		got := runWith(t, "", append([]string{"PEAL_API=" + server.URL}, strings.Fields(test.args)...)...)
		if got.code != test.code || !strings.Contains(got.err, test.want) {
			t.Errorf("%s: %+v, want exit %d and %q", test.args, got, test.code, test.want)
		}
	}
}

func TestKeys(t *testing.T) {
	f := newFake(t, false)
	for _, key := range []string{"a/1", "a/2", "a/3", "a/\n", "a/\xff", "b"} {
		f.values[key] = []byte("12345")
	}
	if got, want := f.peal(t, "keys", "--prefix", "a/").out, "\"a/\\n\"\na/1\na/2\na/3\n\"a/\\xff\"\n"; got != want {
		t.Errorf("keys printed\n%swant\n%s", got, want)
	}
	got := f.peal(t, "ls", "--limit", "3")
	if want := "\"a/\\n\"\na/1\na/2\n"; got.out != want || got.err != "there are more keys than 3: raise --limit\n" {
		t.Errorf("ls --limit 3: %+v, want %q", got, want)
	}
	var all []listed
	if err := json.Unmarshal([]byte(f.peal(t, "keys", "-o", "json").out), &all); err != nil || len(all) != 6 {
		t.Fatalf("keys -o json: %d keys, %v; want 6", len(all), err)
	}
	if got := all[4]; got.raw() != "a/\xff" || got.Size != 5 {
		t.Errorf("the fifth key is %+v", got)
	}
	if got := f.peal(t, "keys", "--prefix", "none", "-o", "json").out; got != "[]\n" {
		t.Errorf("no keys as JSON: %q, want []", got)
	}
}
