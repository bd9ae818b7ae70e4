package node

import (
	"errors"
	"fmt"
)

// What an operation can end with, besides a context's error. Test with
// errors.Is; the text around them says what to do.
var (
	// ErrNotFound: a quorum of replicas says that the key does not exist.
	ErrNotFound = errors.New("key not found")

	// ErrInvalid: the key or value is outside the allowed sizes, or the options
	// cannot be.
	ErrInvalid = errors.New("invalid request")

	// ErrNoPeer: no peer responsible for the key could be reached.
	ErrNoPeer = errors.New("no peer reachable")

	// ErrQuorum: too few replicas answered. A write may be stored on some.
	ErrQuorum = errors.New("quorum not met")

	// ErrUnknown: the time ran out after a replica may have stored the write.
	ErrUnknown = errors.New("outcome unknown")

	// ErrConflict: the condition of a write does not hold. Nothing was written, or
	// it lost against a newer write, and a read shows it for a moment at most.
	ErrConflict = errors.New("version conflict")

	// ErrManifest: the record to touch is the manifest of a larger value, whose
	// other records are to be touched too; see package blob.
	ErrManifest = errors.New("value is larger than a record")

	// ErrClock: the clocks of this peer and of a replica differ too much.
	ErrClock = errors.New("clocks differ by more than a minute")

	// ErrClosed: this peer has left the ring or was closed. With a write that was under
	// way then, it is joined with ErrUnknown.
	ErrClosed = errors.New("peer is closed")
)

// A Refusal is in the error of a write that the stores of some replicas did not take. It
// says whose, and of the own one why.
type Refusal struct {
	Text string
	Why  error // nil if that is not known
}

func (r *Refusal) Error() string {
	if r.Why == nil {
		return r.Text
	}
	return r.Text + ": " + r.Why.Error()
}

func (r *Refusal) Unwrap() error { return r.Why }

// before puts a refusal, if there is one, before what else there is to tell, since that
// follows from it.
func (r *Refusal) before(text string) error {
	if r == nil {
		return errors.New(text)
	}
	return fmt.Errorf("%w; %s", r, text)
}

// errAbandoned ends the operations that are under way when this peer is closed.
var errAbandoned = fmt.Errorf("%w", ErrClosed)
