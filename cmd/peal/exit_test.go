package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"peal/node"
	"peal/node/replica"
)

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
		{node.ErrConflict, 7, "conflict"},
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
	big := tooLarge(t)
	long := strings.Repeat("k", replica.MaxKeyLen+1)
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"nonsense"}, "peal: unknown command"},
		{[]string{"rung"}, `(did you mean "ring"?); see 'peal --help'`},
		{[]string{"ring", "chek"}, `peal ring: unknown command "chek" (did you mean "check"?); see`},
		{[]string{"put"}, "peal put: KEY is missing; see 'peal put --help'"},
		{[]string{"put", "k", "v", "w"}, `unexpected argument "w"`},
		{[]string{"get", "--bad", "k"}, "peal get: unknown flag: --bad; see"},
		{[]string{"put", "", "v"}, "the key is empty: give a key of 1 to 1024 bytes"},
		{[]string{"get", long}, "the key has 1025 bytes: at most 1024 are allowed"},
		{[]string{"put", "k", "@" + big}, "the value has 34357641217 bytes: at most 34357641216 are allowed"},
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
		{[]string{"put", "k", "v", "--w", "0"}, `invalid argument "0" for "--w" flag: a quorum is one, quorum, all or a number`},
		{[]string{"put", "k", "v", "--w", ""}, "--w is empty: give a value, or leave it out"},
		{[]string{"put", "k", "v", "--via", ""}, "--via is empty: name something, or leave it out"},
		{[]string{"start", "--data", "", "--no-mdns", "--no-nat"}, "--data is empty: name something, or leave it out"},
		{[]string{"testnet", "kill", "1", "--via", "x"}, "unknown flag: --via"},
		{[]string{"bench", "--r", "9"}, "--r 9: a key has at most 7 replicas"},
		{[]string{"PEAL_W=most", "put", "k", "v"}, `PEAL_W in the environment: invalid argument "most" for "--w" flag: a quorum is`},
		{[]string{"get", "k", "--r", "-2"}, `invalid argument "-2" for "--r" flag: a quorum is`},
		{[]string{"get", "k", "--w", "1"}, "unknown flag: --w"},
		{[]string{"put", "k", "v", "--ttl", "-1s"}, "--ttl -1s: want more than 0, or no --ttl"},
		{[]string{"touch", "k", "--ttl", "0"}, "--ttl 0s: want more than 0, or no --ttl"},
		{[]string{"touch", "k", "--ttl", "30"}, `--ttl "30": want a duration such as 30s, 5m or 24h`},
		{[]string{"PEAL_TTL=1d", "put", "k", "v"}, `PEAL_TTL in the environment: --ttl "1d": want a duration`},
		{[]string{"put", "k", "-5"}, "unknown shorthand flag: '5' in -5: what begins with a dash and is no flag goes behind --"},
		{[]string{"start", "--log-level", "none", "--replicas", "0"}, "--replicas 0: want 1 or more, or leave it out"},
		{[]string{"start", "--log-level", "none", "--replicas", "5", "--default-w", "0"}, "--default-w 0: want 1 or more"},
		{[]string{"start", "--log-level", "none", "--default-r", "0"}, "--default-r 0: want 1 or more"},
		{[]string{"testnet", "--processes", "0", "--replicas", "0"}, "--replicas 0: want 1 or more"},
		{[]string{"touch"}, "peal touch: KEY is missing"},
		{[]string{"del", "k", "--ttl", "1s"}, "unknown flag: --ttl"},
		{[]string{"del", "k", "--if-version", ""}, "--if-version is empty: give a value, or leave it out"},
		{[]string{"put", "k", "v", "--if-absent", "--if-version", "1.0-a"}, "--if-absent and --if-version cannot both be true"},
		{[]string{"import", ""}, "DIR is empty: name a directory"},
		{[]string{"export", ""}, "DIR is empty: name a directory"},
		{[]string{"import", "--parallel", "0", "."}, "--parallel 0: want 1 to 256"},
		{[]string{"export", "--retry", "-1s", "."}, "--retry -1s: want 0 or more"},
		{[]string{"testnet", "--processes", "0"}, "--processes 0: want 1 to 100, the number of peers"},
		{[]string{"testnet", "--processes", "2", "--transport", "memory"}, "--processes 2: --transport memory stays within one process: leave one of the two out"},
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
