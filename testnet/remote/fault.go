package remote

import (
	"context"
	"errors"

	"peal/node"
)

// outcomes are the errors that mean something to who called a peer.
var outcomes = []error{
	node.ErrNotFound, node.ErrInvalid, node.ErrNoPeer, node.ErrQuorum, node.ErrUnknown, node.ErrConflict,
	node.ErrManifest, node.ErrClock, node.ErrClosed, context.DeadlineExceeded, context.Canceled,
}

// A Fault is an error on its way: what it says, and which of the outcomes it is.
type Fault struct {
	Text string
	Is   []int
}

func faultOf(err error) *Fault {
	if err == nil {
		return nil
	}
	f := &Fault{Text: err.Error()}
	for i, o := range outcomes {
		if errors.Is(err, o) {
			f.Is = append(f.Is, i)
		}
	}
	return f
}

// Error is what it says.
func (f *Fault) Error() string { return f.Text }

// Unwrap gives the outcomes.
func (f *Fault) Unwrap() (errs []error) {
	for _, i := range f.Is {
		errs = append(errs, outcomes[i])
	}
	return errs
}

// err is nil if there is no fault.
func (f *Fault) err() error {
	if f == nil {
		return nil
	}
	return f
}
