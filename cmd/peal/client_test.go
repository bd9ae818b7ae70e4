package main

import (
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

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

// The peer is told a deadline that leaves time for its answer.
func TestTimeoutReachesThePeer(t *testing.T) {
	var told string
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		told = r.URL.Query().Get("timeout")
	}))
	defer server.Close()
	if got := runWith(t, "", "PEAL_API="+server.URL, "get", "k", "--timeout", "20s"); told != "18s" {
		t.Errorf("%+v with a timeout of %q, want 18s", got, told)
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
		case strings.HasSuffix(r.URL.Path, "cut"):
			w.Write([]byte("{}"))
		default:
			w.Write([]byte("<html>"))
		}
	}))
	defer server.Close()
	defer close(block)
	file := filepath.Join(write(t, map[string]string{"value": large(40 * mib)}), "value")
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
		{"put silent @" + file + " --timeout 50ms", 5, "the value came to a halt for 50ms, and nothing was stored"},
		{"put broken @" + file, 5, "nothing was stored"},
		{"ring", 1, "is --api right?"},
		{"status -o json", 1, "is --api right?"},
		{"testnet cut 30%", 1, "is --api right?"},
	} {
		got := runWith(t, "", append([]string{"PEAL_API=" + server.URL}, strings.Fields(test.args)...)...)
		if got.code != test.code || !strings.Contains(got.err, test.want) {
			t.Errorf("%s: %+v, want exit %d and %q", test.args, got, test.code, test.want)
		}
	}
}

// Verbs that talk to no API have no flags for it, and no environment variable of them
// matters; those that do take them before their name as well.
func TestFlagsOfTheAPI(t *testing.T) {
	f := newFake(t, true)
	for verb, has := range map[string]bool{
		"start": false, "testnet": false, "sim": false, "sim paper": false, "check-store": false, "replay": false, "version": false,
		"bench": true, "status": true, "ring check": true, "testnet kill": true, "backup": true,
	} {
		help := runWith(t, "", append(strings.Fields(verb), "--help")...).out
		for _, flag := range []string{"--api URL", "--timeout duration"} {
			if strings.Contains(help, flag) != has {
				t.Errorf("%s --help: has %s is %v, want %v", verb, flag, !has, has)
			}
		}
	}
	if got := runWith(t, "", "--api", f.url, "--timeout", "20s", "testnet", "kill", "2"); got.code != 0 {
		t.Errorf("flags before the verb: %+v", got)
	}
	if got := runWith(t, "", "PEAL_TIMEOUT=soon", "PEAL_API=::", "version"); got.code != 0 {
		t.Errorf("version: %+v", got)
	}
	if got := runWith(t, "", "version", "--api", f.url); got.code != 2 || !strings.Contains(got.err, "unknown flag: --api: this verb asks no running peer") {
		t.Errorf("version --api: %+v, want exit 2", got)
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
