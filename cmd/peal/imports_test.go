package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// An importRule says what a package may import. The directions keep the cores
// pure, so that what is simulated is what runs, and let each package be
// understood with those below it alone.
type importRule struct {
	ours   []string // packages of this module
	others []string // modules of others; nil for the standard library only
	reason string
}

var importRules = map[string]importRule{
	"chord": {
		reason: "the ring protocol is pure: the simulator and the browser run it as it is",
	},
	"node/replica": {
		ours:   []string{"chord"},
		reason: "the data plane is pure: its tests drive whole rings of it on virtual time",
	},
	"node/store": {
		ours:   []string{"chord", "node/replica"},
		others: []string{"github.com/syndtr/goleveldb", "github.com/fxamacker/cbor"},
		reason: "a store knows records, not peers",
	},
	"transport": {
		ours:   []string{"chord"},
		others: []string{"github.com/libp2p", "github.com/multiformats", "github.com/fxamacker/cbor", "github.com/quic-go/quic-go", "golang.org/x/sync"},
		reason: "a transport carries opaque bytes between peers, so the protocol can change without it",
	},
	"node": {
		ours:   []string{"chord", "node/replica"},
		others: []string{"github.com/fxamacker/cbor", "golang.org/x/sync"},
		reason: "a node declares the transport and store that it needs, so tests can give it others",
	},
	"node/blob": {
		ours:   []string{"node", "node/replica"},
		others: []string{"github.com/fxamacker/cbor", "golang.org/x/sync"},
		reason: "large values are made of what any peer offers, so the peer need not know of them",
	},
	"node/recording": {
		ours:   []string{"chord", "node"},
		reason: "a recording is made of what nodes tell, whoever drives them, and played without any",
	},
	"node/backup": {
		ours:   []string{"chord", "node/replica"},
		reason: "a backup is a file of keys and values, whoever reads them from a ring",
	},
	"web": {
		ours:   []string{"chord", "node", "node/blob", "node/replica"},
		others: []string{"github.com/gorilla/websocket"},
		reason: "the API shows a node, whatever it runs on",
	},
	"testnet": {
		ours:   []string{"chord", "node", "node/replica", "node/store", "testnet/remote", "testnet/usage", "transport"},
		others: []string{"github.com/libp2p", "golang.org/x/sync"},
		reason: "a testnet runs peers as they are, without the ways in",
	},
	"testnet/remote": {
		ours:   []string{"chord", "node", "node/recording", "node/replica", "transport"},
		reason: "a process that runs peers is told which, and knows nothing of the whole",
	},
	"testnet/bench": {
		ours:   []string{"chord", "node", "testnet", "testnet/plot", "testnet/usage"},
		others: []string{"github.com/libp2p", "github.com/syndtr/goleveldb", "golang.org/x/sync"},
		reason: "a bench measures a ring beside what it is made of, and nothing in between",
	},
	"testnet/churn": {
		ours:   []string{"chord", "node"},
		reason: "a churn judges a ring from outside, whatever runs its peers",
	},
	"testnet/ledger": {
		reason: "a ledger knows what a client was told, and nothing of who told it",
	},
	"testnet/plot": {
		reason: "a chart knows numbers, not what they mean",
	},
	"testnet/sim": {
		ours:   []string{"chord", "node/replica"},
		reason: "the simulator drives the cores alone, and compiles for js/wasm",
	},
	"testnet/sim/study": {
		ours:   []string{"chord", "testnet/sim"},
		reason: "a study is settings of the simulator, and counts of what it tells",
	},
	"testnet/sim/explore": {
		ours:   []string{"chord"},
		reason: "the exploration runs the ring protocol alone, as it is",
	},
	"testnet/sim/original": {
		ours:   []string{"chord", "testnet/sim"},
		reason: "the old rules are run beside ours, and share nothing with them but positions",
	},
	"testnet/sim/paper": {
		ours:   []string{"chord", "testnet/sim", "testnet/plot"},
		reason: "the paper's experiments are settings of the simulator, and counts of what it tells",
	},
	"testnet/usage": {
		reason: "what a process takes does not depend on what it runs",
	},
}

// impure are packages of the standard library that no core may import.
var impure = []string{"os", "net", "net/http", "sync", "sync/atomic", "context", "io", "math/rand", "runtime"}

func TestImportDirections(t *testing.T) {
	root := filepath.Join("..", "..")
	seen := map[string]bool{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		rel, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		dir := filepath.ToSlash(rel)
		rule, ok := importRules[dir]
		if !ok {
			if dir != "cmd/peal" { // where everything is wired together
				t.Errorf("%s: package %s has no import rule: say what it may import, and why", path, dir)
			}
			return nil
		}
		seen[dir] = true
		checkImports(t, path, dir, rule)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(seen) != len(importRules) {
		t.Errorf("found the packages %v, want all %d that have a rule", seen, len(importRules))
	}
}

func checkImports(t *testing.T, path, dir string, rule importRule) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	core := dir == "chord" || dir == "node/replica"
	for _, spec := range file.Imports {
		name, _ := strconv.Unquote(spec.Path.Value)
		if !rule.allows(name) || core && slices.Contains(impure, name) {
			t.Errorf("%s imports %q: %s", path, name, rule.reason)
		}
	}
}

func (r importRule) allows(name string) bool {
	if ours, ok := strings.CutPrefix(name, "peal/"); ok {
		return slices.Contains(r.ours, ours)
	}
	first, _, _ := strings.Cut(name, "/")
	if !strings.Contains(first, ".") {
		return true // the standard library
	}
	return slices.ContainsFunc(r.others, func(module string) bool { return strings.HasPrefix(name, module) })
}
