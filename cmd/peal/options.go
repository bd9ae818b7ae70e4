package main

import (
	"net/url"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"peal/node"
)

// parameters are the flags that the API knows by the same names, with _ for -.
var parameters = []string{"w", "r", "ttl", "if-absent", "if-version"}

func writeFlags(flags *pflag.FlagSet) {
	flags.TextVar(new(node.Quorum), "w", node.Quorum(0), "wait for `COUNT` replicas: one, quorum (more than half), all or a number (default: the ring's)")
	flags.String("if-version", "", "only if the key has this `VERSION`, as put and get -o json show it")
}

func ttlFlag(flags *pflag.FlagSet) {
	flags.Duration("ttl", 0, "let the key expire after this `TIME`, such as 30s or 24h (default: never)")
}

// options are the flags of an operation on a key that were given, as parameters of
// the API. It judges them; what could never be right is not sent.
func options(flags *pflag.FlagSet) (url.Values, error) {
	query := url.Values{}
	for _, name := range parameters {
		flag := flags.Lookup(name)
		switch {
		case flag == nil || !flag.Changed:
		case flag.Value.String() == "":
			return nil, fail(codeUsage, "--%s is empty: give a value, or leave it out", name)
		default:
			query.Set(strings.ReplaceAll(name, "-", "_"), flag.Value.String())
		}
	}
	ttl, _ := time.ParseDuration(query.Get("ttl"))
	switch {
	case query.Has("ttl") && ttl <= 0:
		return nil, fail(codeUsage, "--ttl %v: want more than 0, or no --ttl for a key that never expires", ttl)
	case query.Get("if_absent") == "true" && query.Has("if_version"):
		return nil, fail(codeUsage, "--if-absent and --if-version cannot both be true: leave one out")
	}
	return query, nil
}
