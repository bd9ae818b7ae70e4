package main

import (
	"errors"
	"fmt"
)

// A code names a kind of failure, as the API does in its error bodies.
type code string

const (
	codeUsage    code = "usage"
	codeNotFound code = "not_found"
	codeRefused  code = "refused"
	codeNoPeer   code = "no_peer"
	codeClosed   code = "closed"
	codeQuorum   code = "quorum"
	codeConflict code = "conflict"
	codeUnknown  code = "unknown"
	codeCheck    code = "check_failed"
	codeError    code = "error"

	codeInterrupted code = "interrupted"
)

// exits are the exit codes; a code that is not here ends with 1.
var exits = map[code]int{
	codeUsage:    2,
	codeNotFound: 3,
	codeRefused:  4,
	codeNoPeer:   5,
	codeClosed:   5,
	codeQuorum:   6,
	codeConflict: 7,
	codeUnknown:  8,
	codeCheck:    9,

	codeInterrupted: interrupted,
}

// A failure is an error that knows its exit code. Its text is one line that
// says what to do.
type failure struct {
	code code
	text string
}

func (f *failure) Error() string { return f.text }

func fail(c code, format string, args ...any) error {
	return &failure{c, fmt.Sprintf(format, args...)}
}

// codeOf is the code of any error.
func codeOf(err error) code {
	var f *failure
	if errors.As(err, &f) {
		return f.code
	}
	return codeError
}

func exitCode(err error) int {
	if err == nil {
		return 0
	}
	if n, known := exits[codeOf(err)]; known {
		return n
	}
	return 1
}

// transient reports whether the same request may well succeed a little later.
func transient(err error) bool {
	switch codeOf(err) {
	case codeNoPeer, codeClosed, codeQuorum, codeUnknown:
		return true
	}
	return false
}
