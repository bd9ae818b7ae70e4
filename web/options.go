package web

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"peal/node"
)

// options of an operation on a key, as the query gives them.
type options struct {
	node.WriteOptions
	node.ReadOptions
}

// everywhere are the parameters that every operation on a key takes.
var everywhere = []string{"via", "timeout"}

// optionsOf reads the query of an operation that takes the parameters named. Any
// other is refused, and so is an empty one: if a slip could take a condition away,
// the write would be made without it.
func optionsOf(r *http.Request, takes ...string) (o options, err error) {
	if err := takesOnly(r, takes...); err != nil {
		return o, err
	}
	query := r.URL.Query()
	for _, name := range slices.Sorted(maps.Keys(query)) {
		text := query.Get(name)
		switch {
		case slices.Contains(everywhere, name):
		case text == "" || len(query[name]) > 1:
			return o, usage("the parameter %s needs one value: give it, or leave the parameter out", name)
		default:
			if err := o.set(name, text); err != nil {
				return o, usage("the parameter %s: %v", name, err)
			}
		}
	}
	return o, nil
}

// takesOnly refuses all parameters but those named and those that every operation takes.
func takesOnly(r *http.Request, names ...string) error {
	takes := append(slices.Clone(names), everywhere...)
	for _, name := range slices.Sorted(maps.Keys(r.URL.Query())) {
		if !slices.Contains(takes, name) {
			return usage("%s here takes no parameter %q, but %s", r.Method, name, strings.Join(takes, ", "))
		}
	}
	return nil
}

func (o *options) set(name, text string) (err error) {
	switch name {
	case "w":
		return o.W.UnmarshalText([]byte(text))
	case "r":
		return o.R.UnmarshalText([]byte(text))
	case "ttl":
		o.TTL, err = lifetime(text)
	case "if_absent":
		if o.If.Absent, err = strconv.ParseBool(text); err != nil {
			err = fmt.Errorf("it is true or false, not %q", text)
		}
	case "if_version":
		o.If.Version = text
	}
	return err
}

// lifetime does not take 0 for "for ever": where somebody has reckoned how much time
// is left and nothing is, the key would stay.
func lifetime(text string) (time.Duration, error) {
	ttl, err := time.ParseDuration(text)
	if err != nil || ttl <= 0 {
		return 0, fmt.Errorf("a time to live is a duration from 1ms to 100 years, such as 30s, not %q; without one a key never expires", text)
	}
	return ttl, nil
}
