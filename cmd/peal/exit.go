package main

import (
	"bytes"
	"encoding/json"
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
	codeChanged  code = "changed"
	codeLost     code = "lost"
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
	body []byte // what the API answered, if it did
}

func (f *failure) Error() string { return f.text }

func fail(c code, format string, args ...any) error {
	return &failure{code: c, text: fmt.Sprintf(format, args...)}
}

// codeOf is the code of any error.
func codeOf(err error) code {
	var f *failure
	if errors.As(err, &f) {
		return f.code
	}
	return codeError
}

// jsonOf is an error as one line of JSON: as the API put it, so that nothing is lost
// that it tells besides, or in the same form.
func jsonOf(err error) []byte {
	var f *failure
	var line bytes.Buffer
	if errors.As(err, &f) && f.body != nil && json.Compact(&line, f.body) == nil {
		return line.Bytes()
	}
	b, _ := json.Marshal(map[string]string{"error": err.Error(), "code": string(codeOf(err))})
	return b
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
	case codeNoPeer, codeClosed, codeQuorum, codeUnknown, codeChanged, codeLost:
		return true
	}
	return false
}
