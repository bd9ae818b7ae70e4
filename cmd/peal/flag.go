package main

import (
	"errors"
	"fmt"

	"github.com/spf13/pflag"
)

// flagText is what is wrong with a flag, and what would be right where the parser
// does not know.
func flagText(err error) string {
	if wrong, ok := errors.AsType[*pflag.InvalidValueError](err); ok && wrong.GetFlag().Value.Type() == "duration" {
		return fmt.Sprintf("--%s %q: want a duration such as 30s, 5m or 24h", wrong.GetFlag().Name, wrong.GetValue())
	}
	unknown, ok := errors.AsType[*pflag.NotExistError](err)
	switch {
	case ok && unknown.GetSpecifiedShortnames() != "":
		return fmt.Sprintf("%v: what begins with a dash and is no flag goes behind --", err)
	case ok && unknown.GetSpecifiedName() == "api":
		return fmt.Sprintf("%v: this verb asks no running peer or testnet", err)
	}
	return err.Error()
}

// notZero refuses a 0 that was given to flags for which it stands for the default.
func notZero(flags *pflag.FlagSet, names ...string) error {
	for _, name := range names {
		if flag := flags.Lookup(name); flag.Changed && flag.Value.String() == "0" {
			return fail(codeUsage, "--%s 0: want 1 or more, or leave it out", name)
		}
	}
	return nil
}
